"""``experiment.md``: what an experiment asks, and notes that people write."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from jupyter_labbook.errors import CorruptFileError, StorageError
from jupyter_labbook.storage.hand_edited import HandEditedFile

if TYPE_CHECKING:
    from pathlib import Path

    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

_FENCE = "---"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentFile:
    """The front matter of ``experiment.md`` and the notes below it."""

    id: str = ""
    name: str = ""
    number: int = 0
    """0: not written; the folder's name tells."""
    question: str = ""
    hypothesis: str = ""
    predict: tuple[str, ...] = ()
    why: str = ""
    impact: str = ""
    tags: tuple[str, ...] = ()
    conclusion: str = ""
    notes: str = ""
    """Markdown, from the first line after the front matter."""


_LISTS = ("predict", "tags")
_KEYS = tuple(field.name for field in fields(ExperimentFile) if field.name != "notes")


def encode(experiment: ExperimentFile) -> bytes:
    """Write a new file's content."""
    return _changed(None, "", _values(experiment)).encode("utf-8", "backslashreplace")


def read(path: Path) -> ExperimentFile:
    """Read a file.

    Raises
    ------
    CorruptFileError
        There is no front matter, or it is not what it should be (line and column).
    StorageError
        It is missing or cannot be read.
    """
    text = HandEditedFile(path).read()
    if text is None:
        raise StorageError(f"{path} is missing; restore it from a backup or git.")
    front, notes, _ = _split(path, text)
    values: dict[str, Any] = {
        key: _read_value(path, front, key) for key in _KEYS if key in front
    }
    return ExperimentFile(**values, notes=notes)


def check(path: Path) -> None:
    """Make sure that a file can be changed, or does not exist yet.

    Raises
    ------
    CorruptFileError
        It cannot be read.
    """
    if path.exists():
        read(path)


def update(path: Path, **changes: str | int | tuple[str, ...]) -> None:
    """Change some fields; all else stays as it is, comments and notes included.

    Parameters
    ----------
    path
        The file; made if it does not exist.
    **changes
        Fields of `ExperimentFile` by name. An empty value takes the key away.

    Raises
    ------
    CorruptFileError
        What is there cannot be read; it is left as it is.
    StorageError
        It cannot be written.
    """
    if unknown := set(changes) - {*_KEYS, "notes"}:
        raise TypeError(f"experiment.md has no field {', '.join(sorted(unknown))}")
    HandEditedFile(path).change(lambda text: _changed(path, text or "", changes))


def _values(experiment: ExperimentFile) -> dict[str, Any]:
    return {key: getattr(experiment, key) for key in (*_KEYS, "notes")}


def _changed(path: Path | None, text: str, changes: dict[str, Any]) -> str:
    from ruamel.yaml.comments import CommentedMap

    front, notes, line_end = CommentedMap(), "", "\n"
    if text:
        front, notes, line_end = _split(path, text)
    for key in _KEYS:
        if key not in changes:
            continue
        value = changes[key]
        if not value and value != front.get(key):
            front.pop(key, None)
        elif key not in front or _read_value(path, front, key) != value:
            front[key] = _yaml_value(value)
    notes = str(changes.get("notes", notes))
    stream = io.StringIO()
    if front:
        _yaml().dump(front, stream)
    head = f"{_FENCE}\n{stream.getvalue()}{_FENCE}\n"
    return head.replace("\n", line_end) + notes


def _split(path: Path | None, text: str) -> tuple[CommentedMap, str, str]:
    """Part a file into front matter, notes, and the line end that it uses."""
    body = text.removeprefix("\ufeff")
    found = re.match(
        r"---[ \t]*(\r?\n)(.*?)^---[ \t]*(?:\r?\n|\Z)", body, re.DOTALL | re.MULTILINE
    )
    if found is None:
        line = 1 if not body.startswith(_FENCE) else body.count("\n") + 1
        raise CorruptFileError(
            f"{path}, line {line}, column 1: its front matter must stand between two"
            f" lines `{_FENCE}` at the top; put them back or restore the file from git."
        )
    yaml = found[2].replace("\r\n", "\n")
    return _loaded(path, yaml), body[found.end() :], found[1]


def _loaded(path: Path | None, text: str) -> CommentedMap:
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        front = _yaml().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _corrupt(path, mark, error.problem or "it is no YAML") from error
    except (YAMLError, ValueError) as error:
        raise _corrupt(path, None, str(error).partition("\n")[0]) from error
    if front is None:
        front = CommentedMap()
    if not isinstance(front, CommentedMap):
        raise _corrupt(path, None, "it is not made of `key: value` lines")
    return front


def _corrupt(path: Path | None, mark: Any, problem: str) -> CorruptFileError:  # noqa: ANN401  # ruamel's marks have no public type
    # The mark counts from 0, and the front matter begins on the second line.
    line, column = (mark.line + 2, mark.column + 1) if mark else (2, 1)
    return CorruptFileError(
        f"{path}, line {line}, column {column}: the front matter cannot be read"
        f" ({problem}); correct it in an editor."
    )


def _read_value(path: Path | None, front: CommentedMap, key: str) -> Any:  # noqa: ANN401  # as the field
    value = front[key]
    if key == "number":
        if isinstance(value, int) and not isinstance(value, bool):
            return int(value)
        raise _misfit(path, front, key, "a whole number")
    if key not in _LISTS:
        return _text(path, front, key, value)
    items = value if isinstance(value, list) else [value] if value is not None else []
    return tuple(_text(path, front, key, item) for item in items)


def _text(path: Path | None, front: CommentedMap, key: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | dict):
        raise _misfit(path, front, key, "text")
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _misfit(
    path: Path | None, front: CommentedMap, key: str, wanted: str
) -> CorruptFileError:
    line, column = front.lc.value(key)
    return CorruptFileError(
        f"{path}, line {line + 2}, column {column + 1}: `{key}` must be {wanted};"
        " correct it in an editor."
    )


def _yaml_value(value: str | int | tuple[str, ...]) -> object:
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

    if isinstance(value, tuple):
        return [_yaml_value(item) for item in value]
    if not isinstance(value, str):
        return value
    lines = value.replace("\t", " ").split("\n")
    if not all(line.isprintable() for line in lines):
        # Other line ends and control characters need escapes.
        return DoubleQuotedScalarString(value)
    return LiteralScalarString(value) if len(lines) > 1 else value


def _yaml() -> YAML:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.version = None
    yaml.allow_unicode = True
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
