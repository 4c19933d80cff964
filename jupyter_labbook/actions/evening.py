"""The evening before: how full tonight is, and what else it could find out."""

from __future__ import annotations

import heapq
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.actions.index import LabbookIndex
from jupyter_labbook.actions.nightly import NIGHT
from jupyter_labbook.actions.unrun_cells import experiment_cells, unrun_questions
from jupyter_labbook.errors import LabbookError
from jupyter_labbook.insight.opening import length
from jupyter_labbook.model.digest import Evening, Hours, Idea, Suggestion
from jupyter_labbook.model.run import RunRecord, RunState
from jupyter_labbook.model.view import Outcome
from jupyter_labbook.storage import records, run_state, windows
from jupyter_labbook.storage.labbook import ExperimentFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jupyter_labbook.actions.known import Known
    from jupyter_labbook.actions.unrun_cells import FoundCell
    from jupyter_labbook.model.run import Ticket
    from jupyter_labbook.model.window import Stretch
    from jupyter_labbook.storage.labbook import LabbookFolder
    from jupyter_labbook.storage.settings import UserSettings

FEW_SEEDS: Final = 3
"""With fewer, a difference cannot be told from luck."""
_ENOUGH_SEEDS: Final = 5
_MOST_LOOKED_AT: Final = 40
_MOST_OF_A_KIND: Final = 5


def look_ahead(
    labbook: LabbookFolder,
    settings: UserSettings,
    moment: datetime,
) -> Evening:
    """Tell how full tonight is, and what could fill it.

    Parameters
    ----------
    labbook, settings
        Where, and when that is.
    moment
        The present; in a night, that night is meant.

    Raises
    ------
    LabbookError
        The labbook cannot be read, or the settings name no such hours.
    """
    index = LabbookIndex(labbook)
    index.look()
    known = index.known()
    zone = windows.zone(settings)
    night = windows.window(settings, NIGHT).stretch(moment, moment)
    tickets = list(_waiting(labbook, known))
    tonight = [one for one in tickets if night and _in(one, settings, night, moment)]
    expected = [one.expected.middle for one in tonight if one.expected]
    there = 0.0
    if night is not None and night.end is not None:
        there = length([(max(night.begin, moment).timestamp(), night.end.timestamp())])
    return Evening(
        labbook=str(labbook.path),
        moment=_iso(moment.astimezone(zone)),
        opens=_iso(night.begin.astimezone(zone)) if night else "",
        closes=_iso(night.end.astimezone(zone)) if night and night.end else "",
        hours=Hours(NIGHT, there, min(there, _span(expected, settings.slots))),
        runs=len(tonight),
        unknown=len(tonight) - len(expected),
        experiments=len(known),
        suggestions=[
            *_some(_ablations(labbook, known)),
            *_some(_seeds(labbook, known)),
            *_some(unrun_questions(labbook, known)),
            *_some(_searches(labbook)),
        ],
    )


def _some(found: Iterator[Suggestion]) -> Iterator[Suggestion]:
    for _ in range(_MOST_OF_A_KIND):
        with suppress(StopIteration):
            yield next(found)


def _waiting(labbook: LabbookFolder, known: Iterable[Known]) -> Iterator[Ticket]:
    """Read what the runs ask for that wait and will be executed."""
    for one in known:
        if RunState.WAITING not in one.runs.values():
            continue
        folder = labbook.path / "experiments" / one.row.experiment
        for run in ExperimentFolder(folder).runs():
            if one.runs.get(run.label) is RunState.WAITING:
                with suppress(LabbookError):
                    ticket = run_state.read_ticket(run)
                    if ticket is not None and not ticket.held:
                        yield ticket


def _in(
    ticket: Ticket, settings: UserSettings, night: Stretch, moment: datetime
) -> bool:
    """Whether a run's own window is open in the night; what starts now is not meant."""
    if ticket.when == "now":
        return False
    try:
        since = datetime.fromisoformat(ticket.since or ticket.submitted)
        own = windows.window(settings, ticket.when).stretch(
            max(moment, night.begin), since
        )
    except (LabbookError, ValueError):
        return False
    return own is not None and (night.end is None or own.begin < night.end)


def _span(seconds: Sequence[float], slots: int) -> float:
    """Tell how long runs take that are started side by side, in their order."""
    free = [0.0] * slots
    for one in seconds:
        heapq.heappush(free, heapq.heappop(free) + one)
    return max(free)


def _ablations(labbook: LabbookFolder, known: Iterable[Known]) -> Iterator[Suggestion]:
    """Find factors that are never taken away, though their experiments say how."""
    from jupyter_labbook.actions import ablating
    from jupyter_labbook.actions.preflight.ablations import sentence

    for one in list(known)[:_MOST_LOOKED_AT]:
        folder = ExperimentFolder(labbook.path / "experiments" / one.row.experiment)
        if not Declared.as_far_as_readable(folder).header.get("ablate"):
            continue
        if _is_program(folder):
            # Which of its words stand for parameters is not kept.
            continue
        name = one.row.name
        with suppress(LabbookError):  # damaged files are told by other verbs
            for missing in ablating.missing(labbook, folder):
                yield Suggestion(
                    idea=Idea.ABLATION,
                    sentence=sentence(name, missing),
                    verb=f"labbook ablate {name} {missing.factor} --when tonight",
                )


def _seeds(labbook: LabbookFolder, known: Iterable[Known]) -> Iterator[Suggestion]:
    """Find answers that rest on so few seeds that they may be luck."""
    ended = [one for one in known if one.unconcluded and one.row.question]
    cells: dict[str, FoundCell] | None = None
    for one in ended[:_MOST_LOOKED_AT]:
        folder = ExperimentFolder(labbook.path / "experiments" / one.row.experiment)
        header = Declared.as_far_as_readable(folder).header
        seeds = len(header.get("seeds") or ()) or 1
        open_ = Outcome.INCONCLUSIVE in one.row.verdicts
        wanted = _ENOUGH_SEEDS if seeds < FEW_SEEDS else 2 * seeds
        if not header.get("predict") or not (open_ or seeds < FEW_SEEDS):
            continue
        if _is_program(folder):
            continue
        if not header.get("seeds") and not _uses_seed(folder):
            continue
        cells = _cells(labbook) if cells is None else cells
        settings = max(1, len(one.runs) // seeds)
        spent = length(list(one.busy)) / max(1, len(one.runs))
        rests = f"rests on {seeds} {'seed' if seeds == 1 else 'seeds'}"
        yield Suggestion(
            idea=Idea.SEEDS,
            sentence=f"{one.row.question} The answer {rests}"
            + (" and is inconclusive." if open_ else "; that may be luck."),
            verb=_with_seeds(cells.get(one.row.name), one.row.name, wanted),
            where=one.row.notebook,
            seconds=spent * settings * wanted or None,
        )


def _cells(labbook: LabbookFolder) -> dict[str, FoundCell]:
    """Find the experiments' cells in the project's notebooks, by name."""
    return {found.name: found for found in experiment_cells(labbook.path.parent)}


def _with_seeds(cell: FoundCell | None, name: str, seeds: int) -> str:
    if cell is None:
        return f"%%experiment {name} --seeds {seeds} --when tonight"
    return cell.first_line(seeds=str(seeds), when="tonight")


def _is_program(folder: ExperimentFolder) -> bool:
    """Whether it runs a program, and no cell."""
    with suppress(LabbookError, IndexError):
        record = records.read(folder.runs()[-1].record, RunRecord)
        return record is not None and bool(record.command)
    return False


def _searches(labbook: LabbookFolder) -> Iterator[Suggestion]:
    """Find sweeps that could be gone on with wherever nothing else wants the hours."""
    from jupyter_labbook.actions.nominating import nominees
    from jupyter_labbook.rendering.backfill_words import searched_words

    for one in nominees(labbook):
        yield Suggestion(
            idea=Idea.SEARCH,
            sentence=searched_words(one),
            verb=one.verb,
            seconds=one.seconds,
        )


def _uses_seed(folder: ExperimentFolder) -> bool:
    """Whether the script reads its seed, so that another gives another result."""
    with suppress(LabbookError, OSError, IndexError):
        script = folder.runs()[-1].script.read_text("utf-8", "replace")
        return script.count("seed") > 1
    return False


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
