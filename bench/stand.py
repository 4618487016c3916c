"""What measurements share: the stand-in in a process of its own, its certificate, and the machine's name."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Stand:
    """Where the stand-in listens; ``authority`` is the file that vouches for it ("": no TLS)."""

    url: str
    authority: str = ""

    def calls(self) -> dict[str, Any]:
        """What it was asked so far, by operation; only without TLS."""
        with urlopen(f"{self.url}/calls", timeout=10) as answer:  # noqa: S310  # our own, on loopback
            found: dict[str, Any] = json.load(answer)["calls"]
        return found


@contextmanager
def standing(*arguments: str, tls: bool = False, script: str = "mock.py") -> Iterator[Stand]:
    """A stand-in of this folder with these arguments, for as long as it is needed."""
    with TemporaryDirectory() as folder:
        authority = certificate(Path(folder)) if tls else ""
        wanted = ["--tls", authority, authority] if tls else []
        command = [sys.executable, str(ROOT / "bench" / script), *wanted, *arguments]
        mock = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert mock.stdout is not None
            port = mock.stdout.readline().strip()
            yield Stand(f"http{'s' if tls else ''}://127.0.0.1:{port}", authority)
        finally:
            mock.terminate()
            mock.wait()


def certificate(folder: Path) -> str:
    """A file with a new key and its own certificate for 127.0.0.1, good for a day."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bench")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "mock.pem"
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return str(file)


def machine() -> str:
    """What the figures were measured on."""
    return (
        f"CPython {platform.python_version()}, {os.cpu_count()} shared cores of {_processor()}, "
        f"{platform.system()}, load {os.getloadavg()[0]:.0f} when it was written."
    )


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{named[0]} ({platform.machine()})" if named else platform.machine()
