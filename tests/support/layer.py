"""The layer as it is deployed, for this machine, and what the Lambda runtime has besides."""

import os
import platform
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.support.template import ROOT

RUNTIME_HAS = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")


def built(folder: Path) -> Path:
    """The layer's own makefile run for this machine and interpreter; gives what goes onto the path."""
    machine = platform.machine().replace("aarch64", "arm64")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    told = (f"ARTIFACTS_DIR={folder}", f"ARCHITECTURE={machine}", f"PYTHON_VERSION={version}")
    done = subprocess.run(
        ["make", "-C", ROOT / "layers" / "common", "build-CommonLayer", *told],
        env={**os.environ, "PYTHON": sys.executable},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder / "python"


def runtime(folder: Path) -> Path:
    """boto3 and what it needs, and nothing else of our environment."""
    installed = Path(sysconfig.get_path("purelib"))
    for name in RUNTIME_HAS:
        (folder / name).symlink_to(installed / name)
    return folder
