"""Needed? -> still good? -> one fetch for all -> kept: tokens and public keys that run out.

A value is looked for in this process, then in the table; then whoever gets the lease fetches it and the
others wait for what comes of that. A failed fetch holds everybody back for a moment, so there is no
stampede on a messenger in trouble either.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from rundruf.core.account import Account
from rundruf.core.outcome import Outcome, OutcomeKind
from rundruf.core.tokens import keyed_hash
from rundruf.flows.services import Held, Services, Unfinished
from rundruf.messengers.contract import Messenger, Renewable, Renewed

FETCH_TIMEOUT = 4_000  # ms for one call; a forced fetch may take two
LEASE = 2 * FETCH_TIMEOUT + 2_000
PATIENCE = 3_000
STEP = 0.15
EARLY = 300_000
MINUTE = 60_000
GUARD = 10_000  # ms a value must still live to be worth using
HELD_BACK = 2_000
HELD_BACK_DENIED = 30_000
SHORTEST_LIFE = 30.0
LONGEST_LIFE = 30 * 24 * 3600.0
LONGEST_VALUE = 300_000
_LATER = (OutcomeKind.RETRY, OutcomeKind.UNKNOWN)


class Refused(Exception):
    """The messenger refused the account's own credentials; ``code`` is its code or a short word of ours."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class _Share:
    """One renewable value of one account."""

    account: Account
    renewable: Renewable
    services: Services
    key: str

    def read(self) -> Held:
        return self.services.renewables.get(self.key)

    def filled(self, value: str) -> Account:
        credentials = {**self.account.credentials, self.renewable.credential: (value,)}
        return replace(self.account, credentials=credentials)


def armed(account: Account, speaks: Messenger, services: Services) -> Account:
    """The account with its access token where the messenger wants one that is fetched.

    Raises Refused, and Unfinished where none can be had now.
    """
    renewable = speaks.token
    if renewable is None or not renewable.needed(account):
        return account
    share = _share(account, renewable, speaks, services)
    return share.filled(_present(share))


def renewed(account: Account, speaks: Messenger, services: Services) -> Account | None:
    """The armed account with another token than the one it has, which was refused; None: there is no other.

    What another worker fetched meanwhile is taken. Fetches are at least a minute apart. Raises Refused, and
    Unfinished where the messenger could not be asked.
    """
    renewable = speaks.token
    if renewable is None or not renewable.needed(services.accounts.get(account.id)):
        return None
    share, refused = _share(account, renewable, speaks, services), account.secret(renewable.credential)

    def other(held: Held) -> bool:
        return _good(held, services.now()) and held.value != refused

    held = share.read()
    if not other(held):
        if _tried(held, services.now()):
            return None
        held = _new(share, held, other, PATIENCE, refused)
    return None if held.value == refused else share.filled(held.value)


def with_keys(account: Account, speaks: Messenger, services: Services, stale: bool = False) -> Account:
    """The account with the messenger's public keys, where it signs with such.

    ``stale`` (the account is one with keys already, among which the signer's was not) fetches them anew, at
    most once a minute. Raises Refused, and Unfinished where they could not be fetched.
    """
    renewable = speaks.keys
    if renewable is None or not renewable.needed(account):
        return account
    share = _share(account, renewable, speaks, services)
    return share.filled(_newer(share, account.secrets(renewable.credential)) if stale else _present(share))


def fingerprint(account: Account, speaks: Messenger, services: Services) -> str:
    """Another text for other credentials or another host; what is fetched does not count."""
    ours = {one.credential for one in (speaks.token, speaks.keys) if one is not None}
    own = sorted((name, values) for name, values in account.credentials.items() if name not in ours)
    told = repr((account.base_url, own))
    return keyed_hash(services.keys(), "renewable", told).hex()


def _share(account: Account, renewable: Renewable, speaks: Messenger, services: Services) -> _Share:
    """What was fetched with other credentials is of no use, so those are part of the key."""
    key = f"{account.id}#{renewable.credential}#{fingerprint(account, speaks, services)}"
    return _Share(account, renewable, services, key)


def _present(share: _Share) -> str:
    """A value with some life left; fetched early, and then the old one serves if that fails."""
    services = share.services

    def fresh(held: Held) -> bool:
        return _fresh(held, services.now())

    known = services.renewables.recalled(share.key)
    if known is not None and fresh(known):
        return known.value
    held = share.read()
    if fresh(held):
        return held.value
    usable = _good(held, services.now())
    try:
        return _new(share, held, fresh, 0 if usable else PATIENCE).value
    except (Refused, Unfinished):
        if usable:
            return held.value
        raise


def _newer(share: _Share, doubted: tuple[str, ...]) -> str:
    """Keys that are not the doubted ones, or as new as they may be."""
    services = share.services

    def newer(held: Held) -> bool:
        other = bool(doubted) and held.value not in doubted
        return bool(held.value) and (other or services.now() < held.at + MINUTE)

    held = share.read()
    if newer(held):
        return held.value
    if held.value and _tried(held, services.now()):
        _fail(held)
        return held.value
    return _new(share, held, newer, PATIENCE, "").value


def _fresh(held: Held, now: int) -> bool:
    return bool(held.value) and now < held.until - min(EARLY, (held.until - held.at) // 5)


def _good(held: Held, now: int) -> bool:
    return bool(held.value) and now < held.until - GUARD


def _tried(held: Held, now: int) -> bool:
    """Whether another value was asked for less than a minute ago, and nobody is at it."""
    return held.lease <= now < held.forced + MINUTE


def _fail(held: Held) -> None:
    """Raises what the last fetch failed with, if it did."""
    if held.trouble:
        raise Refused(held.trouble) if held.denied else Unfinished(held.trouble)


def _new(
    share: _Share, seen: Held, fits: Callable[[Held], bool], patience: float, refused: str | None = None
) -> Held:
    """What one fetch brought that we or somebody else made.

    ``refused`` is a value of no more use although it has not run out ("": whatever there is).
    """
    services = share.services
    owner, end = services.random(6).hex(), services.ticks() + patience
    while True:
        now = services.now()
        if seen.lease > now:
            _fail(seen)
        if seen.lease <= now:
            forced = now if refused is not None else 0
            if services.renewables.lease(share.key, seen, owner, now + LEASE, forced):
                return _fetched(share, owner, refused)
        if services.ticks() >= end:
            raise Unfinished("another worker is fetching")
        services.sleep(STEP)
        seen = share.read()
        if fits(seen):
            return seen


def _fetched(share: _Share, owner: str, refused: str | None) -> Held:
    """Ask once; once more with force if the messenger still gives the refused value."""
    found = _asked(share, force=refused == "")
    if refused and isinstance(found, Renewed) and found.value == refused:
        found = _asked(share, force=True)
    services, told = share.services, {"account": share.account.id, "credential": share.renewable.credential}
    now, store = services.now(), share.services.renewables
    if isinstance(found, Outcome):
        denied = found.kind not in _LATER
        code, wait = found.code or found.kind.value, _held_back(found, denied)
        store.fail(share.key, owner, now + wait, code, denied)
        services.log("not renewed", **told, code=code, denied=denied)
        raise Refused(code) if denied else Unfinished(code)
    until = now + _life(found.seconds)
    if store.put(share.key, owner, found.value, now, until):
        services.log("renewed", **told, seconds=(until - now) // 1000)
        return Held(found.value, now, until)
    other = share.read()
    return other if _good(other, now) else Held(found.value, now, until)


def _asked(share: _Share, *, force: bool) -> Renewed | Outcome:
    try:
        request = share.renewable.request(share.account, force)
    except KeyError:
        return Outcome(OutcomeKind.PAUSE, "credential_missing")
    (answer,) = share.services.http.window([request], timeout=FETCH_TIMEOUT)
    if answer.failure is not None:
        return Outcome(OutcomeKind.RETRY, answer.failure.value)
    found = share.renewable.read(answer)
    if isinstance(found, Renewed) and not 0 < len(found.value) <= LONGEST_VALUE:
        return Outcome(OutcomeKind.RETRY, "no_value")
    return found


def _life(seconds: float) -> int:
    """The told life in ms, within reason."""
    told = seconds if math.isfinite(seconds) else 0
    return int(min(max(told, SHORTEST_LIFE), LONGEST_LIFE) * 1000)


def _held_back(outcome: Outcome, denied: bool) -> int:
    """For how many ms nobody asks again."""
    least = HELD_BACK_DENIED if denied else HELD_BACK
    return int(min(max((outcome.retry_after or 0) * 1000, least), MINUTE))
