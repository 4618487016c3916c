"""Is this the table that the deployment has lived in? A restored one is another table with the same items."""

from rundruf.aws import keys
from rundruf.aws.table import Refused, Table


class TableHome:
    """The Home that flows use; asks AWS once for a process."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._ours = False

    def ours(self) -> bool:
        if not self._ours:
            here = self._here()
            known = self.table.get(keys.setting("home"))
            if known is None:
                self._settled(here)
                known = self.table.get(keys.setting("home"))
            self._ours = known is not None and known["table"] == here
        return self._ours

    def settle(self) -> None:
        """From now on this table is the deployment's: everything said since the backup is back."""
        self.table.put(keys.setting("home"), {"table": self._here()})
        self._ours = True

    def _here(self) -> str:
        """What AWS tells this table from a restored one by; stand-ins for AWS know no id."""
        told = self.table.aws.call("dynamodb", "DescribeTable", {"TableName": self.table.name})
        return str(told["Table"].get("TableId") or told["Table"]["CreationDateTime"])

    def _settled(self, here: str) -> None:
        try:
            self.table.put(keys.setting("home"), {"table": here}, "attribute_not_exists(pk)")
        except Refused:
            return
