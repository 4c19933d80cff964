"""Project modules are frozen: what is edited later does not change a run."""

from __future__ import annotations

import importlib
import py_compile
import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.model.experiment import Variant
from jupyter_labbook.snapshot.modules import freeze, project_root

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Workbench

ONE = Variant({}, 0)


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / (name.replace("__in__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def frozen_files(bench: Workbench, *modules: str) -> set[str]:
    return set(freeze(set(modules), bench.folder).files)


def test_an_edit_after_submission_does_not_change_the_run(bench: Workbench) -> None:
    write(bench.folder, mymodel="WIDTH = 1\ndef build():\n    return WIDTH")
    bench.execute("import mymodel\ndef f():\n    return mymodel.build()")
    snapshot = bench.take("print(f())")
    write(bench.folder, mymodel="def build():\n    return 'edited'")
    bench.execute("def f():\n    return 'edited too'")

    assert bench.run(snapshot.render(ONE, "t")) == "1\n"
    assert (bench.labbook / "code" / snapshot.code / "mymodel.py").exists()
    assert "frozen  mymodel 39 B" in snapshot.report.text()


def test_modules_are_reached_through_each_other_and_inside_functions(
    bench: Workbench,
) -> None:
    write(
        bench.folder,
        a="def f():\n    import b\n    return b.f()",
        b="from importlib import import_module\nc = import_module('c')\nf = c.f",
        c="from pkg.sub import f",
        unused="",
    )
    write(bench.folder / "pkg", __init__="", sub="from . import other\nf = other.f")
    write(bench.folder / "pkg", other="from .deep.leaf import f", lazily="")
    write(bench.folder / "pkg" / "deep", __init__="", leaf="def f():\n    return 5")

    snapshot = bench.take("import a\nprint(a.f())")

    stored = bench.labbook / "code" / snapshot.code
    names = {path.relative_to(stored).as_posix() for path in stored.rglob("*.py")}
    assert names == {
        "a.py",
        "b.py",
        "c.py",
        "pkg/__init__.py",
        "pkg/sub.py",
        "pkg/other.py",
        "pkg/lazily.py",
        "pkg/deep/__init__.py",
        "pkg/deep/leaf.py",
    }
    assert bench.run(snapshot.render(ONE, "t")) == "5\n"


def test_a_package_below_src_is_stored_as_it_is_imported(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(bench.folder / "src" / "thing", __init__="from thing.part import X")
    write(bench.folder / "src" / "thing", part="X = 3")
    monkeypatch.syspath_prepend(str(bench.folder / "src"))
    bench.execute("from thing import X as y")

    snapshot = bench.take("import thing\nprint(thing.X)")

    assert frozen_files(bench, "thing") == {"thing/__init__.py", "thing/part.py"}
    assert bench.run(snapshot.render(ONE, "t")) == "3\n"


def test_parts_of_a_namespace_package_are_taken_one_by_one(bench: Workbench) -> None:
    write(bench.folder / "space", one="", two="")

    assert frozen_files(bench, "space.one") == {"space/one.py"}


def test_a_pickled_value_brings_the_module_of_its_class(bench: Workbench) -> None:
    write(bench.folder, shapes="class Box:\n    size = 4")
    bench.execute("from shapes import Box\nbox = Box()")

    snapshot = bench.take("print(box.size)")
    write(bench.folder, shapes="class Box:\n    size = 5")

    assert bench.run(snapshot.render(ONE, "t")) == "4\n"


def test_installed_packages_and_the_library_stay_where_they_are(
    bench: Workbench,
) -> None:
    site = bench.folder / ".venv" / "lib" / "site-packages"
    write(site, installed="")
    sys.path.insert(0, str(site))
    try:
        assert not frozen_files(
            bench, "installed", "json", "numpy.linalg", "jupyter_labbook", "no_such"
        )
    finally:
        sys.path.remove(str(site))


def test_a_module_of_the_project_may_hide_one_of_the_library(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(bench.folder, colorsys="X = 1")
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    importlib.import_module("colorsys")

    assert frozen_files(bench, "colorsys") == {"colorsys.py"}
    del sys.modules["colorsys"]


def test_a_module_outside_the_project_is_read_where_it_is_and_said(
    bench: Workbench, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shared = tmp_path_factory.mktemp("shared")
    write(shared, shared_lib="X = 6")
    sys.path.append(str(shared))
    try:
        snapshot = bench.take("import shared_lib\nprint(shared_lib.X)")
    finally:
        sys.path.remove(str(shared))

    assert bench.run(snapshot.render(ONE, "t")) == "6\n"
    assert "shared_lib lies outside the project" in snapshot.report.text()
    assert snapshot.code == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f():\n    return 1", "def f():\n    return 2"),
        ("class A:\n    def m(self):\n        return 1", "class A: pass\nX = 1"),
        ("X = 1", "X = 2"),
        ("X = 1", "X = 1\ndef f(): pass"),
        ("def f(): pass", "X = 1"),
        ("X = 1", "X = = 1"),
    ],
)
def test_a_module_that_was_edited_since_its_import_is_named(
    before: str, after: str, bench: Workbench
) -> None:
    write(bench.folder, edited=before)
    bench.execute("import edited")
    assert freeze({"edited"}, bench.folder).edited == []

    write(bench.folder, edited=after)

    assert freeze({"edited"}, bench.folder).edited == ["edited"]
    assert (
        "edited was edited (or changed by a cell)" in bench.take("edited").report.text()
    )


def test_an_edit_is_seen_though_another_process_compiled_it(bench: Workbench) -> None:
    write(bench.folder, edited="import math\ndef f():\n    return math.sin(1)")
    bench.execute("import edited")
    write(bench.folder, edited="import math\ndef f():\n    return math.cos(1)")
    py_compile.compile(str(bench.folder / "edited.py"))

    assert freeze({"edited"}, bench.folder).edited == ["edited"]


def test_an_edit_is_seen_by_the_compiled_file(bench: Workbench) -> None:
    write(bench.folder, edited="X = [1]")
    py_compile.compile(str(bench.folder / "edited.py"))
    bench.execute("import edited")
    assert freeze({"edited"}, bench.folder).edited == []

    write(bench.folder, edited="X = [1, 2]")

    assert freeze({"edited"}, bench.folder).edited == ["edited"]


def test_a_value_that_a_cell_set_in_a_module_is_named(bench: Workbench) -> None:
    write(bench.folder, settings="RATE = 0.1\nSEEN = []\nN = 1\nN += 1")
    bench.execute("import settings\nsettings.SEEN.append(1)\nsettings.N = 9")
    assert freeze({"settings"}, bench.folder).edited == []

    bench.execute("settings.RATE = 0.5")

    assert freeze({"settings"}, bench.folder).edited == ["settings"]


def test_the_same_modules_are_stored_once(bench: Workbench) -> None:
    write(bench.folder, mymodel="X = 1")

    first = bench.take("import mymodel").code
    again = bench.take("import mymodel\nprint(mymodel.X)").code
    write(bench.folder, mymodel="X = 2")
    edited = bench.take("import mymodel").code

    assert first == again != edited
    assert {p.name for p in (bench.labbook / "code").iterdir()} == {first, edited}


@pytest.mark.parametrize("marker", ["pyproject.toml", ".git", "setup.py"])
def test_the_project_is_the_nearest_folder_with_a_marker(
    marker: str, tmp_path: Path
) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "a" / marker).touch()

    assert project_root(deep) == tmp_path / "a"


def test_without_a_marker_the_project_is_the_folder(tmp_path: Path) -> None:
    # Folders above the temporary one may be a project themselves.
    found = project_root(tmp_path)

    assert tmp_path.is_relative_to(found)
