"""The header of an experiment's cell: ``#|`` lines and flags."""

from __future__ import annotations

import io
import re
import shlex
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_labbook.errors import HeaderError
from jupyter_labbook.model.experiment import Header, Value, variants
from jupyter_labbook.model.slug import is_slug, slug
from jupyter_labbook.snapshot.declared import Text, value_of
from jupyter_labbook.snapshot.keys import BY_NAME, Key, Kind, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC = "%%experiment "
_ENTRY = re.compile(r"\s*(?P<key>[^\s:]+)\s*:(?P<text>.*)")
_NO_REASON = (
    "An experiment needs a reason: write `#| question: Does a wider forest still "
    "help?` above the code, or `#| why: see whether it runs at all` to explore"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How this one submission is to be handled; recorded nowhere."""

    dry_run: bool = False
    wait: bool = False
    here: bool = False
    help: bool = False
    no_inputs: tuple[str, ...] = ()
    """Values to leave behind."""


@dataclass(frozen=True, slots=True)
class ParsedCell:
    """A cell taken apart."""

    header: Header
    options: Options
    body: str
    """The code, with blank lines where the header stood: line 1 of the body is
    line 2 of the cell as typed."""


def parse(line: str, cell: str) -> ParsedCell:
    """Take a cell apart.

    Parameters
    ----------
    line
        What stands after ``%%experiment``.
    cell
        The lines below it.

    Raises
    ------
    HeaderError
        With the line and column in the cell as typed, where the magic is line 1.
    """
    flags = _flags(line)
    if flags.get("help"):
        return ParsedCell(Header(), Options(help=True), cell)
    lines, body = _split(cell)
    declared = {**lines, **flags}
    options = Options(
        **{
            key.attribute: declared.pop(key.attribute)
            for key in BY_NAME.values()
            if key.option and key.attribute in declared
        }
    )
    header = Header(**declared)
    _check(header)
    if not header.name:
        declared["name"] = slug(header.question or header.why)
    return ParsedCell(Header(**declared), options, body)


def bind(header: Header) -> dict[str, Value]:
    """Names and values to set in the kernel before a body is run ``--here``.

    They are those of the first run. Without ``seeds`` the notebook's own ``seed``
    is left alone.
    """
    first = variants(header)[0]
    seed: dict[str, Value] = {"seed": first.seed} if header.seeds else {}
    return {**first.parameters, **seed}


def _check(header: Header) -> None:
    if not header.question and not header.why:
        raise HeaderError(_NO_REASON)
    if header.name and not is_slug(header.name):
        raise HeaderError(
            f"The name {header.name!r} is not of lower-case letters, digits and "
            f"dashes: write {slug(header.name)}"
        )
    both = sorted(set(header.params) & set(header.sweep))
    if both:
        raise HeaderError(
            f"`{both[0]}` stands in both params and sweep: leave it in one of them"
        )
    for name in header.ablate:
        if name not in header.params and name not in header.sweep:
            raise HeaderError(
                f"`ablate` names `{name}`, which is no parameter: give its usual "
                f"value under params"
            )


def _split(cell: str) -> tuple[dict[str, Any], str]:
    """Part the ``#|`` lines at the top from the body."""
    rows = cell.replace("\r\n", "\n").split("\n")
    end = 0
    while end < len(rows) and (not rows[end].strip() or rows[end].startswith("#|")):
        end += 1
    declared: dict[str, Any] = {}
    for key, text in _entries(rows[:end]):
        _add(declared, key, text)
    body = "\n" * end + "\n".join(rows[end:])
    _refuse_late_lines(body)
    return declared, body


def _entries(rows: list[str]) -> Iterator[tuple[Key, Text]]:
    """Join each key's line with those that continue it."""
    index = 0
    while index < len(rows):
        row = rows[index]
        content = row[2:]
        if not content.strip():
            index += 1
            continue
        entry = _ENTRY.fullmatch(content)
        if entry is None:
            raise HeaderError(
                "expected `#| key: text`", line=index + 2, column=3 + _indent(content)
            )
        first, indent = index, _indent(content)
        parts, columns = [entry["text"]], [3 + entry.start("text")]
        index += 1
        while index < len(rows) and _indent(rows[index][2:]) > indent:
            parts.append(rows[index][2:])
            columns.append(3)
            index += 1
        text = Text("\n".join(parts), first + 2, tuple(columns))
        yield _known(entry["key"], first + 2, 3 + entry.start("key")), text


def _known(name: str, line: int, column: int) -> Key:
    key = BY_NAME.get(name)
    if key is not None and key.option:
        raise HeaderError(
            f"`{name}` is about one submission: write `{_MAGIC}--{name}`",
            line=line,
            column=column,
        )
    if key is None:
        raise HeaderError(
            f"unknown key `{name}`: {nearest(name, flags=False)}",
            line=line,
            column=column,
        )
    return key


def _add(declared: dict[str, Any], key: Key, text: Text) -> None:
    value = value_of(key, text)
    if key.kind is Kind.PROSES:
        declared[key.attribute] = (*declared.get(key.attribute, ()), value)
    elif key.attribute in declared:
        text.fail(f"`{key.name}` stands there twice: keep one of them")
    else:
        declared[key.attribute] = value


def _flags(line: str) -> dict[str, Any]:
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise HeaderError(
            f"{str(error).lower()}: close the quote",
            line=1,
            column=len(_MAGIC) + len(line),
        ) from None
    declared: dict[str, Any] = {}
    waiting = iter(words)
    for word in waiting:
        column = _column(line, word)
        if not word.startswith("-") or word == "-":
            _add(declared, BY_NAME["name"], Text(word, 1, (column,)))
            continue
        name, equals, text = word.lstrip("-").partition("=")
        key = BY_NAME.get("help" if word == "-h" else name)
        if key is None:
            raise HeaderError(
                f"unknown flag `{word}`: {nearest(name, flags=True)}",
                line=1,
                column=column,
            )
        if not equals:
            text = "true" if key.kind is Kind.SWITCH else next(waiting, "")
        if not text or (text.startswith("--") and not equals):
            raise HeaderError(
                f"`{word}` wants a text after it, such as {key.example}",
                line=1,
                column=column,
            )
        _add(declared, key, Text(text, 1, (_column(line, text),)))
    return declared


def _column(line: str, word: str) -> int:
    """Where a word stands; quotes and escapes may hide it, then at the start."""
    return len(_MAGIC) + max(line.find(word), 0) + 1


def _refuse_late_lines(body: str) -> None:
    """Stop at a ``#|`` comment below the first line of code: it would do nothing."""
    if "#|" not in body:
        return
    try:
        for token in tokenize.generate_tokens(io.StringIO(body).readline):
            if token.type == tokenize.COMMENT and token.string.startswith("#|"):
                raise HeaderError(
                    "`#|` lines go above the code: move this one up",
                    line=token.start[0] + 1,
                    column=token.start[1] + 1,
                )
    except (tokenize.TokenError, SyntaxError):
        # Lines for the shell or a magic need not be Python.
        return


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip()) if text.strip() else 0
