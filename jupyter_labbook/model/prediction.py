"""Predictions: from text to data, and whether an experiment can decide them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.errors import PredictionError
from jupyter_labbook.model.experiment import variants
from jupyter_labbook.model.expression import (
    Prediction,
    Term,
    key_of,
    map_terms,
    scalar,
    terms_of,
)
from jupyter_labbook.model.metrics import Reducer
from jupyter_labbook.model.prediction_repair import nearest
from jupyter_labbook.model.prediction_syntax import Fault, read

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Container,
        Hashable,
        Iterable,
        Mapping,
        Sequence,
    )

    from jupyter_labbook.model.experiment import Header, Value

__all__ = ["GRAMMAR", "Prediction", "check", "parse", "resolve", "spread"]

GRAMMAR = """\
prediction:  [all|any|best] expression OP expression [(NN%)]
OP:          < <= > >= ==
expression:  metrics and numbers, joined by + - * / with spaces around, and ( )
metric:      NAME, or last(NAME) min(NAME) max(NAME) mean(NAME); last if not said;
             NAME[parameter=value] in a sweep, NAME@experiment in another one
NAME:        val/loss, wider-forest; any other in quotes: "val loss"
example:     best accuracy[trees=300] > baseline + 0.005 (80%)"""
"""What a prediction may look like, for a person who is typing one."""


def parse(text: str) -> Prediction:
    """Read a prediction.

    Raises
    ------
    PredictionError
        Shows where reading stopped, the nearest valid form and the grammar.
    """
    try:
        return read(text)
    except Fault as fault:
        raise PredictionError(_explain(text, fault)) from None


def check(
    prediction: Prediction, header: Header, experiments: Container[str] = ()
) -> None:
    """Refuse a prediction that the runs of its experiment could never decide.

    Parameters
    ----------
    prediction
        As parsed.
    header
        The experiment that makes it.
    experiments
        Names of the labbook's experiments, which a bare name may stand for.

    Raises
    ------
    PredictionError
        A selector names no parameter or no value of the experiment; several
        parameter combinations are meant and ``all``, ``any`` or ``best`` is not
        said; or a bare name of another experiment stands for no one metric.
    """
    prediction = resolve(
        prediction, lambda name: name in experiments and name != header.name
    )
    combinations = distinct(variant.parameters for variant in variants(header))
    own = [term for term in prediction.terms if not term.experiment]
    for term in own:
        _check_selector(term, combinations)
    if not own:
        return
    cases = spread(own, combinations)
    if not cases:
        raise PredictionError(
            f"The prediction `{prediction}` selects no run of the sweep: leave a"
            " parameter out of a selector."
        )
    if len(cases) > 1 and prediction.quantifier is None:
        raise PredictionError(
            f"The prediction `{prediction}` speaks of {len(cases)} parameter"
            f" combinations: write `best {prediction}` (or all, any), or select one,"
            f" such as `{_selected(own[0], combinations[-1], combinations)}`."
        )


def resolve(prediction: Prediction, is_experiment: Callable[[str], bool]) -> Prediction:
    """Give each bare name that means another experiment its metric.

    In ``max(accuracy) > baseline``, ``baseline`` is read as
    ``max(accuracy@baseline)``: the metric of the other side, or of the same side
    if the other side has none.

    Raises
    ------
    PredictionError
        There are several metrics that it could mean, or none.
    """

    def bare(term: Term) -> bool:
        return not term.experiment and is_experiment(term.metric)

    def metrics(*sides: str) -> dict[tuple[str, Reducer], None]:
        terms = (term for side in sides for term in terms_of(getattr(prediction, side)))
        return {(term.metric, term.reducer): None for term in terms if not bare(term)}

    def meant(term: Term, other: str) -> Term:
        if not bare(term):
            return term
        found = metrics(other) or metrics("left", "right")
        if len(found) != 1:
            raise PredictionError(
                f"The prediction `{prediction}` leaves open which metric of"
                f" {term.metric} it means: write METRIC@{term.metric}."
            )
        ((metric, reducer),) = found
        if term.reducer is not Reducer.LAST:
            reducer = term.reducer
        return Term(metric, reducer, term.selector, term.metric)

    return Prediction(
        left=map_terms(prediction.left, lambda term: meant(term, "right")),
        comparator=prediction.comparator,
        right=map_terms(prediction.right, lambda term: meant(term, "left")),
        quantifier=prediction.quantifier,
        percent=prediction.percent,
    )


def spread(
    terms: Sequence[Term], combinations: Sequence[Mapping[str, Value]]
) -> list[dict[Term, int]]:
    """List what terms of one experiment stand for, in each of its combinations.

    A selector overrides the combination, so ``all accuracy >= accuracy[trees=30]``
    compares every one with the same reference, and
    ``all accuracy[augment=true] > accuracy[augment=false]`` pairs them by whatever
    else varies.

    Returns
    -------
    list of dict
        Each different assignment of a term to the index of a combination.
    """
    places = {key_of({**c}): index for index, c in enumerate(combinations)}
    found: dict[tuple[int, ...], None] = {}
    for combination in combinations:
        wanted = ({**combination, **dict(term.selector)} for term in terms)
        indices = [places.get(key_of(parameters)) for parameters in wanted]
        if None not in indices:
            found[tuple(index for index in indices if index is not None)] = None
    return [dict(zip(terms, indices, strict=True)) for indices in found]


def distinct(
    combinations: Iterable[Mapping[str, Value]],
) -> list[Mapping[str, Value]]:
    """Drop repeated parameter combinations, keeping the order."""
    found: dict[Hashable, Mapping[str, Value]] = {}
    for combination in combinations:
        found.setdefault(key_of({**combination}), combination)
    return list(found.values())


def _check_selector(term: Term, combinations: Sequence[Mapping[str, Value]]) -> None:
    from difflib import get_close_matches

    names = list(combinations[0])
    for name, value in term.selector:
        if name not in names:
            near = get_close_matches(name, names, n=1, cutoff=0)
            hint = f"did you mean {near[0]}?" if near else "it has no parameters."
            raise PredictionError(
                f"The selector of `{term}` names {name}, which is no parameter of this"
                f" experiment: {hint}"
            )
        values = [combination[name] for combination in combinations]
        if key_of(value) not in map(key_of, values):
            shown = ", ".join(dict.fromkeys(map(scalar, values)))
            raise PredictionError(
                f"The selector of `{term}` asks for {name}={scalar(value)}, which no"
                f" run will have: choose one of {shown}."
            )


def _selected(
    term: Term,
    combination: Mapping[str, Value],
    combinations: Sequence[Mapping[str, Value]],
) -> Term:
    varied = {
        name: value
        for name, value in combination.items()
        if any(key_of(other[name]) != key_of(value) for other in combinations)
    }
    return Term(
        term.metric, term.reducer, tuple({**varied, **dict(term.selector)}.items())
    )


def _explain(text: str, fault: Fault) -> str:
    column = fault.position + 1
    suggestion = nearest(text)
    hint = f" Did you mean `{suggestion}`?" if suggestion else ""
    shown = "".join(" " if character.isspace() else character for character in text)
    place = f"  {shown}\n  {' ' * fault.position}^" if len(text) <= 200 else ""  # noqa: PLR2004
    return "\n".join(
        part
        for part in (
            f"The prediction cannot be read at column {column}: {fault.problem}.{hint}",
            place,
            GRAMMAR,
        )
        if part
    )
