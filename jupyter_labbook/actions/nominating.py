"""Which searches could be continued, and by which metric."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions import search_standing, varying
from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.actions.expecting import History
from jupyter_labbook.actions.observing import ExperimentWatch
from jupyter_labbook.actions.queue_watch import QueueWatch
from jupyter_labbook.errors import InvalidInputError, LabbookError, PredictionError
from jupyter_labbook.execution.asking import Waiting
from jupyter_labbook.insight.ablations import Aim, aim_of
from jupyter_labbook.insight.tried import best_of, signal, tried
from jupyter_labbook.model import prediction
from jupyter_labbook.model.backfill import MOST, TAG, Nominee
from jupyter_labbook.model.run import AtEnd, Launch, Ticket
from jupyter_labbook.model.space import Choice, Space
from jupyter_labbook.rendering.formats import format_number, format_value
from jupyter_labbook.storage import searches, windows
from jupyter_labbook.storage.settings import user_settings
from jupyter_labbook.tuning.space import space_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from jupyter_labbook.execution.clock import Clock
    from jupyter_labbook.insight.tried import Tried
    from jupyter_labbook.model.expression import Prediction
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder

FEWEST: Final = 3
"""Settings with a result, below which there is nothing to continue."""
NIGHT: Final = "tonight"
_LOOKED_AT: Final = 40
"""Newest experiments that are looked at."""
_SHOWN: Final = 5
_TELLING: Final = 1.0
"""Below it, settings differ by no more than seeds do."""


def nominees(labbook: LabbookFolder, clock: Clock | None = None) -> list[Nominee]:
    """List the experiments whose search could be continued, the most worthwhile first.

    Parameters
    ----------
    labbook
        Where.
    clock
        Whose next night is looked at for room; None: that is not asked.

    Notes
    -----
    Metrics of two experiments cannot be compared, so that what counts is whether the
    settings matter: those come first where settings differ by more than seeds do, then
    those of which nobody can tell, then the others; of equals, the newest.
    """
    accepted = {one.origin for one in searches.read_searches(labbook.path)}
    found = []
    for experiment in labbook.experiments()[: -_LOOKED_AT - 1 : -1]:
        if experiment.path.name in accepted:
            continue
        with suppress(LabbookError):  # damaged files are told by other verbs
            nominee = _nominee(labbook, experiment)
            if nominee is not None:
                found.append(nominee)
    found.sort(key=lambda one: _worth(one[0].signal))
    shown = found[:_SHOWN]
    if clock is None:
        return [one for one, _ in shown]
    watch, moment = QueueWatch(labbook, clock), clock.now()
    return [
        replace(one, fitting=_fitting(watch, asked, moment)) for one, asked in shown
    ]


def aim_for(watch: ExperimentWatch, metric: str, higher: bool | None) -> Aim:  # noqa: FBT001  # as the owner said, or None
    """Find out what is wanted of an experiment.

    Raises
    ------
    InvalidInputError
        Nothing says it, or nothing has a result by it.
    """
    name = watch.experiment.name
    space = space_of_experiment(watch)
    if not space.dimensions:
        raise InvalidInputError(
            f"{name} sweeps over nothing, so there is nothing to search: give it a "
            "line such as `#| sweep: {depth: [2, 4, 8]}` and run it."
        )
    told = aim_of(_predictions(watch.declared))
    metrics = watch.evidence().metrics()
    if not metrics:
        raise InvalidInputError(
            f"{name} has no result yet: accept it when a run has finished."
        )
    if not metric:
        metric = told.metric if told else metrics[0] if len(metrics) == 1 else ""
    if higher is None and told is not None and told.metric == metric:
        higher = told.higher
    if not metric or higher is None:
        known = ", ".join(metrics)
        raise InvalidInputError(
            f"Nothing says what is wanted of {name} (its metrics: {known}): add "
            f"--metric {metric or 'NAME'} and --max or --min."
        )
    if metric not in metrics:
        raise InvalidInputError(
            f"No run of {name} logged {metric!r}; its metrics are {', '.join(metrics)}."
        )
    if best_of(_inside(watch, space, metric), higher=higher) is None:
        raise InvalidInputError(
            f"{name} has no result by {metric} yet: accept it when a run has finished."
        )
    return Aim(metric, higher)


def space_of_experiment(watch: ExperimentWatch) -> Space:
    """Read off the space that an experiment has declared."""
    return space_of(watch.declared.header.get("sweep") or {})


def asks(watch: ExperimentWatch, when: str) -> Ticket:
    """Say what each run of a search asks for: what the others did, but for its hours.

    Parameters
    ----------
    watch
        The experiment around which is searched.
    when
        The window.

    Raises
    ------
    InvalidInputError
        Nothing can be made after its runs.
    """
    model = search_standing.model_of(watch)
    inputs, parameters = model.record.inputs, model.record.parameters
    like = varying.asked_by(model.run)
    return Ticket(
        run="",
        submitted="",
        launch=Launch(argv=[], cwd="", timeout=like.launch.timeout),
        when=when,
        at_end=AtEnd.STOP,
        slots=like.slots,
        gpus=like.gpus,
        cores=like.cores,
        memory=like.memory,
        backfill=True,
        resumable=model.record.resumable,
        expected=History.of(watch.experiment).expect(parameters, inputs),
    )


def described(space: Space) -> list[str]:
    """Write each parameter with its bounds."""
    said = []
    for name, one in space.dimensions.items():
        if isinstance(one, Choice):
            said.append(f"{name}: {', '.join(map(format_value, one.values))}")
        else:
            low, high = format_number(one.low), format_number(one.high)
            said.append(f"{name}: {low} to {high}{' (log)' if one.log else ''}")
    return said


def _nominee(
    labbook: LabbookFolder, experiment: ExperimentFolder
) -> tuple[Nominee, Ticket] | None:
    declared = Declared.as_far_as_readable(experiment)
    if not declared.header.get("sweep") or TAG in (declared.header.get("tags") or ()):
        return None
    watch = ExperimentWatch(labbook, experiment)
    watch.poll()
    space = space_of_experiment(watch)
    if not space.dimensions:
        return None
    metrics = watch.evidence().metrics()
    told = aim_of(_predictions(watch.declared))
    if told is not None and told.metric not in metrics:
        told = None
    shown = told.metric if told else next(iter(metrics), "")
    had = _inside(watch, space, shown)
    if sum(one.mean is not None for one in had) < FEWEST:
        return None
    best = best_of(had, higher=told.higher) if told else None
    asked = asks(watch, NIGHT)
    expected = asked.expected
    name = experiment.name
    nominee = Nominee(
        experiment=experiment.path.name,
        name=name,
        title=str(declared.header.get("question") or declared.header.get("why") or ""),
        space=described(space),
        metric=told.metric if told else "",
        higher=told.higher if told else True,
        metrics=list(metrics),
        settings=sum(one.mean is not None for one in had),
        best=space.settings(best.parameters) if best else {},
        value=best.mean if best else None,
        signal=signal(had),
        seconds=expected.middle if expected else None,
        verb=f"labbook backfill accept {name}"
        + ("" if told else f" --metric {shown} --max"),
    )
    return nominee, asked


def _inside(watch: ExperimentWatch, space: Space, metric: str) -> list[Tried]:
    return [
        one for one in tried(watch.evidence(), metric) if space.holds(one.parameters)
    ]


def _fitting(watch: QueueWatch, asked: Ticket, moment: datetime) -> int:
    """Count the runs that the next night has room for, behind all that waits."""
    settings = user_settings()
    stretch = windows.window(settings, asked.when).stretch(moment, moment)
    if stretch is None or stretch.end is None:
        return 0
    extra = [Waiting(f"{number}", asked, moment) for number in range(MOST)]
    return sum(
        one.begins is not None and one.begins < stretch.end
        for one in watch.foresee_also(extra)
    )


def _worth(noise: float | None) -> int:
    if noise is None:
        return 1
    return 0 if noise > _TELLING else 2


def _predictions(declared: Declared) -> Iterator[Prediction]:
    for text in declared.predictions:
        with suppress(PredictionError):
            yield prediction.parse(text)
