"""Storing the values of a snapshot by content."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from jupyter_labbook.snapshot.items import Item, ItemKind
from jupyter_labbook.snapshot.values import Reader, as_array

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import Any

    from jupyter_labbook.storage.contents import Sink


class Store(Protocol):
    """Where contents are put; see `jupyter_labbook.storage.contents`."""

    @property
    def labbook(self) -> Path:
        """The labbook's folder."""
        ...

    def put_array(self, array: Any) -> str:  # noqa: ANN401  # an ndarray
        """Store an array; return its file's name."""
        ...

    def put(self, suffix: str, fill: Callable[[Sink], object]) -> str:
        """Store what a function writes; return its file's name."""
        ...

    def put_modules(self, files: dict[str, bytes]) -> str:
        """Store project modules; return their folder's name."""
        ...


def join_shared(items: dict[str, Item], reader: Reader) -> None:
    """Keep together what is one object in the notebook.

    Pickled apart, an optimizer would train a copy of its model. Values that share
    something that can change are pickled as one; arrays that are carried on their
    own are referred to by name.
    """
    _name_arrays(items, reader)
    groups: dict[str, list[Item]] = {}
    owner: dict[int, str] = {}
    for item in list(items.values()):
        shared = {
            owner[key]
            for key in _members(item)
            if key in owner and key not in reader.arrays
        }
        group = [item, *(part for name in shared for part in groups.pop(name))]
        for part in group:
            owner.update(dict.fromkeys(_members(part), item.name))
        groups[item.name] = group
    for group in groups.values():
        if len(group) > 1:
            _join(sorted(group, key=lambda item: item.name))


def store_values(items: Iterable[Item], store: Store, reader: Reader) -> dict[str, str]:
    """Store every value and spell the line that loads it.

    Returns
    -------
    dict
        Name in the script to file below ``inputs/``.
    """
    inputs: dict[str, str] = {}
    for item in items:
        if item.kind is not ItemKind.VALUE or not item.targets:
            continue
        value = item.value
        array = as_array(value)
        if array is not None:
            file = store.put_array(array)
        else:
            file = store.put(".pkl", partial(reader.write, value))
        item.text = f'{", ".join(item.targets)} = _load(_labbook, "{file}")'
        inputs.update(dict.fromkeys(item.targets, file))
    return inputs


def _name_arrays(items: dict[str, Item], reader: Reader) -> None:
    for item in items.values():
        if item.kind is not ItemKind.VALUE or as_array(item.value) is None:
            continue
        first = reader.arrays.setdefault(id(item.value), item.name)
        if first != item.name:
            item.kind, item.size = ItemKind.LITERAL, 0
            item.text, item.hard = f"{item.name} = {first}", {first}
    for item in items.values():
        if item.kind is ItemKind.VALUE:
            held = item.members.keys() & reader.arrays.keys()
            item.hard |= {reader.arrays[key] for key in held} - {item.name}


def _members(item: Item) -> set[int]:
    if item.kind is ItemKind.LITERAL:
        return set(_containers(item.value))
    return set(item.members)


def _containers(value: object) -> Iterable[int]:
    """Ids of the lists and dicts in a plain value."""
    if isinstance(value, (list, dict)):
        yield id(value)
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _containers(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _containers(item)


def _join(group: list[Item]) -> None:
    """Let the first of a group stand for all."""
    first, *others = group
    names = {item.name for item in group}
    first.targets = [item.name for item in group]
    first.value = tuple(item.value for item in group)
    first.size = sum(item.size for item in group)
    first.hard = set().union(*(item.hard for item in group)) - names
    first.modules = set().union(*(item.modules for item in group))
    first.kind, first.text = ItemKind.VALUE, ""
    for item in others:
        item.kind, item.text = ItemKind.VALUE, ""
        item.targets, item.size, item.hard = [], 0, {first.name}
        item.note = f"with {first.name}, of which it holds a part"
