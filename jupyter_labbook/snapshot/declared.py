"""From the text of a header's key to a typed value, with the place of a fault."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from jupyter_labbook.errors import HeaderError
from jupyter_labbook.snapshot.keys import Key, Kind

if TYPE_CHECKING:
    from jupyter_labbook.model.experiment import Value

_DEEPEST = 20
_MOST_SEEDS = 10_000
_UNITS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "": 1.0}
_MOST = 1_000_000
_BYTES = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([kmgt]i?)?b?)?")
_SIZES: dict[str, int] = {"": 1} | {
    prefix + infix: base**power
    for power, prefix in enumerate("kmgt", 1)
    for infix, base in (("", 1000), ("i", 1024))
}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([dhms]?)\s*")


@dataclass(frozen=True, slots=True)
class Text:
    """What was typed after a key, and where it stands in the cell.

    ``columns`` are those of the first line and of the ones that continue it.
    """

    text: str
    line: int
    columns: tuple[int, ...]

    def fail(self, message: str, row: int = 0, column: int = 0) -> NoReturn:
        """Raise for a fault at a row and column of the text, counted from 0."""
        start = self.columns[min(row, len(self.columns) - 1)]
        raise HeaderError(message, line=self.line + row, column=start + column)


def value_of(key: Key, text: Text) -> object:
    """Read the text of a key; its `Kind` says how and what comes back.

    Raises
    ------
    HeaderError
        With line and column.
    """
    if key.kind in (Kind.PROSE, Kind.PROSES):
        prose = " ".join(line.strip() for line in text.text.splitlines()).strip()
        return prose or text.fail(f"`{key.name}` is empty: write {_sample(key)}")
    return _READERS[key.kind](key, text, _yaml(key, text))


def _yaml(key: Key, text: Text) -> Value:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        loaded = YAML(typ="safe", pure=True).load(text.text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        row, column = (mark.line, mark.column) if mark else (0, 0)
        problem = (error.problem or "it does not parse").splitlines()[0]
        text.fail(f"`{key.name}`: {problem}; write {_sample(key)}", row, column)
    except (YAMLError, ValueError) as error:
        problem = str(error).splitlines()[0]
        text.fail(f"`{key.name}`: {problem}; write {_sample(key)}")
    return _plain(key, text, loaded, _DEEPEST)


def _plain(key: Key, text: Text, value: object, depth: int) -> Value:
    """Admit only what JSON and YAML share."""
    if depth == 0:
        text.fail(f"`{key.name}` is nested deeper than {_DEEPEST} levels")
    if isinstance(value, list):
        return [_plain(key, text, item, depth - 1) for item in value]
    if isinstance(value, dict):
        for name in value:
            if not isinstance(name, str):
                text.fail(
                    f"`{key.name}`: the name {name!r} is not a text: put it in quotes"
                )
        return {
            name: _plain(key, text, item, depth - 1) for name, item in value.items()
        }
    if value is not None and not isinstance(value, (bool, int, float, str)):
        text.fail(f"`{key.name}`: {value!s} is not a plain value: put it in quotes")
    return value


def _parameters(key: Key, text: Text, value: Value) -> dict[str, Value]:
    if not isinstance(value, dict) or not value:
        text.fail(f"`{key.name}` takes names and values: write {_sample(key)}")
    for name in value:
        if not name.isidentifier() or keyword.iskeyword(name):
            text.fail(f"`{key.name}`: {name!r} cannot be the name of a variable")
        if name == "seed":
            text.fail(f"`{key.name}` cannot set `seed`: write `seeds: 5` or a list")
    return value


def _grid(key: Key, text: Text, value: Value) -> dict[str, list[Value]]:
    grid: dict[str, list[Value]] = {}
    for name, values in _parameters(key, text, value).items():
        if not isinstance(values, list) or not values:
            text.fail(f"`{key.name}`: {name} takes a list: write {_sample(key)}")
        seen = [repr(item) for item in values]
        for index, item in enumerate(seen):
            if item in seen[:index]:
                text.fail(f"`{key.name}`: {name} has the value {item} twice")
        grid[name] = values
    return grid


def _seeds(key: Key, text: Text, value: Value) -> tuple[int, ...]:
    if isinstance(value, int) and not isinstance(value, bool):
        if not 1 <= value <= _MOST_SEEDS:
            text.fail(f"`{key.name}`: give between 1 and {_MOST_SEEDS} of them")
        return tuple(range(value))
    if not isinstance(value, list) or not value:
        text.fail(f"`{key.name}` takes a number or a list: write 5 or [1, 2, 3]")
    seeds = tuple(
        seed for seed in value if isinstance(seed, int) and not isinstance(seed, bool)
    )
    if len(seeds) != len(value):
        text.fail(f"`{key.name}` are whole numbers: write 5 or [1, 2, 3]")
    if len(set(seeds)) != len(seeds):
        text.fail(f"`{key.name}`: the same seed stands there twice")
    return seeds


def _words(key: Key, text: Text, value: Value) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [word for word in re.split(r"[,\s]+", value) if word]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = [value]
    if not isinstance(value, list) or not value:
        text.fail(f"`{key.name}` takes words: write {_sample(key)}")
    for word in value:
        if isinstance(word, (list, dict)) or word is None:
            text.fail(f"`{key.name}` takes words: write {_sample(key)}")
    return tuple(dict.fromkeys(str(word) for word in value))


def _switch(key: Key, text: Text, value: Value) -> bool:
    if not isinstance(value, bool):
        text.fail(f"`{key.name}` is true or false, not {value!r}")
    return value


def _duration(key: Key, text: Text, value: Value) -> float:
    if isinstance(value, str):
        seconds = _spelled_duration(value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = float(value)
    else:
        seconds = None
    if seconds is None or not 0 < seconds < float("inf"):
        text.fail(f"`{key.name}` takes seconds, or such as 2h, 30m, 1h30m")
    return seconds


def _spelled_duration(text: str) -> float | None:
    seconds, end = 0.0, 0
    for part in _DURATION.finditer(text.strip().lower()):
        if part.start() != end:
            return None
        seconds += float(part[1]) * _UNITS[part[2]]
        end = part.end()
    return seconds if end and end == len(text.strip()) else None


def _word(key: Key, text: Text, value: Value) -> str:
    if not isinstance(value, str) or not value:
        text.fail(f"`{key.name}` takes a word: write {_sample(key)}")
    return value


def _choice(key: Key, text: Text, value: Value) -> str:
    if value not in key.choices:
        text.fail(f"`{key.name}` is {' or '.join(key.choices)}, not {value}")
    return str(value)


def _whole(key: Key, text: Text, value: Value) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        text.fail(f"`{key.name}` is a whole number: write {_sample(key)}")
    if abs(value) > _MOST:
        text.fail(f"`{key.name}` is beyond {_MOST}: write {_sample(key)}")
    return value


def _count(key: Key, text: Text, value: Value) -> int:
    number = _whole(key, text, value)
    if number < 0:
        text.fail(f"`{key.name}` cannot be below 0: write {_sample(key)}")
    return number


def _bytes(key: Key, text: Text, value: Value) -> int:
    found = _BYTES.fullmatch(str(value).strip().lower())
    if found is None or isinstance(value, bool):
        text.fail(f"`{key.name}` takes bytes, or such as 8GB, 512MiB")
    return round(float(found[1]) * _SIZES[found[2] or ""])


def _sample(key: Key) -> str:
    return f"`{key.name}: {key.example}`" if key.example else f"`--{key.name}`"


_READERS = {
    Kind.PARAMETERS: _parameters,
    Kind.GRID: _grid,
    Kind.SEEDS: _seeds,
    Kind.WORDS: _words,
    Kind.SWITCH: _switch,
    Kind.DURATION: _duration,
    Kind.WORD: _word,
    Kind.CHOICE: _choice,
    Kind.WHOLE: _whole,
    Kind.COUNT: _count,
    Kind.BYTES: _bytes,
}
