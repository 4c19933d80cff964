"""The checklist under an experiment: live while it is of use, then a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyter_labbook import Labbook
from jupyter_labbook.rendering.plan import MIME_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WIDGET = "application/vnd.jupyter.widget-view+json"
CELL = """\
%%experiment listed
#| why: see the checklist
log(value=1)
"""
HOLD = """\
import pathlib, time
while not pathlib.Path("go").exists():
    time.sleep(0.01)
"""
IMPATIENT = """\
from jupyter_labbook.notebook import plan_output
plan_output._QUIET_SECONDS = 0.3
"""


def is_list(content: dict[str, Any]) -> bool:
    """Whether an output is the plan at rest, with its lists as they were."""
    data = content["data"]
    resting = data.get(MIME_TYPE, {}).get("resting") is True
    assert resting == ('class="labbook-plan"' in data.get("text/html", ""))
    return resting and WIDGET not in data


@pytest.fixture
def updates(kernel) -> Callable[[], list[dict[str, Any]]]:
    """All updates that have come so far."""
    found: list[dict[str, Any]] = []

    def so_far() -> list[dict[str, Any]]:
        found.extend(kernel.updates())
        return found

    return so_far


def test_a_page_gets_the_widget_and_nothing_else_in_its_place(kernel) -> None:
    result = kernel.run(CELL, cell="cell-1")
    [view] = [o for o in result.outputs if WIDGET in o.get("data", {})]
    assert "text/html" not in view["data"]


def test_the_widget_names_its_labbook_for_a_page_that_asks_the_server(
    kernel, project: Path
) -> None:
    [drawn] = kernel.run(CELL, cell="cell-1").mime(MIME_TYPE)
    path = str((project / "labbook").resolve())
    assert drawn == {"version": 1, "path": path, "resting": False}


def test_without_a_page_the_lists_are_shown_as_they_are(kernel) -> None:
    assert kernel.run(CELL.replace("listed", "empty")).mime("text/html")[1:] == []
    kernel.run("%labbook plan add question Why? --priority high")
    result = kernel.run(CELL)
    assert result.mime(WIDGET) == []
    assert any(is_list(output) for output in result.outputs if "data" in output)


def test_once_nobody_needs_it_the_widget_becomes_a_list_that_can_be_saved(
    kernel, updates, until
) -> None:
    kernel.run(IMPATIENT)
    kernel.run(CELL, cell="cell-1")
    until(lambda: any(is_list(update) for update in updates()))


def test_who_is_typing_keeps_the_widget(kernel, project: Path, updates, until) -> None:
    kernel.run(IMPATIENT)
    # Held, so that it cannot end before the first letter is typed.
    kernel.run(CELL + HOLD, cell="cell-1")
    typing = "from jupyter_labbook.notebook import plan_widget\n"
    typing += "[widget] = plan_widget._open.values()\nwidget.editing = {}"
    kernel.run(typing.format(True))
    (project / "go").touch()
    assert Labbook.find(project)["listed"].wait(60)
    over = "from jupyter_labbook.notebook import live; print(live._watcher._views)"
    until(lambda: kernel.run(over).text == "[]\n")
    # Several times as long as it would take if nobody were typing.
    for _ in range(15):
        assert not any(is_list(update) for update in updates())
    kernel.run(typing.format(False))
    until(lambda: any(is_list(update) for update in updates()))


def test_the_next_experiment_takes_the_checklist_over(kernel, project: Path) -> None:
    kernel.run(CELL + HOLD, cell="cell-1")
    request = kernel.submit(CELL.replace("listed", "next"), cell="cell-2")
    seen = []
    while True:
        message = kernel.client.get_iopub_msg(timeout=60)
        seen.append(message)
        content = message["content"]
        mine = message["parent_header"].get("msg_id") == request
        if mine and content.get("execution_state") == "idle":
            break
    (project / "go").touch()
    replaced = [m for m in seen if m["msg_type"] == "update_display_data"]
    assert any(is_list(message["content"]) for message in replaced)
    shown = [m["content"] for m in seen if m["msg_type"] == "display_data"]
    assert sum(WIDGET in content["data"] for content in shown) == 1
    assert Labbook.find(project)["next"].wait(60)
