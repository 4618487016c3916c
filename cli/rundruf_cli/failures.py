"""Why a command did not do what was asked, as text for the terminal and an exit code."""

from collections.abc import Sequence

OK, REFUSED, USAGE, NOT_REACHABLE, STOPPED = 0, 1, 2, 3, 130


class Failure(Exception):
    """``text`` says what is wrong and what to do; ``details`` are further lines."""

    code = REFUSED

    def __init__(self, text: str, details: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.text, self.details = text, tuple(details)


class Refused(Failure):
    """The suite, a file or the table says no; ``status`` is the HTTP status, 0 where there was none."""

    def __init__(self, text: str, details: Sequence[str] = (), status: int = 0) -> None:
        super().__init__(text, details)
        self.status = status


class BadUse(Failure):
    """The command was called in a way that cannot work."""

    code = USAGE


class NotReachable(Failure):
    """No answer came."""

    code = NOT_REACHABLE


class Stopped(Failure):
    """Ctrl-C."""

    code = STOPPED
