"""What runs inside a user's run: the standard library alone."""
