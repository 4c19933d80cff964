"""Running tainted runs again, with today's code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions import ending, publishing, rerunning
from jupyter_labbook.actions.concerned import LeftOut
from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.model.expression import key_of
from jupyter_labbook.model.queue import Wishes
from jupyter_labbook.model.run import RunState
from jupyter_labbook.snapshot.uses import SCRIPT, How
from jupyter_labbook.storage import windows
from jupyter_labbook.storage.labbook import ExperimentFolder
from jupyter_labbook.storage.settings import user_settings

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from pathlib import Path

    from jupyter_labbook.actions.concerned import Concerned
    from jupyter_labbook.model.run import RunRecord
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder


@dataclass(frozen=True, slots=True)
class Repetition:
    """A run, and the one that was queued in its place."""

    old: RunFolder
    new: RunFolder


@dataclass(frozen=True, slots=True)
class Repetitions:
    """What was queued, and what was not."""

    queued: tuple[Repetition, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    """What is to be known of those that were queued."""


def require_window(when: str) -> None:
    """See to it, before anything is stored, that runs can wait for a window.

    Raises
    ------
    InvalidInputError
        It is neither a name nor hours, or never opens.
    """
    if when != "now":
        windows.window(user_settings(), when)


def require_fixed(concerned: Sequence[Concerned], what: str) -> None:
    """See to it that running again would not repeat the bug.

    Raises
    ------
    InvalidInputError
        What the runs use is today what it was then.
    """
    same = [one.place for one in concerned if one.unchanged]
    if same:
        raise InvalidInputError(
            f"{what} is today as it was in {same[0]}: correct it first and save the "
            "file, or leave out --rerun to mark the runs now."
        )


def repeat(
    labbook: LabbookFolder, concerned: Sequence[Concerned], when: str, *, by_code: bool
) -> Repetitions:
    """Queue tainted runs once more, with today's modules where they have any.

    Of several runs with the same parameters and seed one is enough, and none where
    another one that counts is there or on its way. Runs of earlier versions answer
    an earlier question: they are not repeated. What still waits is cancelled, since
    its result would not count.

    Parameters
    ----------
    labbook, concerned
        The runs.
    when
        The window that the new ones wait for.
    by_code
        Whether they were found by their code, so that repeating it unchanged would
        repeat the bug.
    """
    queued: list[Repetition] = []
    left_out: list[LeftOut] = []
    notes: list[str] = []
    by_experiment: dict[Path, list[Concerned]] = {}
    for one in concerned:
        by_experiment.setdefault(one.run.experiment, []).append(one)
    for path, runs in by_experiment.items():
        experiment = ExperimentFolder(path)
        chosen, others = _choose(labbook, experiment, runs, by_code=by_code)
        left_out += others
        for current in (True, False):
            old = [one.run for one in chosen if bool(_code(one)) is current]
            if old:
                new = rerunning.rerun(
                    labbook,
                    experiment,
                    old,
                    current=current,
                    wishes=Wishes(when=when),
                )
                queued += map(Repetition, old, new)
        notes += _carried(experiment, chosen) if by_code else []
    _cancel([one for one in queued if one.old in _waiting(concerned)])
    return Repetitions(tuple(queued), tuple(left_out), tuple(notes))


def _choose(
    labbook: LabbookFolder,
    experiment: ExperimentFolder,
    runs: Sequence[Concerned],
    *,
    by_code: bool,
) -> tuple[list[Concerned], list[LeftOut]]:
    """Choose the runs that are repeated, and say why the others are not."""
    counting = _counting(labbook, experiment)
    chosen: dict[Hashable, Concerned] = {}
    left_out = []
    for one in runs:
        why = _obstacle(labbook, one, by_code=by_code)
        other = counting.get(_key(one.record)) if one.record else None
        if not why and other is not None:
            why = f"{other} has the same parameters and seed, and counts"
        if why:
            left_out.append(LeftOut(one.place, why))
        else:
            # Of several with the same parameters and seed, the last.
            chosen[_key(one.record)] = one
    return list(chosen.values()), left_out


def _obstacle(labbook: LabbookFolder, one: Concerned, *, by_code: bool) -> str:
    if not one.shown:
        return "it is of an earlier version, which is not run again"
    in_cell = any(
        use.file == SCRIPT and use.how is How.DEFINES for use in one.uses
    ) or (by_code and not one.uses and not _code(one))
    if in_cell:
        return "its code comes from the notebook: run its cell again"
    return rerunning.hindrance(labbook, one.run, current=bool(_code(one)))


def _counting(
    labbook: LabbookFolder, experiment: ExperimentFolder
) -> dict[Hashable, str]:
    """Runs of the newest version that count or may yet, by what they were given."""
    watch = ExperimentWatch(labbook, experiment)
    watch.poll()
    return {
        _key(run.record): run.run.label
        for run in watch.runs()
        if run.record is not None
        and run.run.label not in watch.taints
        and run.state in _PROMISING
    }


_PROMISING: Final = (RunState.FINISHED, RunState.RUNNING, RunState.WAITING)


def _key(record: RunRecord | None) -> Hashable:
    if record is None:
        return None
    return key_of({**record.parameters}), record.seed, tuple(record.command)


def _code(one: Concerned) -> str:
    return one.record.code if one.record else ""


def _carried(experiment: ExperimentFolder, runs: Sequence[Concerned]) -> list[str]:
    """Say which values a repetition takes over from the notebook as they were."""
    names = sorted({name for one in runs if one.record for name in one.record.inputs})
    if not names:
        return []
    told = f"{experiment.name} takes {', '.join(names)} over from the notebook as they"
    return [f"{told} were: if the bug has to do with them, run its cell again."]


def _waiting(concerned: Sequence[Concerned]) -> set[RunFolder]:
    return {
        one.run for one in concerned if one.state in (RunState.WAITING, RunState.HELD)
    }


def _cancel(repeated: Sequence[Repetition]) -> None:
    around = publishing.surroundings()
    for one in repeated:
        ending.stop(one.old, f"{one.new.label} runs in its place", "command", around)
