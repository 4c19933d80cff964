"""How long a run will take, from what earlier runs took."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyter_labbook.insight.regression import Prior, predict_at_origin
from jupyter_labbook.insight.wording import counted, listed
from jupyter_labbook.model.expression import key_of
from jupyter_labbook.model.run import Expected

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from jupyter_labbook.model.experiment import Value

_SHORTEST: Final = 0.05
"""Seconds below which a run is all start and no work."""
_LARGEST: Final = 50.0
"""Logarithm of more seconds than the universe has had."""
_SCATTER: Final = 0.2
"""Of the logarithm, between equal runs: a fifth more or less is usual."""
_CERTAINTY: Final = 3.0
"""How many runs that guess at the scatter is worth."""
_TOLD: Final = 4.0
"""Factor by which a run scaled up from a small sample may be wrong."""
_DATA: Final = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A run that has finished: what it was given, and how long it took.

    Attributes
    ----------
    data
        Bytes of the values that came along from the notebook.
    """

    parameters: Mapping[str, Value]
    seconds: float
    data: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A smoke run that logged a first number, or came to its end.

    Attributes
    ----------
    seconds
        From its start to there.
    whole
        How many times more data a run without ``sample`` has.
    share
        Which part of its work was done by then; None if it never said so.
    """

    seconds: float
    whole: float = 1.0
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How earlier expectations turned out.

    Attributes
    ----------
    count
        How many were compared.
    held
        How many runs took no longer than the upper end.
    within
        How many ended between both ends.
    ratio
        Median of what a run took by what was expected.
    """

    count: int
    held: int
    within: int
    ratio: float


def expect(
    history: Sequence[Past], parameters: Mapping[str, Value], *, data: int = 0
) -> Expected | None:
    """Predict how long a run will take.

    Parameters
    ----------
    history
        Runs of the same experiment on the same machine.
    parameters, data
        What the new run is given, as in `Past`.

    Returns
    -------
    Expected or None
        None without history.

    Notes
    -----
    The logarithm of the time is taken as linear in the logarithms of parameters and
    data (so the time is a product of powers), with another level for each other value
    that is no number. What is believed beforehand of coefficients and scatter lets one
    earlier run give an interval too, a wide one, and a wider one the further the
    parameters are from its own.
    """
    if not history:
        return None
    # Every axis begins at the new run, so the level there is all that is asked for.
    axes = _axes(history, parameters, data)
    predicted = predict_at_origin(
        [[1.0, *(axis.places[index] for axis in axes)] for index in _each(history)],
        [math.log(max(past.seconds, _SHORTEST)) for past in history],
        Prior(
            means=[0.0, *(axis.slope for axis in axes)],
            precisions=[0.0, *((_SCATTER / axis.doubt) ** 2 for axis in axes)],
            scatter=_SCATTER,
            weight=_CERTAINTY,
        ),
    )
    middle, margin = predicted.middle, predicted.margin
    low, level, high = (
        math.exp(max(-_LARGEST, min(_LARGEST, place)))
        for place in (middle - margin, middle, middle + margin)
    )
    return Expected(low=low, middle=level, high=high, basis=_basis(history, axes))


def expect_from_trial(trial: Trial) -> Expected | None:
    """Predict how long a run will take from its smoke run alone.

    Returns
    -------
    Expected or None
        None if the smoke run did not tell which part of the work it had done.
    """
    if not trial.share:
        return None
    middle = max(trial.seconds, _SHORTEST) / trial.share * trial.whole
    done = "" if trial.share == 1 else f" for {_percent(trial.share)} of its work"
    part = "" if trial.whole == 1 else f" on {_percent(1 / trial.whole)} of the data"
    return Expected(
        low=max(trial.seconds, middle / _TOLD),
        middle=middle,
        high=middle * _TOLD,
        basis=f"its smoke run: {trial.seconds:.1f} s{done}{part}",
    )


def calibration(pairs: Sequence[tuple[Expected, float]]) -> Calibration | None:
    """Compare what was expected with how many seconds it took; None without any."""
    if not pairs:
        return None
    from statistics import median

    return Calibration(
        count=len(pairs),
        held=sum(took <= expected.high for expected, took in pairs),
        within=sum(expected.low <= took <= expected.high for expected, took in pairs),
        ratio=median(took / expected.middle for expected, took in pairs),
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    """One thing in which runs differ.

    Attributes
    ----------
    places
        Where each earlier run lies on it; the new one is at 0.
    slope, doubt
        What is believed of its coefficient before any run is seen.
    """

    name: str
    places: tuple[float, ...]
    slope: float
    doubt: float


def _each(history: Sequence[Past]) -> range:
    return range(len(history))


def _axes(
    history: Sequence[Past], parameters: Mapping[str, Value], data: int
) -> list[_Axis]:
    names = dict.fromkeys(
        [*parameters, *(n for past in history for n in past.parameters)]
    )
    axes = [
        axis
        for name in names
        for axis in _of_values(
            name,
            [past.parameters.get(name) for past in history],
            parameters.get(name),
        )
    ]
    sizes: list[Value] = [past.data for past in history]
    return axes + _of_values(_DATA, sizes, data)


def _of_values(name: str, values: Sequence[Value], new: Value) -> list[_Axis]:
    """Make the axes of one parameter; none if it is the same everywhere."""
    if all(key_of(value) == key_of(new) for value in values):
        return []
    every = [*values, new]
    if all(_is_positive(value) for value in every):
        # A count is work to be done; any other number may be anything.
        counts = all(isinstance(value, int) for value in every)
        slope, doubt = (0.5, 0.5) if counts else (0.0, 0.1)
        places = tuple(_log(value) - _log(new) for value in values)
        return [_Axis(name, places, slope, doubt)]
    levels: dict[Hashable, None] = dict.fromkeys(map(key_of, values))
    levels.pop(key_of(new), None)
    return [
        _Axis(name, tuple(float(key_of(value) == level) for value in values), 0.0, 0.5)
        for level in levels
    ]


def _is_positive(value: Value) -> bool:
    return isinstance(value, int | float) and value is not True and 0 < value < math.inf


def _log(value: Value) -> float:
    return math.log(value)  # type: ignore[arg-type]  # a number, as was asked


def _basis(history: Sequence[Past], axes: Sequence[_Axis]) -> str:
    same = sum(not any(axis.places[index] for axis in axes) for index in _each(history))
    if same == len(history):
        return f"{counted(same, 'earlier run')} like it"
    names = listed(dict.fromkeys(axis.name for axis in axes), most=3)
    others = f"{counted(len(history) - same, 'earlier run')} with other {names}"
    return f"{same} like it and {others}" if same else others


def _percent(part: float) -> str:
    return f"{part * 100:.2g} %"
