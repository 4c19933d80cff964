"""The verbs, once: what magics, routes and the command line call."""
