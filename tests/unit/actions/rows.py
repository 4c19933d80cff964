"""Experiments with a question, and what a list says of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.running import age, declare

if TYPE_CHECKING:
    from jupyter_labbook.actions.overview import Overview
    from jupyter_labbook.storage.labbook import LabbookFolder


def asked(labbook: LabbookFolder, name: str = "trial", **header: Any) -> Any:
    """Make an experiment with a question."""
    target = labbook.add_experiment(name, {"experiment.md": b"---\n---\n"})
    declare(target, question=f"Is {name} so?", **header)
    return target


def names(answer: dict[str, Any], group: str) -> list[str]:
    json.dumps(answer, allow_nan=False)
    rows = answer["groups"][group]
    assert answer["totals"][group] >= len(rows)
    return [row["name"] for row in rows]


def groups_of(answer: dict[str, Any]) -> dict[str, str]:
    """Name to group of every experiment that is shown, each once."""
    shown = [
        (name, group) for group in answer["groups"] for name in names(answer, group)
    ]
    assert len(dict(shown)) == len(shown)
    return dict(shown)


def row_of(overview: Overview, name: str) -> dict[str, Any]:
    (row,) = (row for row in overview.search()["rows"] if row["name"] == name)
    return dict(row)


def at_rest(labbook: LabbookFolder, overview: Overview) -> None:
    """Look until every experiment is remembered and none is looked at."""
    age(labbook)
    overview.read()
    overview.read()
    assert overview._index.live() == []


# -- what is said of an experiment -------------------------------------------------

PREDICTED = {"predict": ["acc > 0.5"]}
METRICS = "_row,_time,acc\n0,1.0,0.9\n"
