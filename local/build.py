"""Zips of functions and layer for the engine, named by their content.

The layer holds our package only. The engine runs handlers with its own interpreter, in whose environment the
layer's libraries are installed already, from the same locked versions; unpacking 40 MB of them again for each
worker made every cold start a second longer. tests/template proves that the deployed layer has them all.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from local.settings import Refused

LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".DS_Store")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same bytes give the same zip


@dataclass(frozen=True)
class Package:
    """A zip file and the digest of what is in it."""

    path: Path
    digest: str


def function(folder: Path, builds: Path) -> Package:
    """One door's folder, zipped unless that has been done; raises Refused for an empty one."""
    return _zipped(folder, "", "/var/task", builds)


def layer(folder: Path, builds: Path) -> Package:
    """The package in the layer's folder, with byte code; raises Refused if it is missing."""
    return _zipped(folder / "rundruf", "python/rundruf/", "/opt/python/rundruf", builds)


def _zipped(folder: Path, inside: str, at: str, builds: Path) -> Package:
    if not folder.is_dir():
        raise Refused(f"{folder} holds no code; template.yaml names it")
    with tempfile.TemporaryDirectory(dir=builds) as made:
        copy = Path(made) / folder.name
        shutil.copytree(folder, copy, ignore=LEFT_OUT)
        files = _files(copy)
        if not files:
            raise Refused(f"{folder} holds no code; template.yaml names it")
        told = "\0".join([sys.version, *(f"{inside}{path.relative_to(copy)}" for path in files)]).encode()
        content = b"\0".join(path.read_bytes() for path in files)
        digest = hashlib.sha256(told + b"\0" + content).hexdigest()[:16]
        target = builds / f"{folder.name}-{digest}.zip"
        if not target.exists():
            _compile(copy, at)
            _write(target, copy, inside)
    return Package(target, digest)


def _compile(folder: Path, at: str) -> None:
    """Byte code without time stamps, since zips lose them; without it cold starts take twice as long.

    ``at`` is where the code lies on Lambda: tracebacks name it.
    """
    compiler = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*compiler, "-s", str(folder), "-p", at, str(folder)], check=True)


def _write(target: Path, folder: Path, inside: str) -> None:
    part = target.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(folder):
            entry = zipfile.ZipInfo(f"{inside}{path.relative_to(folder)}", EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    part.replace(target)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
