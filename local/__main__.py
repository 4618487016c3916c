"""``python -m local``: the whole suite on this machine."""

import sys

from local import show
from local.settings import Refused, Settings


def main() -> int:
    try:
        settings = Settings.read(sys.argv[1:])
    except Refused as refused:
        show.problem(str(refused))
        return 2
    from local.run import run

    return run(settings)


if __name__ == "__main__":
    raise SystemExit(main())
