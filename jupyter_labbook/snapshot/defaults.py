"""Default values of functions, which were computed when a cell ran.

``def f(x, rate=RATE)`` keeps the RATE of that moment, and a list as default keeps
what calls have put into it. Both come along as they are now.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from jupyter_labbook.snapshot.items import Item, ItemKind
from jupyter_labbook.snapshot.values import literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FunctionType

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_UNKNOWN = object()


def changed_defaults(
    name: str, live: FunctionType, node: ast.AST, namespace: Mapping[str, object]
) -> list[Item]:
    """Spell the default values that the source alone would not give again.

    Parameters
    ----------
    name
        Name of the function in the script.
    live
        The function.
    node
        The ``def`` or lambda that defines it.
    namespace
        The notebook's, in which the source would be executed again.
    """
    if not isinstance(node, _Function):
        return []
    keyword = {
        argument.arg: default
        for argument, default in zip(
            node.args.kwonlyargs, node.args.kw_defaults, strict=True
        )
        if default is not None
    }
    parts: list[tuple[str, list[ast.expr], list[object], object]] = [
        (
            "__defaults__",
            node.args.defaults,
            list(live.__defaults__ or ()),
            live.__defaults__,
        ),
        (
            "__kwdefaults__",
            list(keyword.values()),
            [(live.__kwdefaults__ or {}).get(key) for key in keyword],
            live.__kwdefaults__,
        ),
    ]
    return [
        _item(f"{name}.{attribute}", name, values)
        for attribute, written, now, values in parts
        if len(written) != len(now)
        or not all(
            _gives_again(expression, value, namespace)
            for expression, value in zip(written, now, strict=True)
        )
    ]


def defaults_read(node: ast.AST) -> set[str]:
    """Names that nothing but default values of a function read."""
    if not isinstance(node, _Function):
        return set()
    defaults = (*node.args.defaults, *node.args.kw_defaults)
    return {
        inner.id
        for default in defaults
        if default is not None
        for inner in ast.walk(default)
        if isinstance(inner, ast.Name)
    }


def _item(target: str, name: str, values: object) -> Item:
    spelled = literal(values)
    return Item(
        name=target,
        kind=ItemKind.LITERAL if spelled else ItemKind.VALUE,
        text=f"{target} = {spelled}" if spelled else "",
        hard={name},
        value=values,
        size=len(spelled or ""),
        note="default values as they are now",
    )


def _gives_again(
    expression: ast.expr, value: object, namespace: Mapping[str, object]
) -> bool:
    again = _evaluate(expression, namespace)
    if again is value:
        return True
    return type(again) is type(value) and literal(again) == literal(value) is not None


def _evaluate(expression: ast.expr, namespace: Mapping[str, object]) -> object:
    """Evaluate names, attributes and literals; nothing that could have an effect."""
    match expression:
        case ast.Name(id=name):
            return namespace.get(name, _UNKNOWN)
        case ast.Attribute(value=inner, attr=attribute):
            owner = _evaluate(inner, namespace)
            return getattr(owner, attribute, _UNKNOWN)
        case _:
            try:
                return ast.literal_eval(expression)
            except (ValueError, TypeError, SyntaxError):
                return _UNKNOWN
