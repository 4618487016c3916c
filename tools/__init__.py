"""What keeps the README true."""
