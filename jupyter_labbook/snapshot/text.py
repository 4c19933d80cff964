"""Moving Python source about without touching what its strings hold."""

from __future__ import annotations

import ast
import warnings


def parse(source: str) -> ast.Module:
    """Parse source without the warnings that its own execution gave already."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def check(source: str) -> None:
    """Compile source, which finds what parsing lets pass.

    Raises
    ------
    SyntaxError
        It is not Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(source, "<script>", "exec", dont_inherit=True)


def indent(source: str, tree: ast.AST, prefix: str = "    ") -> str:
    """Move source to the right; the inside of multi-line strings stays."""
    fixed = inside_strings(tree)
    return "\n".join(
        prefix + line if line.strip() and number not in fixed else line
        for number, line in enumerate(source.split("\n"), start=1)
    )


def segment(lines: list[str], node: ast.stmt) -> str:
    """Source of a statement with its decorators and the comment right above it.

    The statement may stand inside an ``if`` or ``try``: it is moved to the left.
    """
    if not _alone(lines, node):
        return ast.get_source_segment("\n".join(lines), node) or ""
    first = min([node.lineno, *(d.lineno for d in decorators(node))])
    end = node.end_lineno or first
    width = node.col_offset
    while first > 1 and _is_comment(lines[first - 2], width):
        first -= 1
    fixed = inside_strings(node)
    return "\n".join(
        line if number in fixed else _left(line, width)
        for number, line in enumerate(lines[first - 1 : end], start=first)
    )


def decorators(node: ast.AST) -> list[ast.expr]:
    """Give the decorators of a definition; none for any other statement."""
    found: list[ast.expr] = getattr(node, "decorator_list", [])
    return found


def inside_strings(tree: ast.AST) -> set[int]:
    """Lines that begin inside a string, which must not be moved."""
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) or (
            # Template strings of Python 3.14.
            type(node).__name__ == "TemplateStr"
        ):
            text: ast.expr = node  # type: ignore[assignment]  # narrowed by name
            inside.update(range(text.lineno + 1, (text.end_lineno or 0) + 1))
    return inside


def edit(source: str, changes: list[tuple[ast.stmt, str]]) -> str:
    """Put new text in place of statements."""
    lines = [line.encode() for line in source.split("\n")]
    for node, new in sorted(changes, key=lambda change: -change[0].lineno):
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        head = lines[first][: node.col_offset]
        tail = lines[last][node.end_col_offset :]
        lines[first : last + 1] = (head + new.encode() + tail).split(b"\n")
    return b"\n".join(lines).decode()


def source_at(source: str, node: ast.stmt) -> str:
    """Source of one statement as it stands."""
    return ast.get_source_segment(source, node) or ""


def after(source: str, node: ast.stmt) -> str:
    """Give what follows a statement on its last line."""
    line = source.split("\n")[(node.end_lineno or node.lineno) - 1]
    return line.encode()[node.end_col_offset :].decode().strip()


def begins_line(source: str, node: ast.stmt) -> bool:
    """Whether nothing stands before a statement on its line."""
    line = source.split("\n")[node.lineno - 1]
    return not line.encode()[: node.col_offset].strip()


def _is_comment(line: str, width: int) -> bool:
    return line[width:].startswith("#") and not line[:width].strip()


def _left(line: str, width: int) -> str:
    return line[width:] if not line[:width].strip() else line.lstrip()


def _alone(lines: list[str], node: ast.stmt) -> bool:
    """Whether a statement shares its lines with no other (``a = 1; b = 2``)."""
    before = lines[node.lineno - 1].encode()[: node.col_offset].decode()
    after = lines[(node.end_lineno or 1) - 1].encode()[node.end_col_offset :].decode()
    return not before.strip() and (not after.strip() or after.lstrip().startswith("#"))
