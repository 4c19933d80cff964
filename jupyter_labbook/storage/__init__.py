"""The code that opens a labbook's files."""
