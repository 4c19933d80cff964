"""Verbs that look and change nothing: list, show, tail, compare, verify."""

from __future__ import annotations

import codecs
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions import comparing, observing, outputs, publishing
from jupyter_labbook.actions.concluding import record_verdict
from jupyter_labbook.actions.handles import ExperimentHandle
from jupyter_labbook.actions.seals import changed_metrics
from jupyter_labbook.actions.tainting import misplaced_marks
from jupyter_labbook.actions.verbs import places
from jupyter_labbook.actions.verbs.answer import Answer
from jupyter_labbook.actions.withdrawn import old_against_new
from jupyter_labbook.errors import InvalidInputError, StorageError
from jupyter_labbook.model.run import RunState
from jupyter_labbook.rendering.comparison import comparison_text
from jupyter_labbook.rendering.log_tail import plain, tail_lines
from jupyter_labbook.rendering.tables import Column, Table, table_text
from jupyter_labbook.rendering.taints import old_against_new_text
from jupyter_labbook.rendering.text import experiment_text
from jupyter_labbook.storage import experiment_file, records, run_state, trust
from jupyter_labbook.storage.history_check import Severity, verify_labbook

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder

_LOOK_SECONDS = 0.2
_CHUNK = 65_536
_BYTES_A_LINE = 4096
_MOST_BYTES = 2**26
_LONGEST = 2000
"""Characters of a line that are shown."""


def list_experiments(labbook: LabbookFolder, args: argparse.Namespace) -> Answer:
    """Every experiment, newest last."""
    rows = [_row(labbook, experiment) for experiment in labbook.experiments()]
    _serve(labbook, {state for row in rows for state in row["states"]})
    if args.state:
        rows = [row for row in rows if args.state in row["states"]]
    if not rows:
        text = (
            "Nothing here yet. Begin in a notebook with a cell that starts with:\n"
            "%%experiment\n#| question: ...\n#| predict: accuracy > 0.9"
            if not args.state
            else f"No experiment has a run that is {args.state}."
        )
        return Answer(text=text, data=[])
    table = Table(
        (
            Column("No", numeric=True),
            Column("Name"),
            Column("Runs"),
            Column("Verdict"),
            Column("Question"),
        ),
        tuple(
            (
                str(row["number"]),
                row["name"],
                _standing(row),
                _counted(row["verdicts"]) or ("exploring" if row["why"] else ""),
                row["question"] or row["why"],
            )
            for row in rows
        ),
    )
    problems = [f"! {problem}" for row in rows for problem in row["problems"]]
    text = "\n\n".join([table_text(table, args.width), *problems])
    return Answer(text=text, data=rows)


def _standing(row: dict[str, Any]) -> str:
    """Spell ``3 finished``, and how many of these do not count any more."""
    words = [f"{count} {state}" for state, count in row["states"].items()]
    tainted = [f"{row['tainted']} tainted"] if row["tainted"] else []
    return ", ".join(words + tainted)


def _counted(words: list[str]) -> str:
    """Spell ``supported``, or ``2 supported, 1 refuted`` where there are several."""
    if len(words) == 1:
        return words[0]
    return ", ".join(f"{count} {word}" for word, count in Counter(words).items())


def _serve(labbook: LabbookFolder, states: set[str]) -> None:
    """See to it that what waits is served: its dispatcher may have been killed."""
    if RunState.WAITING in states:
        # Who only reads must not fail for want of a place to write.
        with suppress(OSError):
            publishing.revive(labbook)


def _row(labbook: LabbookFolder, experiment: ExperimentFolder) -> dict[str, Any]:
    watch = observing.watch(labbook, experiment)
    header = watch.declared.header
    return {
        "number": experiment.number,
        "name": experiment.name,
        "question": header.get("question", ""),
        "why": header.get("why", ""),
        "states": dict(Counter(str(run.state) for run in watch.runs())),
        "tainted": sum(run.run.label in watch.taints for run in watch.runs()),
        "verdicts": [str(verdict.outcome) for verdict in watch.verdicts()],
        "conclusion": watch.declared.conclusion,
        "path": str(experiment.path),
        "problems": watch.problems(),
    }


def show(labbook: LabbookFolder, args: argparse.Namespace) -> Answer:
    """One experiment: question, prediction, runs, verdict."""
    experiment = places.whole(labbook, args.name)
    problems: list[str] = []
    try:
        # The first to look after the end records it, if nobody was there to.
        record_verdict(labbook, experiment)
        experiment_file.check(experiment.file)
    except StorageError as error:
        problems.append(str(error))
    view = observing.watch(labbook, experiment).view()
    _serve(labbook, {str(run.state) for run in view.runs})
    if problems:
        view = replace(view, note="\n".join(filter(None, [view.note, *problems])))
    return Answer(
        text=experiment_text(view, args.width),
        data=records.to_builtins(view),
        experiment=ExperimentHandle(labbook, experiment),
    )


def tail(labbook: LabbookFolder, args: argparse.Namespace) -> Answer:
    """The end of a run's output; with ``-f`` also what comes."""
    run = places.one_run(labbook, args.name)
    size = min(_BYTES_A_LINE * args.lines, _MOST_BYTES)
    text, end = outputs.read_end(run.output, size)
    found = tail_lines(text, args.lines, _LONGEST) if args.lines else []
    lines = [plain(line) for line in found]
    data = {"run": run.label, "state": str(_state(run)), "lines": lines}
    if args.follow and not args.json:
        first = "\n".join(lines) + ("\n" if text.endswith("\n") else "")
        return Answer(data=data, stream=_follow(run, first, end))
    return Answer(text="\n".join(lines), data=data)


def _follow(run: RunFolder, first: str, offset: int) -> Iterator[str]:
    yield first
    decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
    while True:
        # Asked before reading, so that nothing written before the end is missed.
        live = _state(run).live
        if run.output.exists():
            with run.output.open("rb") as file:
                file.seek(offset)
                while data := file.read(_CHUNK):
                    offset += len(data)
                    yield decoder.decode(data)
        if not live:
            yield decoder.decode(b"", final=True)
            return
        time.sleep(_LOOK_SECONDS)


def _state(run: RunFolder) -> Any:  # noqa: ANN401  # a RunState
    return run_state.derive(run, trust.trusted)


def compare(labbook: LabbookFolder, args: argparse.Namespace) -> Answer:
    """Two experiments or runs: what changed, then the final metrics."""
    if args.b is None:
        return _old_against_new(labbook, args.a)
    found = comparing.compare(labbook, args.a, args.b)
    return Answer(text=comparison_text(found), data=records.to_builtins(found))


def _old_against_new(labbook: LabbookFolder, name: str) -> Answer:
    found = old_against_new(labbook, places.whole(labbook, name))
    if found is None:
        raise InvalidInputError(
            f"No run of {name} is tainted; to compare it with another experiment or "
            f"run, name that too: labbook compare {name} OTHER"
        )
    return Answer(text=old_against_new_text(found), data=records.to_builtins(found))


def verify(labbook: LabbookFolder, args: argparse.Namespace) -> Answer:
    """Whether the history is as it was written."""
    del args
    problems = verify_labbook(labbook.path) + changed_metrics(labbook)
    problems += misplaced_marks(labbook)
    found = [p for p in problems if p.severity is Severity.FINDING]
    lines = [f"{p.severity}: {p.path}: {p.message}" for p in problems]
    if not found:
        count = len(labbook.experiments())
        noun = "experiment" if count == 1 else "experiments"
        lines.append(f"The history of {count} {noun} is as it was written.")
    return Answer(
        text="\n".join(lines),
        data=[records.to_builtins(problem) for problem in problems],
        exit_code=1 if found else 0,
    )
