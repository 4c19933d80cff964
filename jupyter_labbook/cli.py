"""The ``labbook`` command: arguments only."""
