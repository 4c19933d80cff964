"""The nearest valid form of a text that is not quite a prediction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_labbook.model.expression import Quantifier, quoted
from jupyter_labbook.model.metrics import Reducer
from jupyter_labbook.model.prediction_syntax import LONGEST, Fault, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_labbook.model.expression import Prediction

_TYPOGRAPHY = str.maketrans("−–×·÷“”„＜＞⩽⩾", '--**/"""<>≤≥')  # noqa: RUF001  # as pasted
_ASSERTIONS = re.compile(
    r"\b(?:will|should|must|is|are|be|stays?|remains?)\b", re.IGNORECASE
)
_WORDS = {
    ">=": r"(?:at least|(?:no|not) (?:less|lower|smaller|worse) than|"
    r"(?:greater|more|larger|higher) than or equal(?:s| to)?)",
    "<=": r"(?:at most|(?:no|not) (?:more|greater|larger|higher) than|"
    r"(?:less|lower|smaller|fewer) than or equal(?:s| to)?)",
    ">": r"(?:(?:greater|more|larger|higher) than|above|over|exceeds?|beats?)",
    "<": r"(?:(?:less|lower|smaller|fewer) than|below|under)",
    "==": r"(?:equals?(?: to)?)",
}
_REDUCERS = {
    Reducer.MEAN: "avg|average",
    Reducer.MAX: "maximum|highest",
    Reducer.MIN: "minimum|lowest",
    Reducer.LAST: "final",
}
_SIGN = r"(?:<=|>=|==|<|>|≤|≥)"
_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)"
_CONFIDENCE = re.compile(
    rf"[\s,;]*(?:\bwith\s)?[(\s]*(?<![\w.])({_NUMBER})\s*%\s*"
    r"(?:sure|confident|certain|confidence|probability|chance|likely)?[\s.)]*$",
    re.IGNORECASE,
)
_PLACEHOLDER = "0.9"


def nearest(text: str) -> Prediction | None:
    """Mend what people commonly write, step by step, until it can be read."""
    if len(text) > LONGEST:
        return None
    for attempt in _attempts(text):
        try:
            return read(attempt)
        except Fault:
            continue
    return None


def _attempts(text: str) -> Iterator[str]:
    yield text
    for step in _STEPS:
        text = step(text)
        yield text
    # Only now, where all else failed: what is missing is made up.
    for step in _INVENTIONS:
        text = step(text)
        yield text


def _plain_signs(text: str) -> str:
    text = text.translate(_TYPOGRAPHY)
    text = re.sub(r"=\s*<|<\s+=", "<=", re.sub(r"=\s*>|>\s+=", ">=", text))
    return re.sub(r"={3,}", "==", text)


def _signs_for_words(text: str) -> str:
    changed = text
    for sign, words in _WORDS.items():
        changed = re.sub(
            rf"(?<![\w/.-]){words}(?![\w/.-])", sign, changed, flags=re.IGNORECASE
        )
    if changed != text or re.search(_SIGN, text):
        return re.sub(r"\s+", " ", _ASSERTIONS.sub(" ", changed)).strip()
    return re.sub(r"\b(?:is|will be|should be)\b", "==", text, count=1)


def _double_equals(text: str) -> str:
    """Outside square brackets, where one sign is right."""
    parts = re.split(r"(\[[^\]<>]*\]?)", text)
    parts[::2] = [re.sub(r"(?<![<>=])=(?!=)", "==", part) for part in parts[::2]]
    parts[1::2] = [part.replace("==", "=") for part in parts[1::2]]
    return "".join(parts)


def _known_reducers(text: str) -> str:
    for reducer, words in _REDUCERS.items():
        text = re.sub(rf"\b(?:{words})\s*\(", f"{reducer}(", text, flags=re.IGNORECASE)
    return text


def _probability_in_brackets(text: str) -> str:
    text = re.sub(
        r"\(\s*(0?\.\d+)\s*\)\s*$", lambda found: f"({float(found[1]):.0%})", text
    )
    found = _CONFIDENCE.search(text)
    if not found:
        return text
    rest = text[: found.start()].rstrip()
    # In `accuracy > 90%` the number is the right side itself.
    if not rest or re.search(rf"(?:{_SIGN}|[-+*/(])$", rest):
        return text
    percent = min(max(float(found[1]), 1), 99)
    return f"{rest} ({percent:g}%)"


def _percent_as_fraction(text: str) -> str:
    end = re.search(rf"\(\s*{_NUMBER}\s*%\s*\)\s*$", text)
    cut = end.start() if end else len(text)

    def fraction(found: re.Match[str]) -> str:
        return f"{float(found[1]) / 100:.12g}"

    body = re.sub(rf"(?<![\w.])({_NUMBER})\s*%", fraction, text[:cut])
    return body + text[cut:]


def _matching_brackets(text: str) -> str:
    end = re.search(rf"\s*\(\s*{_NUMBER}\s*%\s*\)\s*$", text)
    cut = end.start() if end else len(text)
    sides = re.split(f"({_SIGN})", text[:cut])
    return "".join(_closed(side) for side in sides) + text[cut:]


def _closed(side: str) -> str:
    closing = {"(": ")", "[": "]"}
    open_: list[str] = []
    kept: list[str] = []
    for character in side:
        if character in closing.values():
            if closing["["] in open_ and character == ")":
                kept.append(open_.pop())
            if not open_ or open_[-1] != character:
                continue
            open_.pop()
        elif character in closing:
            open_.append(closing[character])
        kept.append(character)
    trailing = len(side) - len(side.rstrip())
    body = "".join(kept).rstrip() + "".join(reversed(open_))
    return body + (" " if trailing else "")


def _quoted_names(text: str) -> str:
    """Join words that can only be one name: ``val loss < 0.2``."""
    start = re.match(rf"\s*(?:{'|'.join(Quantifier)})\s+(?={_WORD}\s+{_WORD})", text)
    cut = start.end() if start else 0
    body = re.sub(
        rf"(?<![\w\"`\[=./-])({_WORD}(?:\s+{_WORD})+)(?![\w\"`])",
        lambda found: quoted(re.sub(r"\s+", " ", found[1])),
        text[cut:],
    )
    return text[:cut] + body


_WORD = r"[^\W\d][\w./-]*"


def _reserved_names(text: str) -> str:
    words = "|".join(Quantifier)
    return re.sub(rf"^\s*({words})(?=\s*{_SIGN})", lambda found: quoted(found[1]), text)


def _one_comparison(text: str) -> str:
    parts = re.split(f"({_SIGN})", text)
    return "".join(parts[:3]) if len(parts) > 3 else text  # noqa: PLR2004


def _any_comparison(text: str) -> str:
    if re.search(_SIGN, text):
        return text
    end = re.search(rf"\s+(?=(?:{_NUMBER}\s*)?(?:\(\s*{_NUMBER}\s*%\s*\)\s*)?$)", text)
    cut = end.start() if end else len(text)
    return f"{text[:cut]} >{text[cut:]}"


def _both_sides(text: str) -> str:
    text = re.sub(rf"^(\s*){_SIGN}", lambda found: f"accuracy {found[0].strip()}", text)
    return re.sub(
        rf"({_SIGN})\s*(?=$|\(\s*{_NUMBER}\s*%\s*\)\s*$)", rf"\1 {_PLACEHOLDER} ", text
    )


_STEPS: tuple[Callable[[str], str], ...] = (
    _plain_signs,
    _reserved_names,
    _signs_for_words,
    _double_equals,
    _known_reducers,
    _probability_in_brackets,
    _percent_as_fraction,
    _matching_brackets,
    _quoted_names,
    _one_comparison,
)
_INVENTIONS: tuple[Callable[[str], str], ...] = (_any_comparison, _both_sides)
