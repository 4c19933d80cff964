"""Verbs that judge: compare, conclude, verify, plan, rerun."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook import Labbook

if TYPE_CHECKING:
    from pathlib import Path

from tests.integration.saying import refused, said

# --- compare, conclude, verify -----------------------------------------------


def test_compare_names_what_changed_before_the_metrics(train, command) -> None:
    train("slow", "--why", "it", "--params", "{rate: 0.1}")
    train("fast", "--why", "it", "--params", "{rate: 0.5}")
    text = said(command("compare", "slow", "fast"))
    assert text.index("rate: 0.1 -> 0.5") < text.index("loss")
    assert "+0.8" in text
    told = json.loads(said(command("compare", "slow/1", "fast/1", "--json")))
    assert told["changes"] == [
        {"aspect": "parameter", "name": "rate", "before": "0.1", "after": "0.5"}
    ]
    assert [row["metric"] for row in told["metrics"]] == ["loss"]
    assert "Did you mean fast?" in refused(command("compare", "slow", "fasst"), 3)


def test_a_conclusion_is_kept_in_three_places(train, command, project: Path) -> None:
    train("rates", "--question", "Faster?", "--predict", "loss < 1", rate="0.1")
    words = ["conclude", "rates", "Slow is", "fine."]
    assert "journal.md" in said(command(*words))
    assert json.loads(said(command(*words, "--json"))) == {
        "name": "rates",
        "conclusion": "Slow is fine.",
    }
    labbook = project / "labbook"
    experiment = labbook / "experiments" / "0001-rates"
    journal = (labbook / "journal.md").read_text()
    for part in (
        "- **Asked:** Faster?",
        "- **Expected:** loss < 1",
        "- **Observed:** supported: loss < 1",
        "- **Learned:** Slow is fine.",
    ):
        assert journal.count(part) == 1
    assert "conclusion: Slow is fine." in (experiment / "experiment.md").read_text()
    [event] = experiment.glob("history/*-concluded.json")
    assert json.loads(event.read_text())["data"]["conclusion"] == "Slow is fine."
    assert "Slow is fine." in said(command("show", "rates"))
    assert "needs words" in refused(command("conclude", "rates", " "), 2)
    assert said(command("verify")).startswith("The history of 1 experiment is as")


def _change(experiment: Path) -> str:
    event = experiment / "history" / "0001-registered.json"
    event.write_text(event.read_text().replace("loss < 1", "loss < 9"))
    return "The event was changed"


def _delete(experiment: Path) -> str:
    (experiment / "history" / "0002-verdict.json").unlink()
    return "The event was deleted"


def _slip_in(experiment: Path) -> str:
    source = experiment / "history" / "0002-verdict.json"
    event = json.loads(source.read_text()) | {"seq": 3}
    (experiment / "history" / "0003-verdict.json").write_text(json.dumps(event))
    return "history/0003-verdict.json"


def _damage(experiment: Path) -> str:
    (experiment / "history" / "0002-verdict.json").write_text("{")
    return "is damaged"


def _change_metrics(experiment: Path) -> str:
    path = experiment / "runs" / "001" / "metrics.csv"
    path.write_text(path.read_text().replace("0.2", "0.1"))
    return "These metrics were changed after the verdict"


def _delete_metrics(experiment: Path) -> str:
    (experiment / "runs" / "001" / "metrics.csv").unlink()
    return "These metrics are gone"


@pytest.mark.parametrize(
    "fake", [_change, _delete, _slip_in, _damage, _change_metrics, _delete_metrics]
)
def test_verify_finds_what_was_changed(fake, train, command, project: Path) -> None:
    train("rates", "--question", "Faster?", "--predict", "loss < 1", rate="0.1")
    command("show", "rates")
    assert command("verify").returncode == 0
    finding = fake(project / "labbook" / "experiments" / "0001-rates")
    result = command("verify")
    assert result.returncode == 1
    assert finding in result.stdout
    assert result.stderr == ""
    told = command("verify", "--json")
    assert told.returncode == 1
    assert any(
        finding in f"{p['path']} {p['message']}" for p in json.loads(told.stdout)
    )


# --- plan --------------------------------------------------------------------


def test_each_act_on_the_plan(command) -> None:
    command("init")
    detail = ["--expected", "yes", "--setup", "look", "--impact", "all"]
    added = command("plan", "add", "question", "Is it", "so?", *detail, "--json")
    item = json.loads(said(added))
    assert (item["text"], item["expected"], item["done"]) == ("Is it so?", "yes", False)
    acts = {
        ("edit", item["id"], "Is it not so?"): "Changed: Is it not so?",
        ("tick", "not so"): "Done: Is it not so?",
        ("untick", "not so"): "Open again: Is it not so?",
        ("priority", "not so", "high"): "Now of high priority: Is it not so?",
        ("delete", "not so"): "Deleted (labbook plan undo): Is it not so?",
        ("undo",): "Back again: Is it not so?",
    }
    for words, answer in acts.items():
        assert said(command("plan", *words)) == f"{answer}\n"
    assert "Is it not so?" in said(command("plan"))
    paper = said(command("plan", "--print"))
    assert re.search("☐.* Is it not so[?]", paper)
    assert "answer: ____" in paper
    told = json.loads(said(command("plan", "--json")))
    assert told["items"][0]["priority"] == "high"
    assert "five lists" in refused(command("plan", "add", "wish", "a pony"), 2)
    assert "No item of the plan" in refused(command("plan", "tick", "pony"), 3)


# --- rerun -------------------------------------------------------------------

RANDOM = "import os; log(noise=int.from_bytes(os.urandom(6), 'big'), same=1)"


def test_rerun_repeats_frozen_code_and_finds_no_difference(kernel, command) -> None:
    module = kernel.folder / "mine.py"
    module.write_text(
        "import random\ndef draw(seed):\n    return random.Random(seed).random()\n"
    )
    cell = (
        "import mine\n",
        "%%experiment seeded --wait\n#| why: it\n#| seeds: [7]\nlog(v=mine.draw(seed))",
    )
    for code in cell:
        assert kernel.run(code).reply["status"] == "ok"
    module.write_text("def draw(seed):\n    return 99.0\n")

    same = command("rerun", "seeded", "--wait")
    assert said(same).startswith("001 again as 002 (finished):\nReproduced exactly")
    now = command("rerun", "seeded/1", "--current", "--wait", "--json")
    assert now.returncode == 1
    [told] = json.loads(now.stdout)
    assert (told["original"], told["rerun"], told["state"]) == (
        "001",
        "003",
        "finished",
    )
    assert told["differing"][0]["metric"] == "v"
    labbook = Labbook.find(kernel.folder)
    assert labbook["seeded"]["003"].result() == {"v": 99.0}
    assert labbook["seeded"]["002"].parameters == {"seed": 7}
    later = said(command("rerun", "seeded/2"))
    assert "002 runs again as 004." in later
    assert "labbook compare seeded/002 seeded/004" in later


def test_rerun_shows_by_how_much_a_random_run_differs(kernel, command) -> None:
    kernel.run(f"%%experiment noisy --wait\n#| why: it\n{RANDOM}")
    result = command("rerun", "noisy", "--wait")
    assert result.returncode == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "001 again as 002 (finished):"
    assert any("noise" in line for line in lines)
    first, second = (
        Labbook.find(kernel.folder)["noisy"][run].result()["noise"]
        for run in ("001", "002")
    )
    told = json.loads(command("rerun", "noisy/1", "--wait", "--json").stdout)
    assert [found["metric"] for found in told[0]["differing"]] == ["noise"]
    assert told[0]["same"] == ["same"]
    assert told[0]["differing"][0]["original"] == first
    assert told[0]["differing"][0]["absolute"] > 0
    assert first != second
    assert "same" in "".join(lines)
