"""One folder per messenger; this list is what the product knows."""
