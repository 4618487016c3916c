"""Which numbers with the country code 1 are of the United States."""

# Area codes of country code 1 outside the United States and its territories: Canada, then the Caribbean
# (North American Numbering Plan, as of 2026), and those that belong to no country.
_CANADA = (
    "204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 460 "
    "468 474 506 514 519 548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 "
    "819 825 867 873 879 902 905 942"
)
_CARIBBEAN = "242 246 264 268 284 345 441 473 649 658 664 721 758 767 784 809 829 849 868 869 876"
_NOWHERE = "500 521 522 533 544 566 577 588 600 622 700 710 800 833 844 855 866 877 888 900"
_OUTSIDE = frozenset(f"{_CANADA} {_CARIBBEAN} {_NOWHERE}".split())


def american(digits: str) -> bool:
    """True for a number of the United States, given without a plus."""
    return len(digits) == 11 and digits.startswith("1") and digits[1:4] not in _OUTSIDE
