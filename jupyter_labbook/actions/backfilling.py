"""Searches that fill up the night: which could be continued, and accepting them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions import ending, nominating, publishing, search_standing
from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.errors import InvalidInputError, LabbookError, NotFoundError
from jupyter_labbook.execution.clock import SystemClock
from jupyter_labbook.insight.tried import best_of, tried
from jupyter_labbook.model.backfill import MOST, PREFIX, BackfillView, Progress, Search
from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.window import After, Now
from jupyter_labbook.runtime.exits import timestamp
from jupyter_labbook.storage import searches, windows
from jupyter_labbook.storage.settings import user_settings

if TYPE_CHECKING:
    from datetime import datetime

    from jupyter_labbook.actions.observing import RunWatch
    from jupyter_labbook.execution.clock import Clock
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder

_BROKEN: Final = (RunState.FAILED, RunState.LOST)


def view(labbook: LabbookFolder, clock: Clock | None = None) -> BackfillView:
    """Tell what goes on by itself, and which searches could."""
    accepted = searches.read_searches(labbook.path)
    return BackfillView(
        accepted=[progress(labbook, one) for one in accepted],
        nominees=nominating.nominees(labbook, clock or SystemClock()),
        foreign=searches.distrust(labbook.path),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the owner says of a search; what is left out is found in the experiment.

    Attributes
    ----------
    metric, higher
        What is wanted; by default what its predictions compare with a number.
    most
        Runs in one stretch of the window.
    when
        The window.
    """

    metric: str = ""
    higher: bool | None = None
    most: int = MOST
    when: str = nominating.NIGHT


def told(labbook: LabbookFolder, since: datetime) -> list[Progress]:
    """Tell of the searches that went on since a moment, or have ended."""
    found = []
    for search in searches.read_searches(labbook.path):
        one = progress(labbook, search, since)
        at = search.ended_at
        over = bool(at) and search_standing.moment_of(at) > since
        if one.runs or over:
            found.append(one)
    return found


def accept(
    labbook: LabbookFolder, experiment: ExperimentFolder, wanted: Wanted
) -> Search:
    """Let a search go on by itself, in hours that nothing else makes use of.

    Parameters
    ----------
    labbook, experiment
        The experiment around whose best settings is searched.
    wanted
        What its owner says.

    Returns
    -------
    Search
        What was accepted, in place of what was before.

    Raises
    ------
    InvalidInputError
        It sweeps over nothing, has no result yet, runs a program, or nothing says
        what is wanted; or there are no such hours.
    StorageError
        It could not be stored.
    """
    publishing.require_user()
    watch = ExperimentWatch(labbook, experiment)
    watch.poll()
    aim = nominating.aim_for(watch, wanted.metric, wanted.higher)
    search = Search(
        origin=experiment.path.name,
        name=PREFIX + experiment.name,
        metric=aim.metric,
        higher=aim.higher,
        since=timestamp(),
        asks=nominating.asks(watch, _hours(wanted.when)),
        most=wanted.most,
    )
    with labbook.lock():
        known = searches.read_searches(labbook.path)
        kept = [one for one in known if one.name != search.name]
        searches.write_searches(labbook.path, [*kept, search])
    publishing.revive(labbook)
    return search


def stop(labbook: LabbookFolder, name: str) -> Search:
    """Let a search go on no longer; its runs that have not ended are.

    Parameters
    ----------
    labbook, name
        Where, and the experiment around which it searches, or its own name.

    Raises
    ------
    NotFoundError
        No such search is accepted.
    """
    with labbook.lock():
        known = searches.read_searches(labbook.path)
        chosen = [one for one in known if name in _names(one)]
        if not chosen:
            there = ", ".join(_names(one)[1] for one in known)
            raise NotFoundError(
                f"No search around {name!r} is accepted; "
                + (f"accepted: {there}." if there else "none is: labbook backfill")
            )
        kept = [one for one in known if one not in chosen]
        searches.write_searches(labbook.path, kept)
    own = search_standing.own_folder(labbook, chosen[0])
    for run in own.runs() if own is not None else []:
        ending.stop(run, "its search was stopped", "command", publishing.surroundings())
    publishing.revive(labbook)
    return chosen[0]


def progress(
    labbook: LabbookFolder, search: Search, since: datetime | None = None
) -> Progress:
    """Tell what a search has found, and of its runs those that ended since a moment."""
    found = Progress(
        name=search.name,
        origin=_names(search)[1],
        metric=search.metric,
        higher=search.higher,
        when=search.asks.when,
        most=search.most,
        ended=search.ended,
    )
    with suppress(LabbookError):
        standing = search_standing.Standing.of(labbook, search)
        own = tried(standing.evidence(), search.metric)
        # What was broken off, or lacks a seed, is no answer yet.
        whole = [one for one in own if not (one.broken or one.pending)]
        best = best_of(whole, higher=search.higher)
        before = best_of(
            tried(standing.origin.evidence(), search.metric), higher=search.higher
        )
        runs = standing.own.all_runs() if standing.own is not None else []
        ended = [run for run in runs if _ended_since(run, since)]
        return replace(
            found,
            runs=len(ended),
            failed=sum(run.state in _BROKEN for run in ended),
            waiting=sum(run.state.live for run in runs),
            best=standing.space.settings(best.parameters) if best else {},
            value=best.mean if best else None,
            before=before.mean if before else None,
        )
    return found


def _hours(when: str) -> str:
    window = windows.window(user_settings(), when)
    if isinstance(window, Now | After):
        raise InvalidInputError(
            f"A search fills up hours that come again, and {when} never closes: name "
            "others, such as --when tonight, weekend or idle."
        )
    return when


def _names(search: Search) -> tuple[str, ...]:
    folder = search.origin
    return folder, folder.partition("-")[2], search.name


def _ended_since(run: RunWatch, since: datetime | None) -> bool:
    if not run.state.ended or run.state is RunState.CANCELLED:
        return False
    return since is None or (
        bool(run.ended_at) and search_standing.moment_of(run.ended_at) > since
    )
