"""Zips of functions and layer for the engine, named by their content; libraries are installed once.

The engine runs handlers with its own interpreter, so the layer's libraries are installed for that one,
from the same locked file that `sam build` uses.
"""

import hashlib
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from local.settings import Refused

LEFT_OUT = ("__pycache__", ".pyc", ".DS_Store")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same bytes give the same zip


@dataclass(frozen=True)
class Package:
    """A zip file and the digest of what is in it."""

    path: Path
    digest: str


def function(folder: Path, builds: Path) -> Package:
    """One door's folder, zipped unless that has been done."""
    files = _files(folder)
    if not files:
        raise Refused(f"{folder} holds no code; template.yaml names it")
    return _zipped(folder.name, [(path, str(path.relative_to(folder))) for path in files], builds)


def layer(folder: Path, builds: Path) -> Package:
    """The layer: libraries of ``requirements.txt`` and the package beside it."""
    libraries = _libraries(folder / "requirements.txt", builds)
    digest = _digest(folder, _files(folder / "rundruf"), libraries.digest)
    target = builds / f"layer-{digest}.zip"
    if not target.exists():
        part = target.with_suffix(".part")
        shutil.copyfile(libraries.path, part)
        with zipfile.ZipFile(part, "a") as archive:
            for path in _files(folder / "rundruf"):
                _add(archive, path, f"python/{path.relative_to(folder)}")
        part.replace(target)
    return Package(target, digest)


def _libraries(requirements: Path, builds: Path) -> Package:
    told = f"{sys.version_info[:3]} {sysconfig.get_platform()}".encode() + requirements.read_bytes()
    digest = hashlib.sha256(told).hexdigest()[:16]
    target = builds / f"libraries-{digest}.zip"
    if not target.exists():
        installed = builds / f"libraries-{digest}"
        shutil.rmtree(installed, ignore_errors=True)
        _install(requirements, installed)
        part = target.with_suffix(".part")
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            for path in sorted(installed.rglob("*")):
                if path.is_file():
                    _add(archive, path, f"python/{path.relative_to(installed)}")
        part.replace(target)
        shutil.rmtree(installed)
    return Package(target, digest)


def _install(requirements: Path, target: Path) -> None:
    """Installed with byte code that needs no time stamps: zips lose them."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    locked = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--target", str(target)]
    done = subprocess.run(
        [*pip, *locked, "-r", str(requirements)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refused(f"the layer's libraries could not be installed:\n{done.stderr.strip()}")
    compiler = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*compiler, str(target)], check=True)


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(part.endswith(LEFT_OUT) for part in path.parts)
    )


def _digest(folder: Path, files: Iterable[Path], seed: str = "") -> str:
    digest = hashlib.sha256(seed.encode())
    for path in files:
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _zipped(name: str, members: list[tuple[Path, str]], builds: Path) -> Package:
    digest = hashlib.sha256(
        b"\0".join(inside.encode() + b"\0" + path.read_bytes() for path, inside in members)
    )
    target = builds / f"{name}-{digest.hexdigest()[:16]}.zip"
    if not target.exists():
        part = target.with_suffix(".part")
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, inside in members:
                _add(archive, path, inside)
        part.replace(target)
    return Package(target, digest.hexdigest()[:16])


def _add(archive: zipfile.ZipFile, path: Path, inside: str) -> None:
    entry = zipfile.ZipInfo(inside, EPOCH)
    entry.external_attr = 0o644 << 16
    entry.compress_type = archive.compression
    archive.writestr(entry, path.read_bytes())
