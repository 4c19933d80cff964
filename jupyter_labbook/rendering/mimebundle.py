"""The four forms in which a notebook's output carries an experiment."""

from __future__ import annotations

import base64
import math
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_labbook.rendering.figures import (
    FINAL_PICTURES,
    LIVE_PICTURES,
    pictures,
)
from jupyter_labbook.rendering.html import experiment_html
from jupyter_labbook.rendering.summary import next_steps
from jupyter_labbook.rendering.svg import plot_svg
from jupyter_labbook.rendering.text import experiment_text

if TYPE_CHECKING:
    from jupyter_labbook.model.view import ExperimentView

MIME_TYPE = "application/vnd.jupyter-labbook.run+json"
"""What the JupyterLab extension draws; its ``version`` is 1."""


def experiment_bundle(view: ExperimentView, *, final: bool) -> dict[str, object]:
    """Render an experiment for ``display(..., raw=True)``.

    Parameters
    ----------
    view
        The experiment.
    final
        Whether this stays in the notebook. Only then is a picture drawn by
        matplotlib, which costs more than all the other forms together.
    """
    svg = plot_svg(view)
    drawn = pictures(view, FINAL_PICTURES if final else LIVE_PICTURES)
    bundle: dict[str, object] = {
        MIME_TYPE: {
            "version": 1,
            # A page that finds neither kernel nor folder says since when it is old.
            "drawn": datetime.now(UTC).isoformat(timespec="seconds"),
            "view": _without_series(view),
            "svg": svg,
            "figures": json_safe(drawn),
            # In a cell the verbs are magics.
            "next": json_safe([[why, f"%{verb}"] for why, verb in next_steps(view)]),
        },
        "text/html": experiment_html(view, svg, final=final),
        "text/plain": experiment_text(view),
    }
    if final and svg:
        from jupyter_labbook.rendering.picture import plot_png

        bundle["image/png"] = base64.b64encode(plot_png(view)).decode()
    return bundle


def _without_series(view: ExperimentView) -> dict[str, object]:
    """What is said of the experiment; its lines are in the picture."""
    runs = [replace(run, series=[]) for run in view.runs]
    plain: dict[str, object] = json_safe(replace(view, runs=runs))
    return plain


def json_safe(value: Any) -> Any:  # noqa: ANN401  # any dataclass, any JSON
    """Turn words of the model into JSON; numbers that JSON has not become null."""
    if isinstance(value, float):
        value = value if math.isfinite(value) else None
    elif isinstance(value, str):
        # A lone surrogate cannot be sent to a page; an enum becomes its value.
        value = str(value).encode("utf-8", "replace").decode()
    elif isinstance(value, list | tuple):
        value = _json_list(value)
    elif isinstance(value, dict):
        value = {json_safe(str(key)): json_safe(item) for key, item in value.items()}
    elif is_dataclass(value):
        value = {
            field.name: json_safe(getattr(value, field.name)) for field in fields(value)
        }
    return value


def _json_list(values: list[Any] | tuple[Any, ...]) -> list[Any]:
    if {type(item) for item in values} == {float}:
        # Most of what is sent are the points of lines.
        if all(map(math.isfinite, values)):
            return list(values)
        return [item if math.isfinite(item) else None for item in values]
    return [json_safe(item) for item in values]
