"""Experiments are found by what is said of them, page by page."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_labbook.actions.concluding import conclude
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.model.run import RunState
from tests.running import add_ended
from tests.unit.actions.rows import asked, groups_of

if TYPE_CHECKING:
    from jupyter_labbook.actions.overview import Overview
    from jupyter_labbook.storage.labbook import LabbookFolder


@pytest.fixture
def several(labbook: LabbookFolder, overview: Overview) -> Overview:
    for number, name in enumerate(("wide", "deep", "odd")):
        target = asked(labbook, name, tags=["forest", f"t{number}"])
        add_ended(labbook, target, RunState.FAILED if number else RunState.FINISHED)
    conclude(labbook, target, "Straße, nothing else.")
    return overview


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ({}, ["odd", "deep", "wide"]),
        ({"text": "IS deep"}, ["deep"]),
        ({"text": "STRASSE"}, ["odd"]),
        ({"text": "forest t1"}, ["deep"]),
        ({"text": "nowhere"}, []),
        ({"tag": "t2"}, ["odd"]),
        ({"tag": "T2"}, []),
        ({"tag": "forest", "state": "failed"}, ["odd", "deep"]),
        ({"state": "running"}, []),
    ],
)
def test_experiments_are_found_by_what_is_said_of_them(
    several: Overview, wish: dict[str, str], found: list[str]
) -> None:
    answer = several.search(**wish)
    assert [row["name"] for row in answer["rows"]] == found
    assert (answer["total"], answer["cursor"]) == (len(found), "")
    if "state" not in wish:
        shown = several.read(**wish)
        assert set(groups_of(shown)) == set(found)
        # What there is in all does not depend on what is shown of it.
        assert shown["counts"] == {"finished": 1, "failed": 2}


def test_pages_hold_everything_once_also_when_something_is_added(
    labbook: LabbookFolder, several: Overview
) -> None:
    first = several.search(limit=1)
    asked(labbook, "new")
    second = several.search(limit=1, cursor=first["cursor"])
    shutil.rmtree(labbook.path / "experiments" / second["cursor"])
    third = several.search(limit=1, cursor=second["cursor"])
    pages = (first, second, third)
    assert [page["rows"][0]["name"] for page in pages] == ["odd", "deep", "wide"]
    assert third["cursor"] == ""


def test_a_page_has_at_least_one_row(several: Overview) -> None:
    with pytest.raises(InvalidInputError):
        several.search(limit=0)
    assert several.search(cursor="nonsense")["total"] == 3


def test_many_threads_may_ask_at_once(
    labbook: LabbookFolder, several: Overview
) -> None:
    wanted = several.search()
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda: found.append(several.search()))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 8
