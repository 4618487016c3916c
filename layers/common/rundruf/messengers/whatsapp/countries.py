"""Where a marketing message cannot go: numbers of the USA get none.

Meta delivers no marketing template to a number with the country code 1 and an area code of the USA
(https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates,
checked 2026-11-22). +1 is shared by 20 countries; those below are not the USA. What is left counts as the
USA, also its territories (Puerto Rico, Guam …), whose area codes are US ones.

Area codes: https://github.com/google/libphonenumber (metadata of the regions of +1, checked 2026-11-23),
which follows https://www.nanpa.com/reports/area-code-reports.
"""

from itertools import chain

_NOT_USA: dict[str, str] = {
    "CA": (
        "204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 468 474 "
        "506 514 519 548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 "
        "873 879 902 905 942 600 622 633"
    ),
    "AG": "268",
    "AI": "264",
    "BB": "246",
    "BM": "441",
    "BS": "242",
    "DM": "767",
    "DO": "809 829 849",
    "GD": "473",
    "JM": "658 876",
    "KN": "869",
    "KY": "345",
    "LC": "758",
    "MS": "664",
    "SX": "721",
    "TC": "649",
    "TT": "868",
    "VC": "784",
    "VG": "284",
}
_ELSEWHERE = frozenset(chain.from_iterable(codes.split() for codes in _NOT_USA.values()))


def barred(user_id: str, marketing: bool) -> str:
    """ "country" for a marketing message to a number or an id of the USA, "" for all else."""
    if not marketing:
        return ""
    by_number = user_id.isdigit() and user_id[:1] == "1" and user_id[1:4] not in _ELSEWHERE
    return "country" if by_number or user_id.startswith("US.") else ""
