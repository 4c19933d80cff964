"""Searching for good settings: the declared space, and what to try next."""
