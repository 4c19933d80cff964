"""What each key and flag of ``%%experiment`` does, in a real kernel."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook import Labbook
from jupyter_labbook.model.run import RunState
from tests.integration.cells import HOLD, ok, registered, shown

if TYPE_CHECKING:
    from pathlib import Path


# --- Keys --------------------------------------------------------------------


def test_every_key_is_registered_as_it_stands(kernel, project: Path) -> None:
    ok(
        kernel.run(
            "%%experiment all-keys --wait\n"
            "#| question: Is it: {so}?\n"
            "#| hypothesis: It is.\n"
            "#| predict: best x > 1 (80%)\n"
            "#| predict: x[a=1,b=2] == 3\n"
            "#| why: to see\n"
            "#| impact: All of it.\n"
            "#| params: {c: 1e-3, d: on}\n"
            "#| sweep: {a: [1, 2], b: [2]}\n"
            "#| seeds: [7]\n"
            "#| ablate: {c: 0}\n"
            "#| tags: [p, q]\n"
            "#| resumable: true\n"
            "#| timeout: 1m30s\n"
            "log(x=a + b + len(d) * c * seed * 0)"
        )
    )
    everything = Labbook.find(project)["all-keys"]
    declared = registered(everything.path)
    assert declared["question"] == "Is it: {so}?"
    assert declared["hypothesis"] == "It is."
    assert declared["predict"] == ["best x > 1 (80%)", "x[a=1,b=2] == 3"]
    assert declared["impact"] == "All of it."
    assert declared["params"] == {"c": 0.001, "d": "on"}
    assert declared["ablate"] == {"c": 0}
    assert declared["timeout"] == 90
    assert declared["resumable"] is True
    assert [run.parameters for run in everything] == [
        {"c": 0.001, "d": "on", "a": a, "b": 2, "seed": 7} for a in (1, 2)
    ]
    assert everything.result() == {"x": [3.0, 4.0]}
    text = shown(kernel, "all-keys")
    assert [verdict.outcome for verdict in everything.verdicts] == ["supported"] * 2
    for part in ("Is it: {so}?", "It is.", "to see", "All of it.", "80 %"):
        assert part in text, part
    notes = (everything.path / "experiment.md").read_text()
    assert "impact: All of it." in notes
    assert "  - p\n  - q\n" in notes


def test_every_key_is_a_flag_and_flags_win(kernel, project: Path) -> None:
    ok(
        kernel.run(
            "%%experiment flagged --wait --question 'By flag?' --seeds 2 "
            "--sweep '{a: [5]}' --tags p,q\n"
            "#| question: By line?\n#| sweep: {a: [1, 2, 3]}\nlog(x=a, y=seed)"
        )
    )
    flagged = Labbook.find(project)["flagged"]
    assert registered(flagged.path)["question"] == "By flag?"
    assert registered(flagged.path)["tags"] == ["p", "q"]
    assert flagged.result() == {"x": [5.0, 5.0], "y": [0.0, 1.0]}


def test_a_grid_of_settings_and_seeds_goes_through_the_queue(
    kernel, project: Path, user: Path
) -> None:
    folder = user / "config" / "jupyter_labbook"
    folder.mkdir(exist_ok=True)
    (folder / "settings.toml").write_text("slots = 1\n")
    ok(
        kernel.run(
            "%%experiment grid --wait\n#| question: Which?\n"
            "#| sweep: {a: [1, 2], b: [10, 20]}\n#| seeds: 2\n"
            "#| predict: best x > 20\n#| predict: all x > 10\n#| predict: any x > 99\n"
            "log(x=a + b + 0 * seed)"
        )
    )
    grid = Labbook.find(project)["grid"]
    assert grid.result()["x"] == [11, 11, 21, 21, 12, 12, 22, 22]
    outcomes = [str(verdict.outcome) for verdict in grid.verdicts]
    assert outcomes == ["supported", "supported", "refuted"]
    started = [
        (json.loads((run.path / name).read_text())["time"], name)
        for run in grid
        for name in ("started.json", "exit.json")
    ]
    # One slot: nobody starts before the one before has ended.
    assert [name for _, name in sorted(started)] == ["started.json", "exit.json"] * 8


def test_why_alone_marks_it_as_exploring(kernel, command) -> None:
    ok(kernel.run("%%experiment look --wait\n#| why: see whether it runs\nlog(x=1)"))
    assert "exploring" in shown(kernel, "look")
    assert "exploring" in command("list").stdout


def test_a_name_is_made_from_the_question(kernel, project: Path) -> None:
    ok(kernel.run("%%experiment --wait\n#| question: Does a fish swim?\nlog(x=1)"))
    assert list(Labbook.find(project)) == ["does-a-fish-swim"]


def test_a_timeout_stops_the_run(kernel, project: Path) -> None:
    cell = f"%%experiment slow --wait\n#| why: it\n#| timeout: 1s\n{HOLD}"
    assert "slow/001 first: it is stopped" in kernel.run(cell).text
    [run] = Labbook.find(project)["slow"]
    assert run.state is RunState.STOPPED


def test_inputs_are_carried_or_left_behind(kernel, project: Path) -> None:
    kernel.run("import numpy as np\ntable = np.ones(9)\ncache = {1: 2}")
    kernel.run("api_key = 'abcdefghijklmnop1234'")
    held = kernel.run("%%experiment\n#| why: it\nlog(x=len(api_key))")
    assert "`api_key` cannot come along: it looks like a credential" in held.text
    head = "%%experiment carries --wait --no-inputs cache\n#| why: it\n"
    left = kernel.run(f"{head}log(x=table.sum(), y=len(cache))")
    assert re.search("held .*cache", left.text)
    assert "NameError" in Labbook.find(project)["carries"].output
    result = ok(
        kernel.run(
            "%%experiment carries --wait\n#| why: it\n#| inputs: [api_key]\n"
            "log(x=table.sum(), y=len(api_key))"
        )
    )
    assert "table" in result.text
    assert Labbook.find(project)["carries"].result() == {"x": 9.0, "y": 20.0}


# --- Flags -------------------------------------------------------------------


def test_a_dry_run_stores_and_starts_nothing(kernel, project: Path) -> None:
    kernel.run("data = list(range(10))\ndef f(x):\n    return x * factor\nfactor = 3")
    result = ok(
        kernel.run(
            "%%experiment --dry-run\n#| question: What would run?\n"
            "#| sweep: {a: [1, 2]}\nimport pathlib\npathlib.Path('ran').touch()\n"
            "log(x=f(a) + sum(data))"
        )
    )
    assert "2 runs would be submitted" in result.text
    assert "def f(x):" in result.text
    assert "factor = 3" in result.text
    compile(result.text.partition("script of the first:")[2], "script", "exec")
    assert list(project.iterdir()) == [project / "pyproject.toml"]


def test_here_binds_the_parameters_and_stores_nothing(kernel, project: Path) -> None:
    body = "log(x=a)\nprint('seed', seed)\nkept = a * 2\nkept"
    head = "%%experiment --here\n#| why: it\n#| sweep: {a: [4, 5]}\n#| seeds: [9]"
    result = ok(kernel.run(f"{head}\n{body}"))
    assert result.text == "x=4\nseed 9\n"
    assert result.mime("text/plain") == ["8"]
    assert kernel.run("print(kept)").text == "8\n"
    assert list(project.iterdir()) == [project / "pyproject.toml"]


def test_here_shows_errors_as_usual_and_counts_as_failed(kernel, project: Path) -> None:
    result = kernel.run("%%experiment --here\n#| question: Is it?\n\nx = 1\nx / 0")
    assert "ZeroDivisionError" in result.error
    plain = re.sub(r"\x1b\[[0-9;]*m", "", result.error)
    assert "----> 5 x / 0" in plain
    assert result.reply["status"] == "error"
    assert "nothing was stored" in result.text
    wrong = kernel.run("%%experiment --here\n#| question: Is it?\nx = = 1")
    assert "SyntaxError" in wrong.error
    assert list(project.iterdir()) == [project / "pyproject.toml"]


def test_waiting_can_be_interrupted_and_the_run_goes_on(
    kernel, project: Path, until
) -> None:
    request = kernel.submit(f"%%experiment on --wait\n#| why: it\n{HOLD}log(x=1)")
    until((project / "on").exists)
    kernel.interrupt()
    result = kernel.collect(request)
    assert "No longer waiting" in result.text
    assert "goes on" in result.text
    assert not result.error
    (project / "go").touch()
    assert Labbook.find(project)["on"].result(60) == {"x": 1.0}


# --- Verdicts ----------------------------------------------------------------


def test_predictions_over_seeds_selectors_and_other_experiments(
    kernel, project: Path
) -> None:
    ok(
        kernel.run(
            "%%experiment base --wait\n#| why: it\n#| seeds: 3\nlog(x=seed / 99)"
        )
    )
    ok(
        kernel.run(
            "%%experiment against --wait\n#| question: Better?\n#| seeds: 3\n"
            "#| sweep: {a: [1, 2]}\n"
            "#| predict: x[a=2] - x[a=1] > 0.5\n"
            "#| predict: x[a=1] > base + 0.5\n"
            "#| predict: max(x[a=2]) < x@base\n"
            "#| predict: best noise > 0\n"
            "log(x=a + seed * 0.01, noise=(-1) ** seed)"
        )
    )
    verdicts = Labbook.find(project)["against"].verdicts
    outcomes = [str(verdict.outcome) for verdict in verdicts]
    assert outcomes == ["supported", "supported", "refuted", "inconclusive"]
    assert "3 seeds" in verdicts[0].observed


@pytest.mark.parametrize("how", ["shutdown", "kill"])
def test_the_verdict_is_recorded_when_no_kernel_is_left(
    how, kernel, project: Path, until, command
) -> None:
    ok(
        kernel.run(
            f"%%experiment alone\n#| question: Is it?\n#| predict: x == 1\n"
            f"{HOLD}log(x=1)"
        )
    )
    until((project / "on").exists)
    getattr(kernel, how)()
    (project / "go").touch()
    history = project / "labbook" / "experiments" / "0001-alone" / "history"
    until((history / "0002-verdict.json").exists)
    data = json.loads((history / "0002-verdict.json").read_text())["data"]
    assert data["verdicts"][0]["outcome"] == "supported"
    assert list(data["runs"]["001"]["files"]) == ["metrics.csv"]
    until((project / "labbook" / "journal.md").exists)
    assert command("verify").returncode == 0


def test_the_notebooks_own_seed_is_the_one_that_is_recorded(kernel, project) -> None:
    kernel.run("seed = 123")
    result = kernel.run("%%experiment seeded --wait\n#| why: it\nlog(s=seed)\n")
    assert not result.error
    [run] = Labbook.find(project)["seeded"]
    assert run.parameters == {"seed": 123}
    assert run.result() == {"s": 123.0}


def test_here_has_the_seed_that_a_run_would_have(kernel) -> None:
    result = kernel.run("%%experiment --here\n#| why: it\nprint('seed', seed)\n")
    assert result.text == "seed 0\n"


def test_a_cell_that_waits_fails_with_its_runs(kernel) -> None:
    cell = "%%experiment bad --wait\n#| why: it\nraise ValueError('boom')\n"
    result = kernel.run(cell)
    assert result.reply["status"] == "error"
    assert "bad/001 first: it is failed; see: %labbook tail bad/001" in result.text


def test_runs_of_earlier_versions_are_named(kernel, project) -> None:
    cell = "%%experiment asked --wait\n#| question: {}\nlog(x=1)\n"
    for question in ("One?", "Two?"):
        kernel.run(cell.format(question))
    [plain] = kernel.run("%labbook show asked").mime("text/plain")
    assert "Version 2. Runs of earlier versions are kept: 001" in plain
