"""The local engine for the drill: table, queues, secret and parameters only, nothing kept on disk."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local import engine
from local.children import Child, free_port
from local.settings import REGION, Settings


@dataclass(frozen=True)
class Engine:
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running(folder: Path) -> Iterator[Engine]:
    """A fresh one, ended by SIGKILL since nothing of it is kept."""
    settings = replace(Settings.read(["--port", "0", "--data", str(folder)], {}), auth=False)
    port = free_port()
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    environment = engine.environment(settings, port) | {
        "SERVICES": "dynamodb,sqs,sts,secretsmanager,ssm",
        "PERSIST_STATE": "0",
        "S3_PERSIST": "0",
        "LOG_LEVEL": "WARNING",
    }
    child = Child.start(
        "engine", [sys.executable, "-m", "ministack"], environment, folder / "engine.log", folder
    )
    try:
        child.until(lambda: engine._healthy(port), 30)
        yield Engine(port)
    finally:
        child.process.kill()
        child.process.wait()


def client(service: str, url: str, account: str) -> Any:
    """A client for one AWS account; the engine keeps each account's things apart."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=account,
        aws_secret_access_key="drill",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=60, max_pool_connections=4),
    )
