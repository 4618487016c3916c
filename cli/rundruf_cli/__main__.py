"""``python -m rundruf_cli``."""

from rundruf_cli.main import app

app(prog_name="rundruf")
