"""What of a traceback helps at a glance: a person's own lines, and the error."""

from __future__ import annotations

import re
from typing import Final

_FRAME: Final = re.compile(r'\s*File "(?P<path>[^"]+)", line \d')
_LIBRARY: Final = re.compile(
    r"[/\\](?:site|dist)-packages[/\\]|[/\\]lib[/\\]python3[^/\\]*[/\\]|^<frozen "
)
_LEFT_OUT: Final = "  ..."


def own_frames(text: str) -> str:
    """Leave the frames of libraries out of the tracebacks in a text.

    The whole stays in the run's output. Where library calls library, one line says
    that something is left out; text that is no traceback comes back as it is.
    """
    kept: list[str] = []
    inside = False
    for line in text.split("\n"):
        frame = _FRAME.match(line)
        if frame:
            library = _LIBRARY.search(frame["path"]) is not None
            if library and not inside:
                kept.append(_LEFT_OUT)
            inside = library
        elif not line.startswith("    "):
            # Lines of code, and the signs below them, stand further in than that.
            inside = False
        if not inside:
            kept.append(line)
    return "\n".join(kept)
