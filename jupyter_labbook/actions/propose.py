"""Started when there is room: ``-m`` with the labbook's folder and a search's name."""

from __future__ import annotations

import sys
from pathlib import Path

from jupyter_labbook.actions.searching import propose_next
from jupyter_labbook.storage.labbook import LabbookFolder


def main() -> None:
    """Queue the next run of a search."""
    propose_next(LabbookFolder(Path(sys.argv[1])), sys.argv[2])


if __name__ == "__main__":
    main()
