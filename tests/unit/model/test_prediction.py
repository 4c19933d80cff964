"""Predictions: what can be read, what cannot, and what is suggested instead."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.errors import PredictionError
from jupyter_labbook.model.experiment import Header
from jupyter_labbook.model.expression import (
    Arithmetic,
    Comparator,
    Negation,
    Number,
    Operation,
    Prediction,
    Quantifier,
    Term,
    key_of,
    read_scalar,
    scalar,
)
from jupyter_labbook.model.metrics import Reducer
from jupyter_labbook.model.prediction import GRAMMAR, check, parse, resolve, spread

names = st.one_of(
    st.sampled_from(
        "accuracy val/loss wider-forest μ best max 3x a.b λ-2".split()  # noqa: SIM905
    ),
    st.sampled_from(["val loss", 'a"b', "a`b", "a\\b", "zwei\nZeilen"]),
    st.text(min_size=1, max_size=8).filter(lambda text: text.isprintable()),
)
scalars = st.one_of(
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
    st.none(),
    st.text(max_size=6).filter(lambda text: text.isprintable()),
    st.sampled_from(["1", "true", "null", "a, b", "[x]", "random forest", "it's"]),
)
values = st.one_of(scalars, st.lists(scalars, max_size=3))
selectors = st.dictionaries(names, values, max_size=2).map(lambda d: tuple(d.items()))
terms = st.builds(
    Term, names, st.sampled_from(Reducer), selectors, st.one_of(st.just(""), names)
)
numbers = st.floats(allow_nan=False, allow_infinity=False).map(Number)


def _negated(operand):
    return Number(-operand.value) if isinstance(operand, Number) else Negation(operand)


expressions = st.recursive(
    st.one_of(terms, numbers),
    lambda inner: st.one_of(
        inner.map(_negated),
        st.builds(Operation, st.sampled_from(Arithmetic), inner, inner),
    ),
    max_leaves=4,
)
predictions = st.builds(
    Prediction,
    left=expressions,
    comparator=st.sampled_from(Comparator),
    right=expressions,
    quantifier=st.one_of(st.none(), st.sampled_from(Quantifier)),
    percent=st.one_of(st.none(), st.integers(1, 99), st.just(12.5)),
).filter(lambda p: p.terms and len(str(p)) <= 500)


@given(predictions)
def test_the_normal_form_of_any_prediction_reads_as_that_prediction(prediction):
    text = str(prediction)
    again = parse(text)
    assert str(again) == text
    assert again == prediction


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_the_grammar(text):
    try:
        prediction = parse(text)
    except PredictionError as error:
        told = str(error)
    else:
        assert parse(str(prediction)) == prediction
        return
    assert GRAMMAR in told
    assert "column" in told


@given(predictions, st.data())
def test_whatever_is_suggested_can_be_read(prediction, data):
    text = str(prediction)
    place = data.draw(st.integers(0, len(text) - 1))
    damaged = text[:place] + text[place + 1 :]
    try:
        parse(damaged)
    except PredictionError as error:
        sentence = str(error).split("\n  ")[0]
        if "Did you mean `" in sentence:
            suggestion = sentence.split("Did you mean `")[1].rsplit("`?")[0]
            assert str(parse(suggestion))


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("accuracy>0.9", "accuracy > 0.9"),
        ("accuracy ≥ 1e-3", "accuracy >= 0.001"),
        ("loss ≤ .5 ( 80 % )", "loss <= 0.5 (80%)"),
        ("last(loss) < 1", "loss < 1"),
        ("max( `val loss` ) < 1", 'max("val loss") < 1'),
        ("max(loss)[a=1]@other < 1", "max(loss[a=1]@other) < 1"),
        ("a - (b - c) > (a * b) / c", "a - (b - c) > a * b / c"),
        ("-(a + b) * 2 > - 3", "-(a + b) * 2 > -3"),
        ("all x[lr=1e-3, opt='it''s', act=relu] > 0", 'all x[lr=0.001, opt="it\'s"'),
        ("x[net=[64, 64]] > 0", "x[net=[64, 64]] > 0"),
        ("x[a=~, b=TRUE, c=0x1F, d=-.inf] > 0", "x[a=null, b=true, c=31, d=-.inf]"),
        ("best > 0.5 ".replace("best", "`best`"), '"best" > 0.5'),
        ("all@baseline > 0", '"all"@baseline > 0'),
        ("2 * val/loss-2 == 0", "2 * val/loss-2 == 0"),
    ],
)
def test_a_prediction_has_one_normal_form(text, normal):
    assert str(parse(text)).startswith(normal)


def test_subtraction_needs_spaces_because_names_have_signs_inside():
    assert parse("a-b > 0").terms == (Term("a-b"),)
    assert parse("a - b > 0").terms == (Term("a"), Term("b"))
    assert parse("a -b > 0").terms == (Term("a"), Term("b"))


def test_a_probability_is_kept_apart_from_the_statement():
    prediction = parse("accuracy > 0.9 (80%)")
    assert prediction.probability == 0.8
    assert prediction.statement == "accuracy > 0.9"
    assert parse("accuracy > 0.9").probability is None


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("accuracy =< 0.9", "accuracy <= 0.9"),
        ("accuracy => 0.9", "accuracy >= 0.9"),
        ("accuracy = 0.9", "accuracy == 0.9"),
        ("accuracy === 0.9", "accuracy == 0.9"),
        ("accuracy >", "accuracy > 0.9"),
        ("accuracy > (80%)", "accuracy > 0.9 (80%)"),
        ("> 0.9", "accuracy > 0.9"),
        ("accuracy", "accuracy > 0.9"),
        ("accuracy 0.8", "accuracy > 0.8"),
        ("accuracy above 0.9", "accuracy > 0.9"),
        ("accuracy is greater than 0.9", "accuracy > 0.9"),
        ("accuracy exceeds baseline", "accuracy > baseline"),
        ("loss less than 0.2", "loss < 0.2"),
        ("loss will stay below 0.2", "loss < 0.2"),
        ("accuracy at least 0.9", "accuracy >= 0.9"),
        ("accuracy no less than 0.9", "accuracy >= 0.9"),
        ("loss at most 0.2 (70%)", "loss <= 0.2 (70%)"),
        ("accuracy is 0.9", "accuracy == 0.9"),
        ("accuracy > 90%", "accuracy > 0.9"),
        ("accuracy > 90% (80%)", "accuracy > 0.9 (80%)"),
        ("accuracy > 0.9 80%", "accuracy > 0.9 (80%)"),
        ("accuracy > 0.9, 80% sure", "accuracy > 0.9 (80%)"),
        ("accuracy > 0.9 (0.8)", "accuracy > 0.9 (80%)"),
        ("accuracy > 0.9 (100%)", "accuracy > 0.9 (99%)"),
        ("accuracy > 0.9 (80%", "accuracy > 0.9 (80%)"),
        ("(accuracy > 0.9", "accuracy > 0.9"),
        ("max(accuracy > 0.9", "max(accuracy) > 0.9"),
        ("accuracy) > 0.9", "accuracy > 0.9"),
        ("accuracy[trees=300 > 0.9", "accuracy[trees=300] > 0.9"),
        ("max(accuracy[trees=300) > 0.9", "max(accuracy[trees=300]) > 0.9"),
        ("accuracy[trees==300] > 0.9", "accuracy[trees=300] > 0.9"),
        ("average(loss) < 1", "mean(loss) < 1"),
        ("val loss < 0.2", '"val loss" < 0.2'),
        ("best val loss < 0.2", 'best "val loss" < 0.2'),
        ("best > 0.5", '"best" > 0.5'),
        ("0.8 < accuracy < 0.9", "0.8 < accuracy"),
        ("a \N{MINUS SIGN} b > 0", "a - b > 0"),
        ("“val loss” < 1", '"val loss" < 1'),
    ],
)
def test_the_nearest_valid_form_is_suggested(text, nearest):
    with pytest.raises(PredictionError) as caught:
        parse(text)
    assert f"Did you mean `{nearest}`?" in str(caught.value)


def test_an_error_points_at_the_place_and_shows_the_grammar():
    with pytest.raises(PredictionError) as caught:
        parse("accuracy above 0.9")
    lines = str(caught.value).splitlines()
    assert "column 10" in lines[0]
    assert lines[1].strip() == "accuracy above 0.9"
    assert lines[2].index("^") == lines[1].index("above")
    assert str(caught.value).endswith(GRAMMAR)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1 < 2", "names no metric"),
        ("a > 1 (0%)", "between 0 % and 100 %"),
        ("a > 1e999", "too large"),
        ("(" * 60 + "a" + ")" * 60 + " > 1", "nested too deeply"),
        ("a > " + "1 + " * 200 + "1", "at most 500 characters"),
        ("a[b=1, b=2] > 1", "selected twice"),
        ("a[b] > 1", "b=VALUE"),
        ("a[b=] > 1", "value is missing"),
        ("a@ > 1", "experiment's name"),
        ('"" > 1', "expected here"),
        ('"\\q" > 1', "escape"),
        ("a > 1 1", "nothing was expected"),
        ("a > b > c", "one comparison only"),
    ],
)
def test_a_fault_is_named(text, problem):
    with pytest.raises(PredictionError, match=problem):
        parse(text)


def test_the_example_of_the_grammar_can_be_read():
    example = GRAMMAR.rsplit("example:", 1)[1].strip()
    assert str(parse(example)) == example


SWEEP = Header(
    name="wider",
    question="?",
    params={"depth": 4},
    sweep={"trees": [30, 100, 300], "augment": [True, False]},
    seeds=(0, 1),
)


@pytest.mark.parametrize(
    "text",
    [
        "best accuracy > 0.9",
        "all accuracy[trees=300] > accuracy[trees=30]",
        "accuracy[trees=300, augment=true] > 0.9",
        "accuracy[trees=300.0, augment=false, depth=4] > 0.9",
        "accuracy@baseline > 0.9",
        "best accuracy > baseline",
        "accuracy[trees=30, augment=true] > baseline",
    ],
)
def test_a_prediction_that_the_sweep_can_decide_passes(text):
    check(parse(text), SWEEP, experiments={"baseline"})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("accuracy > 0.9", "6 parameter combinations: write `best accuracy > 0.9`"),
        ("accuracy[trees=300] > 0.9", "2 parameter combinations"),
        ("best accuracy[tres=300] > 0.9", "did you mean trees?"),
        ("best accuracy[trees=301] > 0.9", "choose one of 30, 100, 300"),
        ("best accuracy[augment=1] > 0.9", "choose one of true, false"),
        ("all accuracy - loss > baseline", "which metric of baseline"),
    ],
)
def test_a_prediction_that_the_sweep_cannot_decide_is_refused(text, problem):
    with pytest.raises(PredictionError) as caught:
        check(parse(text), SWEEP, experiments={"baseline", "wider"})
    assert problem in str(caught.value)


def test_the_selection_that_a_refusal_suggests_is_accepted():
    with pytest.raises(PredictionError) as caught:
        check(parse("max(accuracy) > 0.9"), SWEEP)
    suggestion = str(caught.value).rsplit("such as `")[1].split("`")[0]
    check(parse(f"{suggestion} > 0.9"), SWEEP)


def test_without_a_sweep_nothing_needs_to_be_said():
    check(parse("accuracy > 0.9"), Header(question="?", params={"trees": 3}))
    with pytest.raises(PredictionError, match="no parameters"):
        check(parse("accuracy[trees=3] > 0.9"), Header(question="?"))


def test_a_sweep_over_one_value_is_one_combination():
    check(parse("accuracy > 0.9"), Header(question="?", sweep={"trees": [3]}))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("accuracy > baseline + 0.1", "accuracy > accuracy@baseline + 0.1"),
        ("max(accuracy) > baseline", "max(accuracy) > max(accuracy@baseline)"),
        ("min(loss) < mean(baseline)", "min(loss) < mean(loss@baseline)"),
        ("baseline[a=1] < loss", "loss[a=1]@baseline < loss"),
        ("loss - baseline < 0", "loss - loss@baseline < 0"),
        ("-baseline < loss", "-loss@baseline < loss"),
        ("loss < 0.3", "loss < 0.3"),
    ],
)
def test_a_bare_experiment_takes_the_metric_of_the_other_side(text, meaning):
    assert str(resolve(parse(text), lambda name: name == "baseline")) == meaning


def test_a_selector_overrides_what_varies_and_pairs_the_rest():
    grid = [{"a": a, "b": b} for a in (1, 2) for b in (True, False)]
    first, second = Term("x", selector=(("a", 1),)), Term("x", selector=(("a", 2),))
    assert spread([first], grid) == [{first: 0}, {first: 1}]
    assert spread([first, second], grid) == [
        {first: 0, second: 2},
        {first: 1, second: 3},
    ]
    assert spread([first], grid[2:]) == []


def test_values_compare_as_yaml_scalars():
    assert key_of(1) == key_of(1.0) != key_of(True)
    assert key_of(math.nan) == key_of(math.nan)
    assert key_of("1") != key_of(1)
    assert key_of([1, [True]]) == key_of([1.0, [True]]) != key_of([1, [1]])
    assert key_of({"a": 1, "b": None}) == key_of({"b": None, "a": 1.0})
    assert read_scalar("on") == "on"
    assert read_scalar("22:00") == "22:00"
    assert read_scalar("0o17") == 15
    assert scalar(math.nan) == ".nan"
    assert scalar("1e-3") == '"1e-3"'
