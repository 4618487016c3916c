"""The `rundruf` command."""
