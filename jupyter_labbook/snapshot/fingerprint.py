"""Whether a live function or class is the one that a piece of source defines."""

from __future__ import annotations

import ast
import inspect
import warnings
from functools import lru_cache
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

_KINDS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def same_function(live: FunctionType, node: ast.AST, tree: ast.Module) -> bool:
    """Whether a function's code is what a ``def`` or lambda compiles to.

    Parameters
    ----------
    live
        The function.
    node
        The ``def`` or lambda.
    tree
        The cell or module that it stands in.
    """
    wanted = fingerprint(live.__code__)
    return any(fingerprint(code) == wanted for code in _codes(node, tree))


def same_class(live: type, node: ast.ClassDef, tree: ast.Module) -> bool:
    """Whether the methods of a class are those that its statement defines.

    Only plain functions are looked at; one set from outside makes a difference.
    """
    methods = {
        part.name: vars(live)[part.name].__code__
        for part in node.body
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
        if not part.decorator_list
        and isinstance(vars(live).get(part.name), FunctionType)
    }
    return any(
        all(
            fingerprint(code) in [fingerprint(c) for c in _nested(written, name)]
            for name, code in methods.items()
        )
        for written in _codes(node, tree)
    )


def unwrapped(value: object) -> FunctionType | None:
    """Find the function under decorators that tell (``__wrapped__``, ``py_func``)."""
    seen = 0
    inner: Any = value
    while not isinstance(inner, FunctionType) or hasattr(inner, "__wrapped__"):
        inner = getattr(inner, "__wrapped__", None) or getattr(inner, "py_func", None)
        seen += 1
        if inner is None or seen > _DEEPEST:
            return None
    return inner


_DEEPEST = 50


def fingerprint(code: CodeType) -> Hashable:
    """Everything of a code object that matters when it executes.

    File, line numbers and qualified names are left out: the same source
    compiled on its own has others.
    """
    return (
        code.co_code,
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount),
        code.co_flags & _KINDS,
        tuple(_constant(constant) for constant in code.co_consts),
    )


def _constant(value: object) -> Hashable:
    if isinstance(value, CodeType):
        return fingerprint(value)
    if isinstance(value, tuple):
        return tuple(_constant(item) for item in value)
    if isinstance(value, frozenset):
        return frozenset(_constant(item) for item in value)
    # 1, 1.0 and True are equal, and so are 0.0 and -0.0.
    return type(value), repr(value)


def _codes(node: ast.AST, tree: ast.Module) -> Iterator[CodeType]:
    """Compile a definition as it may have been: alone, or with its whole cell.

    IPython compiles statement by statement, a module is compiled as one; calls on
    modules that the same unit imports compile to something else.
    """
    yield from _alone(node)
    name = getattr(node, "name", "<lambda>")
    lines = {getattr(node, "lineno", 0)}
    lines.update(part.lineno for part in getattr(node, "decorator_list", ()))
    for code in _nested(_whole(tree), name):
        if code.co_firstlineno in lines and _lies_in(code, node):
            yield code


def _lies_in(code: CodeType, node: ast.AST) -> bool:
    """Tell the lambdas of one line from each other."""
    if not isinstance(node, ast.Lambda):
        return True
    *_, (line, _, column, _) = code.co_positions()
    start = (node.lineno, node.col_offset)
    end = (node.end_lineno or 0, node.end_col_offset or 0)
    return start <= (line or 0, column or 0) < end


@lru_cache(maxsize=4096)
def _alone(node: ast.AST) -> tuple[CodeType, ...]:
    if isinstance(node, ast.Lambda):
        code = _compiled(ast.Expression(node), "eval")
    else:
        bare = ast.copy_location(
            type(node)(**{**dict(ast.iter_fields(node)), "decorator_list": []}), node
        )
        module = ast.Module([bare], [])  # type: ignore[list-item]  # a statement
        code = _compiled(module, "exec")
    return tuple(item for item in code.co_consts if isinstance(item, CodeType))


@lru_cache(maxsize=1024)
def _whole(tree: ast.Module) -> CodeType:
    return _compiled(tree, "exec")


def _compiled(tree: ast.Module | ast.Expression, mode: str) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code: CodeType = compile(tree, "<cell>", mode, flags, dont_inherit=True)
    return code


def _nested(code: CodeType, name: str) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_name == name:
                yield constant
            yield from _nested(constant, name)
