"""Runs that wait, though the same code, parameters and data have run."""

from __future__ import annotations

import ast
import hashlib
from typing import TYPE_CHECKING

from jupyter_labbook.errors import LabbookError
from jupyter_labbook.insight.wording import counted, listed
from jupyter_labbook.model.expression import key_of
from jupyter_labbook.model.preflight import Check, Finding, Severity
from jupyter_labbook.model.run import RunRecord, RunState
from jupyter_labbook.storage import records, run_state

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from jupyter_labbook.actions.preflight.scope import Examined, Scope
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder


def findings(scope: Scope) -> Iterator[Finding]:
    """Name the runs of each experiment whose answer is there already."""
    # A rerun is meant to do the same again.
    asked = {
        known.run: _given(known.record)
        for _, known in scope.waiting()
        if not known.record.reruns and not known.record.continues
    }
    if not asked:
        return
    done = _finished(scope.labbook, set(asked.values()))
    for one in scope.examined:
        same: dict[str, str] = {}
        for known in one.waiting:
            if known.run not in asked:
                continue
            work = _work(known.run, known.record)
            answer = done.get((work, asked[known.run])) if work else None
            if answer is not None:
                same[one.label(known)] = answer
        if same:
            yield _finding(one, same)


def _finding(one: Examined, same: dict[str, str]) -> Finding:
    labels = tuple(same)
    which = f"{counted(len(labels), 'run')} of {one.name}"
    pairs = listed((f"{label} as {answer}" for label, answer in same.items()), most=3)
    verb = "has" if len(labels) == 1 else "have"
    return Finding(
        kind=Check.ANSWERED,
        severity=Severity.WARNING,
        sentence=(
            f"{which} {verb} run already, with the same code, parameters and data: "
            f"{pairs}."
        ),
        runs=labels,
        remedy=one.stopping(labels),
    )


def _finished(
    labbook: LabbookFolder, wanted: set[Hashable]
) -> dict[tuple[str, Hashable], str]:
    """Find runs that have finished with such parameters and data."""
    found: dict[tuple[str, Hashable], str] = {}
    for experiment in labbook.experiments():
        for run in experiment.runs():
            try:
                record = records.read(run.record, RunRecord)
                # Most runs differ in parameters, which is cheap to see.
                if record is None or _given(record) not in wanted:
                    continue
                ended = run_state.read_exit(run)
            except LabbookError:
                continue
            if ended is not None and ended.state is RunState.FINISHED:
                work = _work(run, record)
                if work:
                    label = f"{experiment.name}/{run.label}"
                    found[work, _given(record)] = label
    return found


def _given(record: RunRecord) -> Hashable:
    return (
        key_of({**record.parameters}),
        record.seed,
        record.code,
        tuple(sorted(record.inputs.items())),
    )


def _work(run: RunFolder, record: RunRecord) -> str:
    """Fingerprint of what is executed; empty if nobody can tell.

    A program's files are not frozen: only a commit without edits tells what they were.
    """
    if record.command:
        git = record.git
        if git is None or git.dirty:
            return ""
        return "\0".join((git.commit, record.cwd, *record.command))
    try:
        text = run.script.read_text("utf-8", "surrogatepass")
        tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError):
        return ""
    # The docstring is the question, which may be another about the same.
    first = tree.body[:1]
    if first and isinstance(first[0], ast.Expr) and ast.get_docstring(tree) is not None:
        lines = text.splitlines()[first[0].end_lineno :]
        text = "\n".join(lines)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
