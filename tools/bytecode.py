"""Whether a built layer carries byte code: ``python -m tools.bytecode .aws-sam/build/CommonLayer/python``.

Without it every cold start compiles what it imports, which takes two to three times as long; and byte code
that names its source's time is of no use, since zips change that (PEP 552: unchecked hashes).
"""

import re
import sys
from pathlib import Path

UNCHECKED = 1


def without(layer: Path) -> list[str]:
    """Modules whose byte code is missing, or would be compared with its source at each import."""
    return [
        str(source.relative_to(layer))
        for source in sorted(layer.rglob("*.py"))
        if not any(map(_unchecked, _cached(source))) and _compiles(source)
    ]


def versions(layer: Path) -> set[str]:
    """For which interpreters there is byte code, such as "cpython-313"."""
    return {
        found[1] for one in layer.rglob("*.pyc") if (found := re.search(r"\.([a-z]+-\d+)\.pyc$", one.name))
    }


def _cached(source: Path) -> list[Path]:
    return list((source.parent / "__pycache__").glob(f"{source.stem}.*.pyc"))


def _unchecked(cached: Path) -> bool:
    return int.from_bytes(cached.read_bytes()[4:8], "little") == UNCHECKED


def _compiles(source: Path) -> bool:
    """Libraries bring along modules for other versions of Python and examples that are none."""
    try:
        compile(source.read_bytes(), str(source), "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def main(arguments: list[str]) -> int:
    layer = Path(arguments[0])
    if not layer.is_dir():
        print(f"{layer} is not there; sam build makes it")
        return 1
    found = versions(layer)
    if not found:
        print("no byte code: no interpreter of the runtime's version was there when the layer was built")
        return 0
    missing = without(layer)
    print(f"byte code for {', '.join(sorted(found))}; {len(missing)} modules are without it", *missing[:10])
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
