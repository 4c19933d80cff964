"""A prediction as data: what is compared with what, and how that is written."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from jupyter_labbook.model.metrics import Reducer

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from jupyter_labbook.model.experiment import Value

NAME = re.compile(r"[^\W\d]\w*(?:[./-]\w+)*")
"""A name that needs no quotes; a sign inside it has no space on either side."""

_BARE_VALUE = re.compile(r"[\w./+-]+(?: [\w./+-]+)*")
_INTEGER = re.compile(r"[-+]?\d+")
_PREFIXED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?")
_WORDS: dict[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}


class Quantifier(StrEnum):
    """Which of a sweep's parameter combinations a prediction speaks of."""

    ALL = "all"
    ANY = "any"
    BEST = "best"


class Comparator(StrEnum):
    """How the two sides of a prediction compare."""

    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    EQUAL = "=="


class Arithmetic(StrEnum):
    """What joins two expressions."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"


RESERVED = frozenset({*Quantifier, *Reducer})
"""Words that are quoted where they are names."""


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float

    def __str__(self) -> str:
        return repr(float(self.value)).removesuffix(".0")


@dataclass(frozen=True, slots=True)
class Term:
    """A metric, reduced to one value a run."""

    metric: str
    reducer: Reducer = Reducer.LAST
    selector: tuple[tuple[str, Value], ...] = ()
    """Parameter names and the values they are to have."""
    experiment: str = ""
    """Name of another experiment; empty for the one that predicts."""

    def __hash__(self) -> int:
        # A selected value may be a list, which has no hash; its text has.
        return hash(str(self))

    def __str__(self) -> str:
        text = quoted(self.metric)
        if self.selector:
            pairs = (f"{quoted(name)}={scalar(value)}" for name, value in self.selector)
            text += f"[{', '.join(pairs)}]"
        if self.experiment:
            text += f"@{quoted(self.experiment)}"
        return text if self.reducer is Reducer.LAST else f"{self.reducer}({text})"


@dataclass(frozen=True, slots=True)
class Negation:
    """An expression with its sign changed."""

    operand: Expression

    def __str__(self) -> str:
        return f"-{_inside(self.operand, _level(self))}"


@dataclass(frozen=True, slots=True)
class Operation:
    """Two expressions, joined."""

    operator: Arithmetic
    left: Expression
    right: Expression

    def __str__(self) -> str:
        level = _level(self)
        left = _inside(self.left, level)
        return f"{left} {self.operator} {_inside(self.right, level + 1)}"


Expression: TypeAlias = Number | Term | Negation | Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """A comparison that data can decide."""

    left: Expression
    comparator: Comparator
    right: Expression
    quantifier: Quantifier | None = None
    percent: float | None = None
    """The probability that its author gives it, between 0 and 100."""

    def __str__(self) -> str:
        if self.percent is None:
            return self.statement
        return f"{self.statement} ({Number(self.percent)}%)"

    @property
    def statement(self) -> str:
        """The prediction in its normal form, without the probability."""
        start = f"{self.quantifier} " if self.quantifier else ""
        return f"{start}{self.left} {self.comparator} {self.right}"

    @property
    def probability(self) -> float | None:
        """What the author gives the prediction, from 0 to 1."""
        return None if self.percent is None else self.percent / 100

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every different term, in the order of writing."""
        found = [*terms_of(self.left), *terms_of(self.right)]
        return tuple(dict.fromkeys(found))


def terms_of(expression: Expression) -> Iterator[Term]:
    """Go through the terms of an expression, from left to right."""
    match expression:
        case Term():
            yield expression
        case Negation(operand):
            yield from terms_of(operand)
        case Operation(_, left, right):
            yield from terms_of(left)
            yield from terms_of(right)


def map_terms(expression: Expression, change: Callable[[Term], Term]) -> Expression:
    """Put another term in place of each."""
    match expression:
        case Term():
            return change(expression)
        case Negation(operand):
            return Negation(map_terms(operand, change))
        case Operation(operator, left, right):
            return Operation(
                operator, map_terms(left, change), map_terms(right, change)
            )
        case Number():
            return expression


def quoted(name: str) -> str:
    """Write a name as a prediction spells it."""
    if NAME.fullmatch(name) and name not in RESERVED:
        return name
    return json.dumps(name, ensure_ascii=False)


def scalar(value: Value) -> str:
    """Write a parameter's value as a selector spells it."""
    if isinstance(value, list):
        return f"[{', '.join(scalar(item) for item in value)}]"
    if isinstance(value, str):
        plain = _BARE_VALUE.fullmatch(value) and read_scalar(value) == value
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
    return json.dumps(value, ensure_ascii=False)


def read_scalar(text: str) -> Value:
    """Read an unquoted scalar by the core schema of YAML 1.2 (section 10.3.2)."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _PREFIXED.fullmatch(text):
        return int(text, 0)
    return float(text) if _FLOAT.fullmatch(text) else text


def key_of(value: Value) -> Hashable:
    """Make a parameter's value comparable: 1 is 1.0, true is neither, NaN is NaN."""
    if isinstance(value, list):
        return ("list", *map(key_of, value))
    if isinstance(value, dict):
        return frozenset((name, key_of(item)) for name, item in value.items())
    if isinstance(value, bool) or (isinstance(value, float) and math.isnan(value)):
        return (type(value).__name__, str(value))
    return value


def _level(expression: Expression) -> int:
    """How tightly an expression holds together, when written."""
    match expression:
        case Operation(Arithmetic.ADD | Arithmetic.SUBTRACT):
            return 1
        case Operation():
            return 2
        case Negation():
            return 3
        case _:
            return 4


def _inside(expression: Expression, level: int) -> str:
    return f"({expression})" if _level(expression) < level else str(expression)
