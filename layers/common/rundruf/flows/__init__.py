"""The stories, told in the order they happen."""
