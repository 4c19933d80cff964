"""Who starts a run, when, and on what."""
