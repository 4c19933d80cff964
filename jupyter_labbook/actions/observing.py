"""Looking at an experiment: where its runs stand, what they logged, what it means."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_labbook.actions import why_waiting
from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.actions.outputs import figures, read_tail
from jupyter_labbook.actions.preflight.stored import StoredLook
from jupyter_labbook.actions.shown import of_version
from jupyter_labbook.actions.standing import RunStanding, quiet, stamp
from jupyter_labbook.errors import PredictionError
from jupyter_labbook.insight import verdict
from jupyter_labbook.insight.evidence import Evidence, RunEvidence, varied
from jupyter_labbook.model import prediction
from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.view import (
    ExperimentView,
    Outcome,
    RunView,
    Verdict,
)
from jupyter_labbook.rendering.taints import tainted_note
from jupyter_labbook.storage.history import EventKind
from jupyter_labbook.storage.metrics import Follower
from jupyter_labbook.storage.progress import read_progress

if TYPE_CHECKING:
    from jupyter_labbook.model.metrics import Summary
    from jupyter_labbook.model.preflight import Checked
    from jupyter_labbook.model.run import RunRecord
    from jupyter_labbook.model.taint import Taint
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder


class RunWatch:
    """One run, looked at again and again.

    An ended one costs nothing more, and one that waits next to nothing.
    """

    def __init__(self, run: RunFolder, points: int = 500) -> None:
        self.run = run
        self._standing = RunStanding(run)
        self._follower = Follower(run, points)
        self._settled = False
        self._complete = False
        """Whether all that it logged was read since it ended."""
        self._seen: tuple[object, ...] = ()

    @property
    def record(self) -> RunRecord | None:
        """What is or was to be executed; None if nobody can tell."""
        return self._standing.record

    @property
    def version(self) -> int:
        """Version of the experiment that the run belongs to."""
        return self._standing.version or 0

    @property
    def state(self) -> RunState:
        """Where the run stood at the last look."""
        return self._standing.state

    @property
    def problem(self) -> str:
        """Which of its files is damaged, and what to do; empty if none is."""
        return self._standing.problem

    def poll(self, until: float = math.inf) -> bool:
        """Look again; whether anything that is shown has changed.

        All that an ended run logged is read, unless the time (monotonic) comes first:
        then it is `behind`.
        """
        if self._settled or not (self._standing.poll() or self.behind):
            return False
        if not self._standing.settled:
            self._complete = False
        # What a live run logs is taken in bit by bit, at every look.
        changed = not self.state.ended and self._follower.poll()
        while self.behind and time.monotonic() < until:
            changed = self._follower.poll() or changed
            self._complete = not self._follower.behind
        seen = (
            self.state,
            stamp(self.run.output),
            stamp(self.run.progress),
            stamp(self.run.figures),
        )
        changed = changed or seen != self._seen
        self._seen = seen
        self._settled = self._standing.settled and not self.behind
        return changed

    @property
    def behind(self) -> bool:
        """Whether it has ended and not all that it logged was read."""
        return self.state.ended and not self._complete

    @property
    def extent(self) -> tuple[int, int]:
        """Bytes of metrics that were read so far, and that there are."""
        return self._follower.extent

    @property
    def ended_at(self) -> str:
        """When it ended, in ISO 8601; empty if it has not."""
        return self._standing.exit.time if self._standing.exit else ""

    @property
    def summaries(self) -> dict[str, Summary]:
        """What is known of each metric."""
        return self._follower.summaries()

    def evidence(self) -> RunEvidence:
        """What a verdict needs to know of the run."""
        record = self.record
        return RunEvidence(
            label=self.run.label,
            parameters=record.parameters if record else {},
            seed=record.seed if record else 0,
            state=self.state,
            summaries=self.summaries,
        )

    def view(self) -> RunView:
        """Draw the run, as of the last look."""
        record = self.record
        return RunView(
            id=record.id if record else "",
            label=self.run.label,
            state=self.state,
            parameters=dict(record.parameters) if record else {},
            seed=record.seed if record else 0,
            series=self._follower.series(),
            final=self._follower.last(),
            progress=None if self.state.ended else read_progress(self.run),
            seconds=self._standing.seconds(),
            reason=self._reason(),
            tail=read_tail(self.run.output),
            figures=figures(self.run),
        )

    def _reason(self) -> str:
        reason = self._standing.reason()
        if self.state is RunState.WAITING:
            reason = reason or why_waiting.why(self.run)
        return reason or next(iter(self._follower.problems), "")


class ExperimentWatch:
    """An experiment, looked at again and again.

    Parameters
    ----------
    labbook, experiment
        Where it is.
    """

    def __init__(self, labbook: LabbookFolder, experiment: ExperimentFolder) -> None:
        self.labbook = labbook
        self.experiment = experiment
        self._runs: dict[RunFolder, RunWatch] = {}
        self._declared: Declared | None = None
        self._taints: dict[str, Taint] = {}
        self._stamp: object = self
        self._stored = StoredLook(experiment)
        self._checked: Checked | None = None

    def poll(self, seconds: float = math.inf) -> bool:
        """Look again; whether anything that is shown has changed.

        Parameters
        ----------
        seconds
            For reading what ended runs have logged; see `behind`.
        """
        until = time.monotonic() + seconds
        changed = False
        for run in self.experiment.runs():
            if run not in self._runs:
                self._runs[run] = RunWatch(run)
                changed = True
        for watch in self._runs.values():
            changed = watch.poll(until) or changed
        seen = stamp(self.experiment.history)
        # A folder that has just changed may change again under the same time.
        if seen != self._stamp or not quiet(seen):
            self._stamp = seen
            declared = Declared.as_far_as_readable(self.experiment)
            changed = changed or declared != self._declared
            self._declared = declared
            self._taints = declared.taints
        checked = self._stored.poll(self._waiting())
        changed = changed or checked != self._checked
        self._checked = checked
        return changed

    def _waiting(self) -> list[str]:
        """Labels of the runs that have still to begin."""
        return [
            watch.run.label
            for watch in self.all_runs()
            if watch.state in (RunState.WAITING, RunState.HELD)
        ]

    @property
    def behind(self) -> bool:
        """Whether there is more to be read: until then nothing is judged."""
        return any(watch.behind for watch in self.runs())

    @property
    def declared(self) -> Declared:
        """What the experiment was declared to be."""
        if self._declared is None:
            self.poll()
        assert self._declared is not None
        return self._declared

    @property
    def taints(self) -> dict[str, Taint]:
        """Runs that do not count any more, by their labels."""
        return self._taints

    def view_of(self, watch: RunWatch) -> RunView:
        """Draw one of the runs, as of the last look."""
        taint = self.taints.get(watch.run.label)
        drawn = watch.view()
        return replace(drawn, taint=taint.reason) if taint else drawn

    def runs(self) -> list[RunWatch]:
        """Runs of the newest version, or all where none is of it.

        A run whose record is damaged belongs to all of them.
        """
        versions = {
            watch: None if watch.record is None else watch.version
            for watch in self.all_runs()
        }
        return of_version(versions, self.declared.version)

    def all_runs(self) -> list[RunWatch]:
        """Runs of every version."""
        return list(self._runs.values())

    def evidence(self) -> Evidence:
        """What a verdict needs to know of the experiment."""
        return Evidence(
            name=self.experiment.name,
            # Without a record, nobody knows what a run was given.
            runs=tuple(
                watch.evidence()
                for watch in self.runs()
                if watch.record is not None
                and watch.run.label not in self.taints
                and not watch.behind
            ),
            tainted={
                watch.run.label: self.taints[watch.run.label].reason
                for watch in self.runs()
                if watch.run.label in self.taints
            },
            taken_away=self.declared.taken_away,
        )

    def problems(self) -> list[str]:
        """Say which files are damaged, in a sentence each."""
        of_runs = [watch.problem for watch in self.all_runs() if watch.problem]
        return [*self.declared.problems, *of_runs]

    def verdicts(self) -> list[Verdict]:
        """What the data say of each prediction by now."""
        evidence = self.evidence()
        return [self._judge(text, evidence) for text in self.declared.predictions]

    def _judge(self, text: str, evidence: Evidence) -> Verdict:
        try:
            parsed = prediction.parse(text)
        except PredictionError as error:
            reason = str(error).splitlines()[0]
            return Verdict(prediction=text, outcome=Outcome.INCONCLUSIVE, reason=reason)
        if self.behind:
            return Verdict(
                prediction=text,
                outcome=Outcome.PENDING,
                reason=self._reading(),
                probability=parsed.probability,
            )
        return verdict.judge(parsed, evidence, self._lookup)

    def _reading(self) -> str:
        """Say how much of what its runs logged is known."""
        read, there = (
            sum(numbers)
            for numbers in zip(*(watch.extent for watch in self.runs()), strict=True)
        )
        return f"Still reading what its runs logged: {read / max(1, there):.0%} so far."

    def _lookup(self, name: str) -> Evidence | None:
        """Evidence of another experiment of the labbook."""
        for other in reversed(self.labbook.experiments()):
            if other.name == name:
                watch = ExperimentWatch(self.labbook, other)
                watch.poll()
                return watch.evidence()
        return None

    def view(self) -> ExperimentView:
        """Draw the experiment, as of the last look."""
        header = self.declared.header
        evidence = self.evidence()
        verdicts = [self._judge(text, evidence) for text in self.declared.predictions]
        runs = [self.view_of(watch) for watch in self.runs()]
        return ExperimentView(
            name=self.experiment.name,
            number=self.experiment.number,
            path=str(self.experiment.path),
            question=header.get("question", ""),
            hypothesis=header.get("hypothesis", ""),
            why=header.get("why", ""),
            impact=header.get("impact", ""),
            conclusion=self.declared.conclusion,
            tags=list(header.get("tags", ())),
            verdicts=verdicts,
            thresholds=verdict.thresholds(_parsed(self.declared), evidence),
            runs=runs,
            varied=list(varied(run.parameters for run in runs)),
            checked=self._checked,
            note="\n".join(
                filter(
                    None,
                    [
                        tainted_note(runs, concluded=bool(self.declared.conclusion)),
                        self._versions(),
                        self._amended(),
                        *self.problems(),
                    ],
                )
            ),
        )

    def _versions(self) -> str:
        """Say which runs belong to earlier versions and so are not shown."""
        shown = self.runs()
        older = [watch for watch in self.all_runs() if watch not in shown]
        if not older:
            return ""
        labels = ", ".join(watch.run.label for watch in older[:6])
        more = f" and {len(older) - 6} more" if older[6:] else ""
        return (
            f"Version {self.declared.version}. Runs of earlier versions are kept: "
            f"{labels}{more}; see one with: labbook tail {self.experiment.name}/RUN, "
            "labbook compare"
        )

    def _amended(self) -> str:
        """Say what of the declaration was changed after results were there."""
        times = [watch.ended_at for watch in self.runs() if watch.ended_at]
        for event in reversed(self.declared.events):
            if event.kind is not EventKind.AMENDED:
                continue
            changed = [
                key
                for key in event.data["changed"]
                if key in ("predict", "hypothesis", "question")
            ]
            earlier = sum(time < event.time for time in times)
            if changed and earlier:
                noun = "run" if earlier == 1 else "runs"
                return (
                    f"Amended on {event.time[:10]}, after {earlier} {noun} had ended: "
                    f"{', '.join(changed)}. The history has the earlier wording."
                )
        return ""


def _parsed(declared: Declared) -> list[prediction.Prediction]:
    parsed = []
    for text in declared.predictions:
        try:
            parsed.append(prediction.parse(text))
        except PredictionError:
            continue
    return parsed


def watch(labbook: LabbookFolder, experiment: ExperimentFolder) -> ExperimentWatch:
    """Look at an experiment once, to be looked at again."""
    found = ExperimentWatch(labbook, experiment)
    found.poll()
    return found
