"""What `pipx install .` brings is all there is."""

import tomllib

from tests.support.template import ROOT

PACKAGING = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
ROOTS = {"rundruf": "layers/common", "rundruf_cli": "cli", "sandbox": ".", "local": "."}


def test_every_package_is_installed() -> None:
    found = {
        ".".join(place.parent.relative_to(ROOT / root).parts)
        for name, root in ROOTS.items()
        for place in (ROOT / root / name).rglob("__init__.py")
    }
    assert set(PACKAGING["packages"]) == found
