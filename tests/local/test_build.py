"""Zips are made once for the same content."""

import zipfile
from pathlib import Path

import pytest

from local import build
from local.settings import Refused


def door(folder: Path, text: str) -> Path:
    (folder / "__pycache__").mkdir(parents=True, exist_ok=True)
    (folder / "__pycache__" / "app.cpython-311.pyc").write_bytes(b"old")
    (folder / "app.py").write_text(text)
    return folder


def test_the_same_code_gives_the_same_zip(tmp_path: Path) -> None:
    one = build.function(door(tmp_path / "one" / "door", "a = 1\n"), tmp_path)
    content = one.path.read_bytes()
    one.path.unlink()
    again = build.function(door(tmp_path / "two" / "door", "a = 1\n"), tmp_path)
    assert again == one
    assert again.path.read_bytes() == content


def test_other_code_gives_another_zip(tmp_path: Path) -> None:
    one = build.function(door(tmp_path / "door", "a = 1\n"), tmp_path)
    other = build.function(door(tmp_path / "door", "a = 2\n"), tmp_path)
    assert other.digest != one.digest


def test_byte_code_is_ours_and_needs_no_time_stamps(tmp_path: Path) -> None:
    made = build.function(door(tmp_path / "door", "a = 1\n"), tmp_path)
    with zipfile.ZipFile(made.path) as archive:
        code, source = archive.namelist()
        assert source == "app.py"
        assert archive.read(code)[4] == 0b01  # PEP 552: by hash, not checked


def test_the_layer_is_the_package_below_python(tmp_path: Path) -> None:
    door(tmp_path / "common" / "rundruf", "a = 1\n")
    made = build.layer(tmp_path / "common", tmp_path)
    assert "python/rundruf/app.py" in zipfile.ZipFile(made.path).namelist()


def test_a_missing_door_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nowhere"):
        build.function(tmp_path / "nowhere", tmp_path)
