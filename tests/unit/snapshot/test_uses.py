"""What frozen code carries a definition, by its tree and not by its text."""

from __future__ import annotations

import pytest

from jupyter_labbook.snapshot.uses import How, definitions, find_uses

DATA = b"def split_data(rows):\n    return rows[:9], rows[9:]\n"
OTHER = b"class Trainer:\n    def fit(self):\n        return 1\n"
MODULES = {
    "labkit/__init__.py": b"",
    "labkit/data.py": DATA,
    "labkit/train.py": OTHER,
    "labkit/steps/__init__.py": b"from ..data import split_data as cut\n",
}


def found(target: str, script: str, modules: dict | None = None) -> list[str]:
    uses = find_uses(target, script, MODULES if modules is None else modules)
    return [str(use) for use in uses.found]


@pytest.mark.parametrize(
    "script",
    [
        "from labkit.data import split_data\n",
        "from labkit.data import split_data as cut\n",
        "import labkit.data\nlabkit.data.split_data([])\n",
        "import labkit.data as d\nd.split_data([])\n",
        "from labkit import data\n",
        "from labkit.data import *\nsplit_data([])\n",
        "def later():\n    from labkit import data\n",
        "import importlib\nimportlib.import_module('labkit.data')\n",
        "import labkit.steps\n",
    ],
)
def test_a_module_that_the_script_leads_to_carries_what_it_defines(script: str) -> None:
    for target in ("split_data", "labkit.data.split_data", "data.split_data"):
        assert "labkit/data.py defines split_data" in found(target, script)
    assert "labkit/data.py is labkit.data" in found("labkit.data", script)


@pytest.mark.parametrize(
    "script",
    [
        "# split_data\n",
        "print('split_data')\n",
        '"""from labkit.data import split_data"""\n',
        "def f(split_data):\n    return split_data\n",
        "split_data = 3\n",
        "frame.split_data()\n",
        "import labkit.train\n",
    ],
)
def test_text_arguments_and_attributes_of_objects_are_no_use(script: str) -> None:
    assert found("split_data", script) == []


def test_what_was_frozen_and_is_not_reached_is_told_apart() -> None:
    uses = find_uses("split_data", "import labkit.train\n", MODULES)
    assert uses.found == ()
    assert "labkit/data.py defines split_data" in map(str, uses.beside)


@pytest.mark.parametrize("call", ["import_module(name)", "__import__(name)"])
def test_a_name_made_at_run_time_may_lead_anywhere(call: str) -> None:
    script = f"from importlib import import_module\nname = 'la' + 'bkit'\n{call}\n"
    assert "labkit/data.py defines split_data" in found("split_data", script)


def test_definitions_of_the_notebook_stand_in_the_script() -> None:
    script = "class Trainer:\n    def fit(self):\n        pass\n"
    assert found("Trainer", script, {}) == ["script.py defines Trainer"]
    assert found("Trainer.fit", script, {}) == ["script.py defines Trainer.fit"]
    assert found("fit", script, {}) == ["script.py defines Trainer.fit"]
    assert found("Other.fit", script, {}) == []
    assert found("cut", "cut = lambda rows: rows\n", {}) == ["script.py defines cut"]


@pytest.mark.parametrize(
    "around",
    [
        "if fast:\n    {}",
        "try:\n    {}\nexcept ImportError:\n    pass",
        "try:\n    pass\nexcept ImportError:\n    {}",
        "with x:\n    {}",
        "match x:\n    case 1:\n        {}",
        "for i in x:\n    pass\nelse:\n    {}",
        "async def outer():\n    {}",
    ],
)
def test_a_definition_is_found_wherever_it_stands(around: str) -> None:
    script = around.format("def cut(): return 1")
    [use] = find_uses("cut", script, {}).found
    assert use.how is How.DEFINES


def test_what_others_wrote_is_found_by_its_import() -> None:
    script = "import numpy as np\nfrom sklearn import model_selection as ms\n"
    script += "ms.train_test_split(np.arange(3))\n"
    full = "script.py imports sklearn.model_selection.train_test_split"
    assert found("train_test_split", script, {}) == [full]
    assert found("sklearn.model_selection.train_test_split", script, {}) == [full]
    assert found("sklearn", script, {}) == ["script.py imports sklearn.model_selection"]
    assert found("numpy", script, {}) == ["script.py imports numpy"]
    assert found("scipy", script, {}) == []
    assert found("other.train_test_split", script, {}) == []


def test_the_same_name_in_two_places_is_told_apart_by_its_module() -> None:
    modules = {"a.py": DATA, "b.py": DATA}
    script = "import a, b\n"
    both = ["a.py defines split_data", "b.py defines split_data"]
    assert found("split_data", script, modules) == both
    assert found("b.split_data", script, modules) == both[1:]


def test_code_that_is_not_python_is_named() -> None:
    uses = find_uses("split_data", "def (", {"a.py": b"\0", "b.py": DATA, "c.so": b""})
    assert set(uses.unreadable) == {"script.py", "a.py"}
    assert [str(use) for use in uses.found] == ["b.py defines split_data"]


def test_layout_and_comments_do_not_change_a_definition_and_code_does() -> None:
    was = definitions("split_data", DATA, "labkit/data.py")
    again = b"# new\ndef split_data( rows ):\n\n    return rows[:9], rows[9:] # so\n"
    assert definitions("split_data", again, "labkit/data.py") == was
    assert set(was) == {"labkit.data.split_data"}
    fixed = DATA.replace(b"9", b"8")
    assert definitions("split_data", fixed, "labkit/data.py") != was
    assert definitions("gone", DATA, "labkit/data.py") == {}
    assert definitions("split_data", b"def (", "labkit/data.py") == {}
