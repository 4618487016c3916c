"""The table as the daily look at retention sees it."""

from rundruf.aws import keys
from rundruf.aws.calls import AwsError
from rundruf.aws.table import CONDITION, Change, Refused, Table
from rundruf.flows.services import Changed
from rundruf.flows.sweeping import Key, Look, Row, read, stored


class TableSweeper:
    """The Sweeping that flows use."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def rows(self, after: Key | None) -> tuple[list[Row], Key | None]:
        items, last = self.table.scan(("pk", "sk", "expires"), dict(after) if after else None)
        return [Row(item["pk"], item["sk"], int(item.get("expires", 0))) for item in items], last

    def remove(self, row: Row) -> bool:
        place = {"pk": {"S": row.pk}, "sk": {"S": row.sk}}
        try:
            self.table.aws.call(
                "dynamodb",
                "DeleteItem",
                {
                    "TableName": self.table.name,
                    "Key": place,
                    "ConditionExpression": "#expires = :end",
                    "ExpressionAttributeNames": {"#expires": "expires"},
                    "ExpressionAttributeValues": {":end": {"N": str(row.expires)}},
                },
            )
        except AwsError as error:
            if error.code != CONDITION:
                raise
            return False
        return True

    def looks(self) -> tuple[Look, Look]:
        found = self.table.get(keys.setting("retention")) or {}
        return read(found.get("now")), read(found.get("last"))

    def keep(self, now: Look, last: Look, before: Look) -> None:
        change = Change().set(now=stored(now), last=stored(last), place=_place(now))
        held = "#place = :place" if before.began else "attribute_not_exists(#place)"
        change.when(held, **({"place": _place(before)} if before.began else {}))
        try:
            self.table.update(keys.setting("retention"), change, "NONE")
        except Refused:
            raise Changed("retention") from None


def _place(look: Look) -> str:
    after = look.after or {}
    return f"{look.began}:{look.ended}:{after.get('pk', '')}:{after.get('sk', '')}"
