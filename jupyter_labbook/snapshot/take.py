"""Taking a snapshot: from a cell and its notebook to scripts that stand alone."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from jupyter_labbook.errors import InvalidInputError, TransferError
from jupyter_labbook.snapshot import script, text
from jupyter_labbook.snapshot.body import Body, in_script, prepare
from jupyter_labbook.snapshot.carry import Store, join_shared, store_values
from jupyter_labbook.snapshot.items import Item, ItemKind, in_order
from jupyter_labbook.snapshot.modules import Frozen, freeze, imported_modules
from jupyter_labbook.snapshot.notebook import Limits, Notebook
from jupyter_labbook.snapshot.report import Row, TransferReport, size_text
from jupyter_labbook.snapshot.resolve import DISPLAY, Request, Resolved, resolve
from jupyter_labbook.snapshot.sources import Cells

if TYPE_CHECKING:
    from jupyter_labbook.model.experiment import Header, Variant
    from jupyter_labbook.snapshot.header import ParsedCell

_SHOWN = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A cell and everything it needs, as they were at one moment."""

    code: str
    """Folder below ``code/`` with the frozen modules, or empty."""
    inputs: dict[str, str]
    """Name in the script to file below ``inputs/``."""
    report: TransferReport
    modules: tuple[str, ...]
    """Installed packages that the script imports, by top-level module."""
    sets_seed: bool
    """Whether scripts assign ``seed``."""
    about: tuple[str, ...]
    head: str
    tail: str

    def render(self, variant: Variant, title: str) -> str:
        """Spell the script of one run.

        Parameters
        ----------
        variant
            Its parameters and seed.
        title
            First line of its docstring.
        """
        values = dict(variant.parameters)
        if self.sets_seed:
            values["seed"] = variant.seed
        parts = (
            script.docstring(title, *self.about),
            self.head,
            script.parameters(values),
            self.tail,
        )
        return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def take(
    cell: ParsedCell, notebook: Notebook, store: Store, limits: Limits | None = None
) -> Snapshot:
    """Take a snapshot of a cell; values and modules are stored.

    Parameters
    ----------
    cell
        The cell, taken apart.
    notebook
        Where its names come from.
    store
        Where values and modules are put; a dry one writes nothing.
    limits
        How much may come along.

    Raises
    ------
    InvalidInputError
        The body is not Python, assigns a parameter or never reads one.
    TransferError
        Names or values cannot come along; all of them are named at once.
    StorageError
        The values could not be stored.
    """
    limits = limits or Limits()
    header = cell.header
    body = prepare(cell.body, notebook.transform)
    _check_assigned(body, header)
    request = Request(
        parameters=_declared(header),
        inputs=frozenset(header.inputs),
        no_inputs=frozenset(cell.options.no_inputs),
    )
    found = resolve(body.names, notebook, request, limits)
    _check_problems(found, request, limits)
    _check_used(found, header)
    join_shared(found.items, found.reader)
    items = in_order(found.items.values())
    inputs = store_values(items, store, found.reader)
    frozen, modules = _modules(body, items, notebook)
    plan = _plan(body, items, notebook, store, frozen)
    head, tail = script.head(plan), script.tail(plan)
    _check_whole(f"{head}\n{tail}")
    return Snapshot(
        code=plan.code,
        inputs=inputs,
        report=_report(items, found, frozen, request),
        modules=modules,
        sets_seed=bool(header.seeds) or "seed" in found.free,
        about=_about(header),
        head=head,
        tail=tail,
    )


def _declared(header: Header) -> frozenset[str]:
    seed = {"seed"} if header.seeds else set()
    return frozenset({*header.params, *header.sweep, *seed})


def _check_assigned(body: Body, header: Header) -> None:
    for name in sorted(_declared(header) & body.names.binds.keys()):
        raise InvalidInputError(
            f"The cell's line {body.names.binds[name] + 1} assigns `{name}`, which the "
            f"header sets: take it out of the header, or use another name"
        )


def _check_used(found: Resolved, header: Header) -> None:
    unused = sorted(_declared(header) - found.used)
    if "seed" in unused:
        raise InvalidInputError(
            "`seeds` is given, but nothing in the cell reads `seed`: pass it on, such "
            "as random_state=seed, or take `seeds` out"
        )
    if unused:
        names = " and ".join(f"`{name}`" for name in unused)
        raise InvalidInputError(
            f"The header sets {names}, which nothing in the cell reads: use it, or "
            "take it out of the header"
        )


def _check_problems(found: Resolved, request: Request, limits: Limits) -> None:
    problems = list(found.problems.values())
    values = [i for i in found.items.values() if i.name not in request.inputs]
    total = sum(item.size for item in values if item.kind is ItemKind.VALUE)
    if total > limits.total:
        largest = max(values, key=lambda item: item.size)
        problems.append(
            f"All values together have {size_text(total)}, more than the limit of "
            f"{size_text(limits.total)}: load the largest, `{largest.name}`, in the "
            "cell"
        )
    if len(problems) == 1:
        raise TransferError(problems[0])
    if problems:
        lines = "".join(f"\n  - {problem}" for problem in problems)
        raise TransferError(f"{len(problems)} names stand in the way:{lines}")


def _check_whole(source: str) -> None:
    try:
        text.check(source)
    except SyntaxError as error:
        raise TransferError(
            f"The cell and what it needs make no script ({error.msg}: "
            f"{(error.text or '').strip()}): write that line in another way"
        ) from None


def _modules(
    body: Body, items: list[Item], notebook: Notebook
) -> tuple[Frozen, tuple[str, ...]]:
    """Freeze the project's modules; name the installed ones."""
    reached = set(imported_modules(body.tree))
    for item in items:
        reached |= item.modules
        if item.text:
            reached.update(imported_modules(text.parse(item.text)))
    frozen = freeze(reached, notebook.project_root)
    tops = {name.partition(".")[0] for name in reached}
    own = {"", "__main__", "jupyter_labbook", *frozen.modules}
    return frozen, tuple(sorted(tops - own - sys.stdlib_module_names))


def _plan(
    body: Body, items: list[Item], notebook: Notebook, store: Store, frozen: Frozen
) -> script.Plan:
    bound = body.names.all_binds | {item.name for item in items}
    by_us = any(i.name == "display" and i.text == DISPLAY for i in items)
    display = "display" if by_us or "display" not in bound else "_display"
    imports = ["import asyncio"] if body.is_async else []
    if body.shows_last and not by_us:
        rename = "" if display == "display" else f" as {display}"
        imports.append(DISPLAY + rename)
    lines = [line for item in items for line in item.text.split("\n")]
    imports += _submodules(items, [*lines, body.python], notebook)
    lazy = (
        body.lazy_annotations
        or Cells(notebook.cells, notebook.transform).lazy_annotations
    )
    reads = {read.name for read in body.names.reads}
    reads.update(*(item.soft | item.hard for item in items))
    return script.Plan(
        items=items,
        body=in_script(body, display),
        code=store.put_modules(frozen.files) if frozen.files else "",
        cwd=script.relative_folder(notebook.cwd, store.labbook),
        paths=sorted(set(frozen.outside.values())),
        imports=imports,
        lazy_annotations=lazy,
        needs_ipython="get_ipython" in reads,
    )


def _submodules(items: list[Item], code: list[str], notebook: Notebook) -> list[str]:
    """Import submodules that are used by attribute since another cell loaded them."""
    cells = Cells(notebook.cells, notebook.transform)
    whole = "\n".join(code)
    lines: list[str] = []
    for item in items:
        value = notebook.namespace.get(item.name)
        if item.kind is not ItemKind.IMPORT or not isinstance(value, ModuleType):
            continue
        for attribute in sorted(set(re.findall(rf"\b{item.name}\.(\w+)", whole))):
            module = f"{value.__name__}.{attribute}"
            if module in sys.modules and cells.imports(module):
                lines.append(f"import {module}")
    return lines


def _about(header: Header) -> tuple[str, ...]:
    labelled = {
        "Why": header.why,
        "Hypothesis": header.hypothesis,
        "Prediction": "; ".join(header.predict),
    }
    return (
        header.question,
        "\n".join(f"{label}: {said}" for label, said in labelled.items() if said),
    )


def _report(
    items: list[Item], found: Resolved, frozen: Frozen, request: Request
) -> TransferReport:
    rows = [_row(item, request) for item in items]
    rows += [
        Row(name=name, kind=ItemKind.MODULE, size=size)
        for name, size in sorted(frozen.modules.items())
    ]
    warnings = [
        f"{name} was edited (or changed by a cell) since the notebook imported it: "
        "the run uses the file as it is now"
        for name in frozen.edited
    ]
    warnings += [
        f"{name} lies outside the project: it is not frozen, the run reads it in {path}"
        for name, path in sorted(frozen.outside.items())
    ]
    held = tuple(sorted(found.held.items()))
    return TransferReport(tuple(rows), held, tuple(warnings))


def _row(item: Item, request: Request) -> Row:
    note, shown = item.note, ""
    if item.name in request.parameters:
        note = "for definitions alone: they do not see the parameter"
    if item.kind is ItemKind.LITERAL:
        one_line = " ".join(item.text.split())
        shown = one_line if len(one_line) <= _SHOWN else one_line[:_SHOWN] + "..."
    if item.kind is ItemKind.IMPORT:
        first = item.text.split("\n", 1)[0]
        shown = re.sub(r"^from (\S+) import ", r"\1.", first).removeprefix("import ")
    return Row(name=item.name, kind=item.kind, size=item.size, note=note, shown=shown)
