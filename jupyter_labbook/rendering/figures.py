"""Pictures that a run drew, small enough to travel inside a page."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_labbook.model.view import ExperimentView, RunView

_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}

LIVE_PICTURES = 60_000
"""Characters of pictures in an output that is sent twice a second."""
FINAL_PICTURES = 400_000
"""Characters of pictures in an output that stays in the notebook."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One thing that a run drew."""

    name: str
    """Path relative to the run folder, and the run's label before it."""
    uri: str = ""
    """The picture itself as a ``data:`` address; empty if it cannot come along."""


def pictures(view: ExperimentView, room: int) -> list[Picture]:
    """Collect what the runs drew, embedding what there is room for.

    Of the forms of one object the first that is a picture is taken.

    Parameters
    ----------
    view
        The experiment; its ``path`` leads to the files.
    room
        Characters that all embedded pictures may take together.
    """
    found = []
    for run in view.runs:
        for name in _one_form_each(run):
            uri = _data_uri(_run_folder(view, run), name, room)
            room -= len(uri)
            label = name if len(view.runs) == 1 else f"{run.label}/{name}"
            found.append(Picture(label, uri))
    return found


def _one_form_each(run: RunView) -> list[str]:
    forms: dict[str, str] = {}
    for name in run.figures:
        path = PurePosixPath(name)
        stem = str(path.with_suffix(""))
        shown = PurePosixPath(forms.get(stem, "")).suffix.lower() in _TYPES
        if stem not in forms or (not shown and path.suffix.lower() in _TYPES):
            forms[stem] = name
    return list(forms.values())


def _run_folder(view: ExperimentView, run: RunView) -> Path:
    return Path(view.path) / "runs" / run.label


def _data_uri(folder: Path, name: str, room: int) -> str:
    mime = _TYPES.get(PurePosixPath(name).suffix.lower())
    if mime is None:
        return ""
    try:
        path = (folder / name).resolve()
        # A labbook may come from elsewhere: a link must not lead out of the run.
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            return ""
        # Base64 makes four characters of three bytes.
        if path.stat().st_size * 4 // 3 + 64 > room:
            return ""
        data = path.read_bytes()
    except (OSError, ValueError):
        # Gone, unreadable, or not a name: the page is drawn without it.
        return ""
    uri = f"data:{mime};base64,{base64.b64encode(data).decode()}"
    return uri if len(uri) <= room else ""
