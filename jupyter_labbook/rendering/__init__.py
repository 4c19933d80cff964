"""Data in, text or picture out."""
