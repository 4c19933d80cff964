"""Which names a piece of code needs from outside, and when it reads them.

The order of statements matters: a name that the code binds before it reads it is
its own. Scopes inside functions are left to `symtable`; only the statements of a
module or class body are walked here.

Names that code spells at run time (``globals()["x"]``, ``eval("x")``) cannot be
seen.
"""

from __future__ import annotations

import ast
import symtable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

NOTHING: frozenset[str] = frozenset()

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True, slots=True)
class Read:
    """One name that is read, and the names surely bound before that."""

    name: str
    line: int
    bound: frozenset[str] = NOTHING
    deferred: bool = False
    """Read only when a function is called that the code defines."""
    optional: bool = False
    """Nothing is amiss if the name does not exist (annotations kept as text)."""


@dataclass(slots=True)
class Names:
    """What a piece of code reads and binds."""

    reads: list[Read] = field(default_factory=list)
    binds: dict[str, int] = field(default_factory=dict)
    """Name bound at the top level to the line that binds it first."""
    globals: set[str] = field(default_factory=set)
    """Names that functions in it bind by ``global``."""
    stars: list[ast.ImportFrom] = field(default_factory=list)

    @property
    def all_binds(self) -> set[str]:
        """Every global name that the code may bind."""
        return self.globals | self.binds.keys()


def names_of(source: str, tree: ast.Module, *, lazy_annotations: bool = False) -> Names:
    """Find what a module-level piece of code reads and binds.

    Parameters
    ----------
    source
        Python; top-level ``await`` is fine.
    tree
        The same, parsed.
    lazy_annotations
        Whether ``from __future__ import annotations`` holds for it.
    """
    scopes = _Scopes(symtable.symtable(source, "<cell>", "exec"))
    walk = _Walk(scopes, lazy_annotations=lazy_annotations)
    walk.finish(walk.block(tree.body, NOTHING))
    return walk.names


def bound_by(alias: ast.alias) -> str:
    """Name that an import binds."""
    return alias.asname or alias.name.partition(".")[0]


class _Scopes:
    """Global names that each function, lambda or comprehension reads.

    Blocks are found by name and line; two of one name on a line are taken
    together, which at worst carries a name too many.
    """

    def __init__(self, table: symtable.SymbolTable) -> None:
        self._reads: dict[tuple[str, int], set[str]] = {}
        self.globals: set[str] = set()
        for child in table.get_children():
            self._add(child)

    def of(self, name: str, line: int) -> set[str]:
        return self._reads.get((name, line), set())

    def _add(self, table: symtable.SymbolTable) -> set[str]:
        reads: set[str] = set()
        for symbol in table.get_symbols():
            if symbol.is_declared_global() and symbol.is_assigned():
                self.globals.add(symbol.get_name())
                # `count += 1` reads what it assigns; symtable does not say so.
                reads.add(symbol.get_name())
            elif symbol.is_referenced() and symbol.is_global():
                reads.add(symbol.get_name())
        for child in table.get_children():
            reads |= self._add(child)
        place = (table.get_name(), table.get_lineno())
        self._reads.setdefault(place, set()).update(reads)
        return reads


class _Walk:
    """Walks statements in order, with the set of names bound so far."""

    def __init__(self, scopes: _Scopes, *, lazy_annotations: bool) -> None:
        self.names = Names(globals=scopes.globals)
        self._scopes = scopes
        self._lazy = lazy_annotations
        self._in_class = 0
        self._waiting: dict[str, set[str]] = {}
        """Function or class defined here to what it reads when it is called."""
        self._steps: dict[type[ast.stmt], Callable[..., frozenset[str]]] = {
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Import: self._import,
            ast.ImportFrom: self._import,
            ast.If: self._if,
            ast.Match: self._match,
            ast.For: self._loop,
            ast.AsyncFor: self._loop,
            ast.While: self._loop,
            ast.Try: self._try,
            ast.TryStar: self._try,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.AnnAssign: self._annotated,
        }

    def finish(self, bound: frozenset[str]) -> None:
        """Let the functions read that no statement mentioned."""
        for name in list(self._waiting):
            if name in self._waiting:
                self._mention(name, 0, bound)

    def block(self, body: list[ast.stmt], bound: frozenset[str]) -> frozenset[str]:
        for statement in body:
            bound = self._statement(statement, bound)
        return bound

    def _statement(self, node: ast.stmt, bound: frozenset[str]) -> frozenset[str]:
        step = self._steps.get(type(node), self._expression)
        return step(node, bound)

    def _expression(self, node: ast.AST, bound: frozenset[str]) -> frozenset[str]:
        """Read first, then bind: `x = x + 1` needs an x."""
        stored: list[ast.Name] = []
        self._visit(node, bound, stored)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            self._read(node.target.id, node.lineno, bound)
        return self._bind(bound, {name.id: name.lineno for name in stored})

    def _visit(
        self, node: ast.AST, bound: frozenset[str], stored: list[ast.Name] | None = None
    ) -> None:
        """Read the names in an expression; gather those that it surely binds."""
        match node:
            case ast.Name(ctx=ast.Store()):
                if stored is None:
                    self._note(node.id, node.lineno)
                else:
                    stored.append(node)
                return
            case ast.Name():
                # `del x` needs an x as well.
                self._read(node.id, node.lineno, bound)
                return
            case ast.Lambda():
                self._visit(node.args, bound)
                reads = self._scopes.of("lambda", node.lineno)
                self._read_all(reads, node, bound, deferred=True)
                return
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._comprehension(node, bound)
                return
            case ast.arg():
                self._annotation(node.annotation, bound)
                return
            case ast.BoolOp() | ast.IfExp():
                stored = None
            case _:
                pass
        for child in ast.iter_child_nodes(node):
            self._visit(child, bound, stored)

    def _comprehension(self, node: _Comprehension, bound: frozenset[str]) -> None:
        self._visit(node.generators[0].iter, bound)
        self._read_all(
            self._scopes.of(_SCOPE_NAMES[type(node)], node.lineno), node, bound
        )
        for inner in ast.walk(node):
            if isinstance(inner, ast.NamedExpr):
                self._note(inner.target.id, inner.lineno)

    def _annotated(self, node: ast.AnnAssign, bound: frozenset[str]) -> frozenset[str]:
        self._annotation(node.annotation, bound)
        if node.value is None:
            return bound
        self._visit(node.value, bound)
        return self._expression(node.target, bound)

    def _annotation(self, node: ast.expr | None, bound: frozenset[str]) -> None:
        if node is None:
            return
        if not self._lazy:
            self._visit(node, bound)
            return
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and inner.id not in bound:
                self.names.reads.append(
                    Read(inner.id, inner.lineno, bound, deferred=True, optional=True)
                )

    def _function(self, node: _Function, bound: frozenset[str]) -> frozenset[str]:
        for decorator in node.decorator_list:
            self._visit(decorator, bound)
        inside = bound | _type_parameters(node)
        self._visit(node.args, inside)
        self._annotation(node.returns, inside)
        reads = self._scopes.of(node.name, node.lineno)
        return self._defined(node, reads, bound)

    def _class(self, node: ast.ClassDef, bound: frozenset[str]) -> frozenset[str]:
        for decorator in node.decorator_list:
            self._visit(decorator, bound)
        inside = bound | _type_parameters(node)
        for part in (*node.bases, *node.keywords):
            self._visit(part, inside)
        self._in_class += 1
        self.block(node.body, inside)
        self._in_class -= 1
        methods: set[str] = set()
        for inner in ast.walk(node):
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                methods |= self._scopes.of(inner.name, inner.lineno)
        return self._defined(node, methods, bound)

    def _defined(
        self, node: _Function | ast.ClassDef, reads: set[str], bound: frozenset[str]
    ) -> frozenset[str]:
        bound = self._bind(bound, {node.name: node.lineno})
        if not self._in_class:
            self._waiting[node.name] = reads
            if node.decorator_list:
                # A decorator may call it right away.
                self._mention(node.name, node.lineno, bound)
        return bound

    def _import(
        self, node: ast.Import | ast.ImportFrom, bound: frozenset[str]
    ) -> frozenset[str]:
        if node.names[0].name == "*" and isinstance(node, ast.ImportFrom):
            self.names.stars.append(node)
            return bound
        return self._bind(bound, {bound_by(alias): node.lineno for alias in node.names})

    def _if(self, node: ast.If, bound: frozenset[str]) -> frozenset[str]:
        bound = self._expression(node.test, bound)
        return self._meet([(node.body, bound), (node.orelse, bound)])

    def _with(
        self, node: ast.With | ast.AsyncWith, bound: frozenset[str]
    ) -> frozenset[str]:
        for item in node.items:
            bound = self._expression(item, bound)
        return self.block(node.body, bound)

    def _match(self, node: ast.Match, bound: frozenset[str]) -> frozenset[str]:
        bound = self._expression(node.subject, bound)
        ends: list[tuple[list[ast.stmt], frozenset[str]]] = []
        for case in node.cases:
            captured = _captures(case)
            inside = self._bind(bound, dict.fromkeys(captured, case.pattern.lineno))
            self._visit(case.pattern, bound)
            if case.guard is not None:
                self._visit(case.guard, inside)
            ends.append((case.body, inside))
        last = node.cases[-1]
        total = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        if not total or last.guard is not None:
            ends.append(([], bound))
        return self._meet(ends)

    def _loop(
        self, node: ast.For | ast.AsyncFor | ast.While, bound: frozenset[str]
    ) -> frozenset[str]:
        # A loop is taken to execute at least once: what it binds is its own.
        if isinstance(node, ast.While):
            bound = self._expression(node.test, bound)
        else:
            bound = self._expression(node.iter, bound)
            bound = self._expression(node.target, bound)
        bound = self.block(node.body, bound)
        self.block(node.orelse, bound)
        return bound

    def _try(
        self, node: ast.Try | ast.TryStar, bound: frozenset[str]
    ) -> frozenset[str]:
        ends = [([*node.body, *node.orelse], bound)]
        for handler in node.handlers:
            if handler.type is not None:
                self._visit(handler.type, bound)
            inside = bound
            if handler.name is not None:
                inside = self._bind(bound, {handler.name: handler.lineno})
            ends.append((handler.body, inside))
        return self.block(node.finalbody, self._meet(ends))

    def _meet(
        self, branches: list[tuple[list[ast.stmt], frozenset[str]]]
    ) -> frozenset[str]:
        """Walk every branch; what all of them bind that go on below is bound."""
        ends = [(body, self.block(body, bound)) for body, bound in branches]
        open_ends = [
            bound for body, bound in ends if not (body and isinstance(body[-1], _LEAVE))
        ]
        return frozenset.intersection(*(open_ends or [bound for _, bound in ends]))

    def _read_all(
        self,
        names: set[str],
        node: ast.expr,
        bound: frozenset[str],
        *,
        deferred: bool = False,
    ) -> None:
        for name in sorted(names):
            self._read(name, node.lineno, bound, deferred=deferred)

    def _read(
        self, name: str, line: int, bound: frozenset[str], *, deferred: bool = False
    ) -> None:
        if name not in bound:
            self.names.reads.append(Read(name, line, bound, deferred))
        if name in self._waiting:
            self._mention(name, line, bound)

    def _mention(self, name: str, line: int, bound: frozenset[str]) -> None:
        """Let a function read what it needs, since it may be called from here on."""
        for inner in sorted(self._waiting.pop(name)):
            if inner not in bound:
                self.names.reads.append(Read(inner, line, bound, deferred=True))
            if inner in self._waiting:
                self._mention(inner, line, bound)

    def _bind(self, bound: frozenset[str], names: dict[str, int]) -> frozenset[str]:
        for name, line in names.items():
            self._note(name, line)
        return bound.union(names)

    def _note(self, name: str, line: int) -> None:
        if not self._in_class:
            self.names.binds.setdefault(name, line)


_LEAVE = ast.Raise | ast.Continue | ast.Break | ast.Return
_SCOPE_NAMES = {
    ast.ListComp: "listcomp",
    ast.SetComp: "setcomp",
    ast.DictComp: "dictcomp",
    ast.GeneratorExp: "genexpr",
}


def _type_parameters(node: _Function | ast.ClassDef) -> frozenset[str]:
    # Python 3.12 and newer: `def first[T](items: list[T])`.
    return frozenset(item.name for item in getattr(node, "type_params", ()))


def _captures(case: ast.match_case) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(case.pattern):
        match node:
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                names.add(name)
            case ast.MatchMapping(rest=str(name)):
                names.add(name)
            case _:
                pass
    return names
