"""What notebooks do: the script prints what the cell would have printed.

Each situation of `situations.txt` executes its cells, takes a snapshot of the body,
executes the script in a process of its own, and the body in the same namespace.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Workbench

CORPUS = Path(__file__).with_name("situations.txt")


@dataclass(frozen=True)
class Situation:
    name: str
    cells: tuple[str, ...]
    body: str
    has: tuple[str, ...]
    """Texts that the script must have."""
    lacks: tuple[str, ...]
    """Texts that the script must not have."""


def situation(text: str) -> Situation:
    head, *parts = re.split(r"^--- (?:cell|body)\n", text, flags=re.MULTILINE)
    name, *rows = head.strip().splitlines()
    *cells, body = (part.strip("\n") for part in parts)
    return Situation(
        name,
        tuple(cells),
        body,
        tuple(row[5:] for row in rows if row.startswith("has: ")),
        tuple(row[7:] for row in rows if row.startswith("lacks: ")),
    )


SITUATIONS = [
    situation(text)
    for text in re.split(r"^=== ", CORPUS.read_text("utf-8"), flags=re.MULTILINE)[1:]
]


@pytest.mark.parametrize("case", SITUATIONS, ids=lambda case: case.name)
def test_script_prints_what_the_cell_would(case: Situation, bench: Workbench) -> None:
    bench.execute(*case.cells)
    script = bench.take(case.body).render(bench.first_variant(""), "test")

    printed = bench.run(script)

    assert printed == bench.execute(case.body)
    assert printed
    for text in case.has:
        assert text in script
    for text in case.lacks:
        assert text not in script


def test_corpus_has_no_name_twice_and_is_large() -> None:
    assert len({case.name for case in SITUATIONS}) == len(SITUATIONS) >= 60
