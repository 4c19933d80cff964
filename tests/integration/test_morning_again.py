"""The morning after a bug was found: old against new, once."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from jupyter_labbook.actions.digest import mark_read, read_digest
from jupyter_labbook.storage.settings import UserSettings
from tests.integration.saying import said, told

MARK = ("invalidate", "--uses", "split_data", "--reason", "off by one", "--yes")


def test_the_morning_shows_what_was_repeated_old_against_new(made, command) -> None:
    handle = made.submit(seeds=(0, 1), predict=("accuracy > 0.15",))
    assert "RUN AGAIN" not in said(command("morning"))
    made.split(end=8)
    said(command(*MARK, "--rerun", "now"))
    for label in ("003", "004"):
        handle[label].result()
    data = told(command("morning", "--json"))
    [found] = data["repeated"]
    assert (found["name"], found["reason"]) == ("forest", "off by one")
    assert [(run["old"], run["new"]) for run in found["runs"]] == [
        ("001", "003"),
        ("002", "004"),
    ]
    text = said(command("morning"))
    assert "RUN AGAIN\n  forest was run again: off by one" in text
    [change] = [line for line in text.splitlines() if "was refuted" in line]
    assert change.strip().startswith("accuracy > 0.15: was refuted (0.101")
    assert "is supported" in text
    assert "001 → 003 (seed=0): accuracy 0.1 → 0.2" in text
    assert "labbook compare forest" in text
    page = said(command("morning", "--html", "-", "--since", "1d"))
    assert "forest was run again: off by one" in page
    assert "## Run again" in said(command("morning", "--markdown", "-"))
    # Another run of it, later, is no reason to tell of it again.
    before = told(command("morning", "--json"))
    assert before["read"]
    made.submit(seeds=(9,))
    assert told(command("morning", "--json"))["repeated"] == []


def test_what_is_marked_and_not_repeated_is_not_told_as_new(made, command) -> None:
    made.submit(seeds=(0, 1))
    said(command(*MARK))
    data = told(command("morning", "--json"))
    assert data["repeated"] == []
    [result] = data["results"]
    assert [one["outcome"] for one in result["verdicts"]] == ["withdrawn"]
    assert "WITHDRAWN" in said(command("morning"))


def test_what_ended_in_the_second_of_reading_is_not_told_again(made, command) -> None:
    handle = made.submit(seeds=(0,))
    handle.result()
    [run] = made.labbook.experiments()[0].runs()
    ended = datetime.fromisoformat(json.loads(run.exit.read_text())["time"])
    soon = ended + timedelta(microseconds=1)
    digest = read_digest(made.labbook, UserSettings(zone="UTC"), soon)
    assert digest.results
    mark_read(made.labbook, digest)
    assert read_digest(made.labbook, UserSettings(zone="UTC"), soon).read
