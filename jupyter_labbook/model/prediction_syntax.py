"""Reading a prediction's text, strictly."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING

from jupyter_labbook.model.expression import (
    NAME,
    Arithmetic,
    Comparator,
    Expression,
    Negation,
    Number,
    Operation,
    Prediction,
    Quantifier,
    Term,
    read_scalar,
)
from jupyter_labbook.model.metrics import Reducer

if TYPE_CHECKING:
    from jupyter_labbook.model.experiment import Value

LONGEST = 500
"""Characters; it also bounds how deep an expression can be."""
_DEEPEST = 40

_SPACE = re.compile(r"\s*")
_NUMBER = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_BACKTICKS = re.compile(r"`([^`]*)`")
_COMPARATOR = re.compile(r"<=|>=|==|<|>|≤|≥")
_QUANTIFIER = re.compile(rf"(?:{'|'.join(Quantifier)})(?=[\s(])")
_REDUCER = re.compile(rf"({'|'.join(Reducer)})\s*\(")
_PROBABILITY = re.compile(r"\(\s*(\d+(?:\.\d*)?|\.\d+)\s*%\s*\)")
_RAW_VALUE = re.compile(r"[^,\[\]\"'`=<>]+")
_SINGLE_QUOTES = re.compile(r"'((?:[^']|'')*)'")


class Fault(Exception):  # noqa: N818  # becomes a PredictionError with its context
    """Where a text stops being a prediction, and what should stand there."""

    def __init__(self, position: int, problem: str) -> None:
        super().__init__(problem)
        self.position = position
        self.problem = problem


def read(text: str) -> Prediction:
    """Read a prediction, or raise `Fault` at the first character that is wrong."""
    if len(text) > LONGEST:
        raise Fault(LONGEST, f"a prediction has at most {LONGEST} characters")
    reader = _Reader(text)
    quantifier = reader.quantifier()
    left = reader.sum()
    comparator = reader.comparator()
    right = reader.sum()
    percent = reader.percent()
    reader.end()
    prediction = Prediction(
        left=left,
        comparator=comparator,
        right=right,
        quantifier=quantifier,
        percent=percent,
    )
    if not prediction.terms:
        raise Fault(0, "it names no metric, so that no run can decide it")
    return prediction


class _Reader:
    """Goes through a text once; each method takes what it is named after."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.depth = 0

    def quantifier(self) -> Quantifier | None:
        start = self._skip()
        found = self._take(_QUANTIFIER)
        if not found:
            return None
        if _COMPARATOR.match(self.text, self._skip()):
            raise Fault(start, f"`{found[0]}` is a word of its own: quote it as a name")
        return Quantifier(found[0])

    def comparator(self) -> Comparator:
        found = self._take(_COMPARATOR)
        if not found:
            raise Fault(self._skip(), "a comparison (< <= > >= ==) is missing here")
        return Comparator(found[0].replace("≤", "<=").replace("≥", ">="))

    def percent(self) -> float | None:
        start = self._skip()
        found = self._take(_PROBABILITY)
        if not found:
            return None
        percent = float(found[1])
        if not 0 < percent < 100:  # noqa: PLR2004
            raise Fault(start, "a probability lies between 0 % and 100 %")
        return percent

    def end(self) -> None:
        start = self._skip()
        if start == len(self.text):
            return
        if _COMPARATOR.match(self.text, start):
            raise Fault(start, "one comparison only: write the other one on its own")
        raise Fault(start, f"nothing was expected after the comparison, {self._here()}")

    def sum(self) -> Expression:
        expression = self._product()
        while sign := self._symbol("+-"):
            expression = Operation(Arithmetic(sign), expression, self._product())
        return expression

    def _product(self) -> Expression:
        expression = self._factor()
        while sign := self._symbol("*/"):
            expression = Operation(Arithmetic(sign), expression, self._factor())
        return expression

    def _factor(self) -> Expression:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Fault(self.position, "it is nested too deeply")
        try:
            if not self._symbol("-"):
                return self._atom()
            operand = self._factor()
            if isinstance(operand, Number):
                return Number(-operand.value)
            return Negation(operand)
        finally:
            self.depth -= 1

    def _atom(self) -> Expression:
        start = self._skip()
        if self._symbol("("):
            expression = self.sum()
            self._close(")", start)
            return expression
        if number := self._take(_NUMBER):
            if math.isinf(float(number[0])):
                raise Fault(start, "this number is too large")
            return Number(float(number[0]))
        return self._term()

    def _term(self) -> Term:
        start = self._skip()
        reduced = self._take(_REDUCER)
        metric = self._name("a metric or a number")
        selector, experiment = self._selector(), self._experiment()
        if reduced:
            self._close(")", start)
            selector = selector or self._selector()
            experiment = experiment or self._experiment()
        reducer = Reducer(reduced[1]) if reduced else Reducer.LAST
        return Term(metric, reducer, selector, experiment)

    def _experiment(self) -> str:
        return self._name("an experiment's name") if self._symbol("@") else ""

    def _selector(self) -> tuple[tuple[str, Value], ...]:
        start = self._skip()
        if not self._symbol("["):
            return ()
        pairs: dict[str, Value] = {}
        while True:
            place = self._skip()
            name = self._name("a parameter's name")
            if name in pairs:
                raise Fault(place, f"the parameter {name} is selected twice")
            if not self._symbol("="):
                raise Fault(self._skip(), f"a value is missing: {name}=VALUE")
            pairs[name] = self._value()
            if not self._symbol(","):
                break
        self._close("]", start)
        return tuple(pairs.items())

    def _value(self) -> Value:
        start = self._skip()
        if self._symbol("["):
            items: list[Value] = []
            while not _peek(self, "]"):
                items.append(self._value())
                if not self._symbol(","):
                    break
            self._close("]", start)
            return items
        if single := self._take(_SINGLE_QUOTES):
            return single[1].replace("''", "'")
        if (text := self._quotation()) is not None:
            return text
        raw = self._take(_RAW_VALUE)
        if not raw or not raw[0].strip():
            raise Fault(start, "a value is missing here")
        return read_scalar(raw[0].strip())

    def _name(self, wanted: str) -> str:
        start = self._skip()
        name = self._quotation()
        if name is None and (found := self._take(NAME)):
            name = found[0]
        if not name:
            raise Fault(start, f"{wanted} was expected here, {self._here(start)}")
        return name

    def _quotation(self) -> str | None:
        start = self._skip()
        if found := self._take(_BACKTICKS):
            return found[1]
        if not (found := self._take(_STRING)):
            return None
        try:
            text: str = json.loads(found[0], strict=False)
        except ValueError:
            raise Fault(start, "this name in quotes has an unknown \\ escape") from None
        return text

    def _symbol(self, choice: str) -> str:
        start = self._skip()
        if not _peek(self, choice):
            return ""
        self.position += 1
        return self.text[start]

    def _close(self, bracket: str, opened: int) -> None:
        if not self._symbol(bracket):
            opening = f"the bracket of column {opened + 1} is not closed"
            raise Fault(self._skip(), f"{opening}: `{bracket}` is missing here")

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self._skip())
        if found:
            self.position = found.end()
        return found

    def _skip(self) -> int:
        space = _SPACE.match(self.text, self.position)
        self.position = space.end() if space else self.position
        return self.position

    def _here(self, position: int | None = None) -> str:
        rest = self.text[self.position if position is None else position :]
        return f"not `{rest.split()[0]}`" if rest.strip() else "where the text ends"


def _peek(reader: _Reader, choice: str) -> bool:
    position = reader.position
    space = _SPACE.match(reader.text, position)
    position = space.end() if space else position
    return position < len(reader.text) and reader.text[position] in choice
