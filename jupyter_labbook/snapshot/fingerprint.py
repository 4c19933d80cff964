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


def same_function(live: FunctionType, node: ast.AST) -> bool:
    """Whether a function's code is what a ``def`` or lambda compiles to."""
    wanted = fingerprint(live.__code__)
    return any(fingerprint(code) == wanted for code in _codes(node))


def same_class(live: type, node: ast.ClassDef) -> bool:
    """Whether the methods of a class are those that its statement defines.

    Only plain functions are looked at; one set from outside makes a difference.
    """
    written = {
        part.name: part
        for part in node.body
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    codes: dict[str, list[Hashable]] = {}
    for code in _codes(node):
        for inner in _nested(code):
            codes.setdefault(inner.co_name, []).append(fingerprint(inner))
    for name, part in written.items():
        method = vars(live).get(name)
        if part.decorator_list or not isinstance(method, FunctionType):
            continue
        if fingerprint(method.__code__) not in codes.get(name, ()):
            return False
    return True


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


@lru_cache(maxsize=4096)
def _codes(node: ast.AST) -> tuple[CodeType, ...]:
    """Compile a definition alone and give the code of what it defines."""
    if isinstance(node, ast.Lambda):
        module: ast.Module | ast.Expression = ast.Expression(node)
    else:
        bare = ast.copy_location(
            type(node)(**{**dict(ast.iter_fields(node)), "decorator_list": []}), node
        )
        module = ast.Module([bare], [])  # type: ignore[list-item]  # a statement
    mode = "eval" if isinstance(node, ast.Lambda) else "exec"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = compile(module, "<cell>", mode, dont_inherit=True)
    return tuple(item for item in code.co_consts if isinstance(item, CodeType))


def _nested(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _nested(constant)
