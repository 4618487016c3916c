"""The local AWS engine (ministack) as a child process: loopback only, clean environment, state on disk."""

import http.client
import os
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from local.children import Child, bound, free_port
from local.settings import HOST, REGION, Settings

SERVICES = (
    "s3,sqs,sns,dynamodb,lambda,iam,sts,secretsmanager,ssm,logs,events,scheduler,cloudformation,apigateway,"
    "monitoring,kms"
)
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT")
STATE_SAVED_WITHIN = 60


@dataclass
class Engine:
    """A running engine; ``port`` stays the same over starts, since queue URLs name it."""

    child: Child
    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def client(self, service: str) -> Any:
        return _client(service, self.url)


def start(settings: Settings) -> Engine:
    """Started and healthy; raises Refused for a taken port or an engine that does not come up."""
    data = settings.data
    shutil.rmtree(data / "tmp", ignore_errors=True)  # what functions of a killed run left behind
    for folder in ("engine", "objects", "tmp", "logs"):
        (data / folder).mkdir(parents=True, exist_ok=True)
    port = _port(settings)
    child = Child.start(
        "engine",
        [sys.executable, "-m", "ministack"],
        environment(settings, port),
        data / "logs" / "engine.log",
        data,
        patience=STATE_SAVED_WITHIN,
    )
    child.until(lambda: _healthy(port), 30)
    return Engine(child, port)


def environment(settings: Settings, port: int) -> dict[str, str]:
    """All that the engine, and with it every function, may see of this machine's environment."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "MINISTACK_HOST": HOST,
        "SERVICES": SERVICES,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{settings.data / 'no-docker'}",  # else it tidies up containers it finds
        "LAMBDA_EXECUTOR": "local",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(settings.data / "engine"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(settings.data / "objects"),
        "TMPDIR": str(settings.data / "tmp"),
        "AUTH": "true" if settings.auth else "false",
        "LOG_LEVEL": "INFO",
        "TZ": "UTC",
        "PYTHONUNBUFFERED": "1",
    }


def _port(settings: Settings) -> int:
    """The given port, the one of the last start, or a free one; a taken one is refused."""
    kept = settings.data / "engine-port"
    port = settings.engine_port or (int(kept.read_text()) if kept.exists() else free_port())
    bound(port, "RUNDRUF_ENGINE_PORT").close()
    kept.write_text(str(port))
    return port


def _healthy(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


@cache
def _client(service: str, url: str) -> Any:
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - the engine's own root, on loopback
        config=Config(retries={"total_max_attempts": 1}, read_timeout=120),
    )
