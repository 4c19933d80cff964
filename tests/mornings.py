"""Nights that have passed, written as files."""

from __future__ import annotations

import json
import math
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions.concluding import record_verdict
from jupyter_labbook.model.night import NightEvent, NightKind
from jupyter_labbook.model.run import Exit, RunRecord, RunState
from jupyter_labbook.storage import records
from jupyter_labbook.storage.history import EventKind, History
from jupyter_labbook.storage.night_log import NightLog
from tests.running import queue

if TYPE_CHECKING:
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder

SUNDAY = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)
"""A morning, on which the tests' digests are read."""
NIGHT = SUNDAY.replace(hour=0, minute=0)
"""In the middle of the night before."""
HOUR = timedelta(hours=1)


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def asked(
    labbook: LabbookFolder,
    name: str = "trial",
    *,
    at: datetime = NIGHT - timedelta(hours=6),
    **header: Any,
) -> ExperimentFolder:
    """Register an experiment at a moment."""
    header.setdefault("question", f"Is {name} so?")
    target = labbook.add_experiment(name, {"experiment.md": b"---\n---\n"})
    data = {"version": 1, "declared": header, "changed": list(header)}
    History(target.path).append(EventKind.REGISTERED, data, stamp(at))
    return target


def ended(
    labbook: LabbookFolder,
    target: ExperimentFolder,
    state: RunState = RunState.FINISHED,
    *,
    end: datetime = NIGHT,
    seconds: float | None = 1200.0,
    parameters: dict[str, Any] | None = None,
    seed: int = 0,
    metrics: str = "",
    output: str = "",
    reason: str = "",
    reruns: str = "",
    script: str = "",
) -> RunFolder:
    """Publish a run that ended at a moment."""
    with labbook.lock(), labbook.aside() as aside:
        folder = aside / f"{target.next_run():03d}"
        folder.mkdir()
        record = RunRecord(
            id=uuid.uuid4().hex,
            created=stamp(end - timedelta(seconds=seconds or 0)),
            parameters=parameters or {},
            seed=seed,
            reruns=reruns,
            notebook="digits.ipynb",
        )
        (folder / "run.json").write_bytes(records.encode(record))
        exit_ = Exit(time=stamp(end), state=state, reason=reason, seconds=seconds)
        (folder / "exit.json").write_bytes(records.encode(exit_))
        for name, text in (
            ("metrics.csv", metrics),
            ("output.log", output),
            ("script.py", script),
        ):
            if text:
                (folder / name).write_text(text)
        return target.publish_runs([folder])[0]


def final(**values: float) -> str:
    """Write metrics of one row."""
    names, row = ",".join(values), ",".join(map(str, values.values()))
    return f"_row,_time,{names}\n0,1.0,{row}\n"


def curve(name: str, values: list[float]) -> str:
    """Write a metric that was logged at each step."""
    rows = [f"{i},{i}.0,{i},{value}" for i, value in enumerate(values)]
    return "\n".join([f"_row,_time,step,{name}", *rows, ""])


def blocked(
    labbook: LabbookFolder, run: RunFolder, reason: str, sentence: str, at: datetime
) -> None:
    """Have the dispatcher write down why a run waits."""
    place = str(run.path.relative_to(labbook.path))
    event = NightEvent(at, NightKind.BLOCKED, place, sentence, reason)
    assert NightLog(labbook.path).append(event)


def away(labbook: LabbookFolder, begin: datetime, end: datetime) -> None:
    """Have nobody serve the queue for a while."""
    event = NightEvent(end, NightKind.GAP, detail=begin.isoformat())
    assert NightLog(labbook.path).append(event)


def add_to_plan(labbook: LabbookFolder, *questions: str) -> None:
    items = "".join(f"- [ ] {question}\n" for question in questions)
    (labbook.path / "plan.md").write_text(f"# Plan\n\n## Questions\n\n{items}")


def notebook(path: Any, *cells: str) -> None:
    """Write a notebook with code cells."""
    content = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {
                "cell_type": "code",
                "id": str(i),
                "metadata": {},
                "outputs": [],
                "execution_count": None,
                "source": cell.splitlines(keepends=True),
            }
            for i, cell in enumerate(cells)
        ],
    }
    path.write_text(json.dumps(content))


def an_eventful_night(labbook: LabbookFolder) -> None:
    """Fill a labbook with weeks of work and the night of a person with questions."""
    noise = random.Random(7)
    _weeks_of_probes(labbook, noise)
    for target in (
        _a_forest(labbook, noise),
        _a_warmup(labbook, noise),
        _a_look(labbook),
        _a_crash(labbook),
    ):
        record_verdict(labbook, target)
    _what_does_not_fit(labbook)
    away(labbook, NIGHT + timedelta(hours=4, minutes=31), NIGHT + timedelta(hours=6))
    add_to_plan(
        labbook,
        "Does a wider forest still help on the digits data?",
        "Which colour has the noise?",
        "Is the test set large enough for half a point?",
    )
    notebook(
        labbook.path.parent / "digits.ipynb",
        "%load_ext jupyter_labbook",
        "%%experiment noise\n#| question: Which colour has the noise?\nlog(a=1)",
    )


def _weeks_of_probes(labbook: LabbookFolder, noise: random.Random) -> None:
    for back in range(2, 24):
        if back in (9, 15):
            continue
        probability = (60, 70, 80, 90, 95)[back % 5]
        target = asked(
            labbook,
            f"probe-{back}",
            at=SUNDAY - timedelta(days=back),
            question=f"Does step {back} of the pipeline still pay?",
            predict=[f"accuracy > 0.9 ({probability}%)"],
        )
        reached = 0.95 if noise.random() * 100 < probability - 12 else 0.85
        ended(
            labbook,
            target,
            end=SUNDAY - timedelta(days=back - 0.4),
            metrics=final(accuracy=reached),
        )
        record_verdict(labbook, target)
        if back > 3:
            event = {"version": 1, "conclusion": "Kept."}
            History(target.path).append(
                EventKind.CONCLUDED, event, stamp(SUNDAY - timedelta(days=back - 1))
            )


def _a_forest(labbook: LabbookFolder, noise: random.Random) -> ExperimentFolder:
    forest = asked(
        labbook,
        "wider-forest",
        at=SUNDAY - timedelta(hours=14),
        question="Does a wider forest still help on the digits data?",
        hypothesis="Past 100 trees, accuracy gains less than half a point.",
        predict=["accuracy[trees=300] - accuracy[trees=100] < 0.005 (80%)"],
        impact="If so, freeze the width and look at depth next.",
        sweep={"trees": [30, 100, 300]},
        seeds=[0, 1, 2, 3, 4],
    )
    for i, trees in enumerate((30, 100, 300)):
        for seed in range(5):
            reached = {30: 0.951, 100: 0.968, 300: 0.97}[trees]
            ended(
                labbook,
                forest,
                end=NIGHT - HOUR + timedelta(minutes=7 * (5 * i + seed)),
                seconds=400,
                parameters={"trees": trees},
                seed=seed,
                metrics=final(accuracy=round(reached + noise.gauss(0, 0.0012), 5)),
            )
    return forest


def _a_warmup(labbook: LabbookFolder, noise: random.Random) -> ExperimentFolder:
    warmup = asked(
        labbook,
        "warmup",
        at=SUNDAY - timedelta(hours=15),
        question="Does a warm-up of five epochs make the network end lower?",
        hypothesis="Yes: without it the first epochs are wasted on the scale.",
        predict=["loss[warmup=5] < loss[warmup=0] - 0.05 (90%)"],
        impact="If so, all nets get it; if not, one knob fewer.",
        sweep={"warmup": [0, 5]},
    )
    for i, (length, low) in enumerate(((0, 0.31), (5, 0.302))):
        losses = [
            low + 1.9 * math.exp(-(step - length / 2) / 9) * (1 + noise.gauss(0, 0.04))
            for step in range(60)
        ]
        ended(
            labbook,
            warmup,
            end=NIGHT + 2 * HOUR + i * HOUR,
            seconds=3500,
            parameters={"warmup": length},
            metrics=curve("loss", losses),
            script="import torch\ntorch.manual_seed(seed)\nseed = 0\n",
        )
    return warmup


def _a_look(labbook: LabbookFolder) -> ExperimentFolder:
    look = asked(
        labbook,
        "confusions",
        at=SUNDAY - timedelta(hours=13),
        question="",
        why="see which digits the best network still confuses",
    )
    ended(
        labbook,
        look,
        end=NIGHT + 4 * HOUR,
        seconds=95,
        metrics=final(confused=31.0, of_eights=14.0),
    )
    return look


def _a_crash(labbook: LabbookFolder) -> ExperimentFolder:
    crash = asked(
        labbook,
        "larger-batch",
        at=SUNDAY - timedelta(hours=12),
        question="Does a batch of 512 train as well as one of 64?",
        predict=["accuracy > 0.96 (70%)"],
    )
    for seed in range(3):
        ended(
            labbook,
            crash,
            RunState.FAILED,
            end=NIGHT + timedelta(hours=4, minutes=10 + seed),
            seconds=8,
            seed=seed,
            reason="RuntimeError: CUDA out of memory. Tried to allocate 2.50 GiB",
            output=(
                "epoch 0\nTraceback (most recent call last):\n"
                '  File "script.py", line 41, in <module>\n'
                "    loss.backward()\n"
                "RuntimeError: CUDA out of memory. Tried to allocate 2.50 GiB\n"
            ),
        )
    return crash


def _what_does_not_fit(labbook: LabbookFolder) -> None:
    deep = asked(
        labbook,
        "deep-search",
        at=SUNDAY - timedelta(hours=12),
        question="How deep may the trees be before they only remember?",
    )
    for _ in range(2):
        run = queue(
            labbook, deep, when="tonight", submitted=stamp(SUNDAY - timedelta(hours=12))
        )
        blocked(
            labbook,
            run,
            "does-not-fit",
            "It may take 4 h 10 min, longer than what is left of tonight; it starts "
            "today 22:00.",
            NIGHT + 4 * HOUR,
        )
