"""One thing that a script takes along, and the order in which they stand."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from jupyter_labbook.snapshot import text
from jupyter_labbook.snapshot.names import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable

BEFORE_CELLS = (-1, 0)


class ItemKind(StrEnum):
    """How something comes along."""

    IMPORT = "import"
    SOURCE = "source"
    LITERAL = "literal"
    VALUE = "value"
    MODULE = "module"


@dataclass(slots=True, kw_only=True)
class Item:
    """One thing that a script takes along."""

    name: str
    kind: ItemKind
    text: str = ""
    """Lines of the script; empty for a value until it is stored."""
    position: tuple[int, int] = BEFORE_CELLS
    """Cell and line it comes from."""
    hard: set[str] = field(default_factory=set)
    """Names that must exist before it."""
    soft: set[str] = field(default_factory=set)
    """Names that its functions read when they are called."""
    optional: set[str] = field(default_factory=set)
    """Those of the names that need not exist."""
    globals: set[str] = field(default_factory=set)
    """Names that its functions bind by ``global``."""
    before: str = ""
    """Name of an item that must come after it."""
    value: object = None
    members: dict[int, object] = field(default_factory=dict)
    """Objects in the value that can change, by id."""
    modules: set[str] = field(default_factory=set)
    """Modules that loading the value imports."""
    size: int = 0
    note: str = ""
    extras: list[Item] = field(default_factory=list)
    """What must follow it, such as the default values of a function."""
    targets: list[str] = field(default_factory=list)
    """What the line that loads the value assigns; empty if another item's does."""

    def __post_init__(self) -> None:
        self.targets = self.targets or [self.name]


def source_item(
    name: str, source: str, position: tuple[int, int], *, lazy_annotations: bool
) -> Item:
    """Take a piece of source along, with the names that it needs."""
    future = "from __future__ import annotations\n" if lazy_annotations else ""
    names = names_of(
        future + source, text.parse(source), lazy_annotations=lazy_annotations
    )
    own = names.binds.keys()
    return Item(
        name=name,
        kind=ItemKind.SOURCE,
        text=source,
        position=position,
        hard={r.name for r in names.reads if not r.deferred} - own,
        soft={r.name for r in names.reads if r.deferred} - own,
        optional={r.name for r in names.reads if r.optional},
        globals=names.globals,
        size=len(source.encode("utf-8", "surrogatepass")),
    )


def in_order(items: Iterable[Item]) -> list[Item]:
    """Sort so that everything stands after what it needs at once.

    Otherwise values come first, and sources keep the order of their cells.
    """
    by_name = {item.name: item for item in items}
    needs = {
        name: item.hard & by_name.keys() - {name} for name, item in by_name.items()
    }
    for name, item in by_name.items():
        if item.before in needs:
            needs[item.before] = needs[item.before] | {name}
    ready = [(i.position, n) for n, i in by_name.items() if not needs[n]]
    heapq.heapify(ready)
    done: dict[str, Item] = {}
    while len(done) < len(by_name):
        if not ready:
            # Things that need each other at once: the order of their cells.
            left = [(i.position, n) for n, i in by_name.items() if n not in done]
            ready = [min(left)]
        _, name = heapq.heappop(ready)
        if name in done:
            continue
        done[name] = by_name[name]
        for other, missing in needs.items():
            if name in missing:
                missing.discard(name)
                if not missing:
                    heapq.heappush(ready, (by_name[other].position, other))
    return list(done.values())
