"""Loading carried values in a run."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from jupyter_labbook.runtime.inputs import load, named
from jupyter_labbook.storage.contents import ContentStore

if TYPE_CHECKING:
    from pathlib import Path


def test_pickles_come_back(tmp_path: Path) -> None:
    name = ContentStore(tmp_path).put_pickle({"a": [1, 2]})

    assert load(tmp_path, name) == {"a": [1, 2]}


def test_a_pickle_of_other_content_is_not_loaded(tmp_path: Path) -> None:
    name = ContentStore(tmp_path).put_pickle({"a": [1, 2]})
    path = tmp_path / "inputs" / name
    path.write_bytes(b"cos\nsystem\n(S'touch owned'\ntR.")

    with pytest.raises(RuntimeError, match="submit the experiment again"):
        load(tmp_path, name)


def test_large_arrays_are_mapped_and_small_ones_read(tmp_path: Path) -> None:
    store = ContentStore(tmp_path)

    large = load(tmp_path, store.put_array(np.ones(200_000)))
    small = load(tmp_path, store.put_array(np.ones(20)))

    assert isinstance(large.base, np.memmap)
    assert small.base is None or not isinstance(small.base, np.memmap)


def test_named_finds_what_the_script_defines(monkeypatch: pytest.MonkeyPatch) -> None:
    main = ModuleType("__main__")
    main.Outer = SimpleNamespace(Inner=5)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "__main__", main)

    assert named("Outer.Inner") == 5
    with pytest.raises(KeyError):
        named("Other")
