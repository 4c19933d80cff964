"""What follows when an experiment has ended: its verdict, its journal, a conclusion."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.actions.seals import broken, seal
from jupyter_labbook.errors import ConflictError, CorruptFileError, InvalidInputError
from jupyter_labbook.runtime.exits import timestamp
from jupyter_labbook.storage import experiment_file, records
from jupyter_labbook.storage.history import EventKind, History
from jupyter_labbook.storage.journal import JournalEntry, append_entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_labbook.model.view import Verdict
    from jupyter_labbook.storage.history import Event
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder


def record_verdict(labbook: LabbookFolder, experiment: ExperimentFolder) -> bool:
    """Record what the data say, once every run has ended.

    The event names the content of every metrics file, so that a number which is
    changed later can be found. Recording the same again does nothing.

    Returns
    -------
    bool
        Whether there was anything new to record.

    Raises
    ------
    CorruptFileError
        A damaged file leaves open what the verdict rests on; nothing was recorded.
    StorageError
        It could not be stored; the next to look tries again.
    """
    watch = ExperimentWatch(labbook, experiment)
    watch.poll()
    runs = watch.runs()
    if not runs or not all(run.state.ended for run in runs):
        return False
    if problems := watch.problems():
        raise CorruptFileError(f"No verdict was recorded: {problems[0]}")
    verdicts = watch.verdicts()
    data = {
        "version": watch.declared.version,
        "verdicts": [records.to_builtins(verdict) for verdict in verdicts],
        "runs": {run.run.label: seal(run) for run in runs},
    }
    tainted = [run.run.label for run in runs if run.run.label in watch.taints]
    if tainted:
        data["tainted"] = tainted
    if _known(watch, data):
        return False
    for problem in broken(experiment, watch.declared):
        raise CorruptFileError(f"{labbook.path / problem.path}: {problem.message}")
    # Two who notice the end at the same moment must not both record it.
    with labbook.lock():
        history = History(experiment.path)
        events = history.events()
        recorded = [e for e in events if e.kind is EventKind.VERDICT]
        marked = _marks(events) != _marks(watch.declared.events)
        if not marked and recorded and _same(dict(recorded[-1].data), data):
            return False
        if not marked:
            # First, because it may be written twice, which changes nothing.
            append_entry(labbook.path, _entry(watch, verdicts))
            history.append(EventKind.VERDICT, data, timestamp())
    # Meanwhile it was found out that other runs count.
    return record_verdict(labbook, experiment) if marked else True


def conclude(
    labbook: LabbookFolder,
    experiment: ExperimentFolder,
    conclusion: str,
    was: str | None = None,
) -> None:
    """Record what a person learned; an earlier conclusion stays in the history.

    Parameters
    ----------
    labbook, experiment
        Where it is.
    conclusion
        What was learned.
    was
        The conclusion that its author knew; None if that does not matter.

    Raises
    ------
    ConflictError
        Another conclusion than the author knew was recorded; nothing was changed.
    InvalidInputError
        The text is empty.
    StorageError
        It was not recorded, or not everywhere; doing it again completes it.
    """
    conclusion = conclusion.strip()
    if not conclusion:
        raise InvalidInputError(
            "A conclusion needs words: labbook conclude "
            f'{experiment.name} "Past 100 trees nothing is gained."'
        )
    watch = ExperimentWatch(labbook, experiment)
    watch.poll()
    entry = _entry(watch, watch.verdicts(), learned=conclusion)
    # Two who conclude at the same moment must not both find what they knew.
    with labbook.lock():
        declared = Declared.of(experiment)
        _require(experiment, declared.conclusion, conclusion, was)
        # Whatever cannot be changed is found before anything is.
        experiment_file.check(experiment.file)
        append_entry(labbook.path, entry)
        experiment_file.update(experiment.file, conclusion=conclusion)
        if declared.conclusion != conclusion:
            data = {"version": declared.version, "conclusion": conclusion}
            History(experiment.path).append(EventKind.CONCLUDED, data, timestamp())


def _require(
    experiment: ExperimentFolder, now: str, conclusion: str, was: str | None
) -> None:
    # The same conclusion once more is no conflict: it was sent again.
    if was is None or now in (was.strip(), conclusion):
        return
    raise ConflictError(
        f"{experiment.name} was concluded elsewhere meanwhile; read that conclusion "
        "and save yours again if it still holds.",
        now=now,
    )


def _marks(events: Iterable[Event]) -> list[int]:
    """Which events say what runs count."""
    return [e.seq for e in events if e.kind in (EventKind.TAINTED, EventKind.CLEARED)]


def _known(watch: ExperimentWatch, data: dict[str, Any]) -> bool:
    """Whether that is what was recorded last; to look needs no right to write."""
    events = [e for e in watch.declared.events if e.kind is EventKind.VERDICT]
    return bool(events) and _same(dict(events[-1].data), data)


def _same(recorded: dict[str, Any], data: dict[str, Any]) -> bool:
    import msgspec

    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(data))
    kept: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(recorded))
    return plain == kept


def _entry(
    watch: ExperimentWatch, verdicts: list[Verdict], learned: str = ""
) -> JournalEntry:
    header = watch.declared.header
    observed = [
        f"{verdict.outcome}: {verdict.prediction}"
        + (f" (observed {verdict.observed})" if verdict.observed else "")
        + (f". {verdict.reason}" if verdict.reason else "")
        for verdict in verdicts
    ]
    if not verdicts:
        states = [str(run.state) for run in watch.runs()]
        observed = [f"{states.count(state)} {state}" for state in dict.fromkeys(states)]
    expected = [header.get("hypothesis", ""), *watch.declared.predictions]
    return JournalEntry(
        day=datetime.now().astimezone().date(),
        name=watch.experiment.name,
        number=watch.experiment.number,
        version=watch.declared.version,
        asked=header.get("question") or f"(exploring) {header.get('why', '')}",
        expected="\n".join(filter(None, expected)),
        observed="\n".join(observed),
        learned=learned,
    )
