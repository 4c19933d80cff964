"""The Jupyter Server extension: routes, and nothing that they call."""
