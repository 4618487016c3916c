"""When what stands behind the API is gone, it says so."""

from tests.api.client import Client
from tests.api.test_scopes import GOOD


def test_a_table_that_is_gone_is_a_503(cafe: Client) -> None:
    cafe.stack.client("dynamodb").delete_table(TableName=cafe.stack.table)
    for method, path in (("GET", "/v1/contacts"), ("GET", "/v1/broadcasts"), ("GET", "/v1/newsletters")):
        assert cafe(method, path).problem == "unavailable"
    assert cafe("POST", "/v1/topics", GOOD["TopicIn"], headers={"Idempotency-Key": "x"}).status == 503


def test_health_is_ready_or_unavailable(api: Client) -> None:
    assert api.get("/v1/health")["status"] == "ok"
    broken = Client(api.stack)
    api.stack.client("dynamodb").delete_table(TableName=api.stack.table)
    assert broken("GET", "/v1/health").status == 503
