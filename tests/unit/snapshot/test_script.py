"""The scripts: parameters, layout, names that a run gives."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jupyter_labbook
from jupyter_labbook.model.experiment import Variant, variants
from jupyter_labbook.snapshot.header import parse
from jupyter_labbook.snapshot.resolve import IN_A_RUN
from jupyter_labbook.snapshot.script import docstring, relative_folder
from jupyter_labbook.snapshot.text import indent
from jupyter_labbook.snapshot.values import literal, spell

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Workbench


def test_runs_of_a_sweep_differ_in_their_parameters_alone(bench: Workbench) -> None:
    header = "#| sweep: {a: [1, 2], b: [x, y]}\n#| params: {c: .nan}\n#| seeds: 2\n"
    bench.execute("def f():\n    return a * 10 + seed")
    snapshot = bench.take("print(f(), b, c)", header)
    every = variants(parse("", f"#| why: w\n{header}").header)

    scripts = [snapshot.render(variant, "same") for variant in every]

    assert len(set(scripts)) == 8
    assert len({script.split("# --- Parameters")[0] for script in scripts}) == 1
    assert len({script.split("# --- The cell")[1] for script in scripts}) == 1
    printed = [bench.run(script, n) for n, script in enumerate(scripts[:3])]
    assert printed == ["10 x nan\n", "11 x nan\n", "10 y nan\n"]


def test_a_parameter_hides_the_value_of_the_notebook(bench: Workbench) -> None:
    bench.execute("rate = 0.1\ndef f():\n    return rate")

    snapshot = bench.take("print(f())", "#| params: {rate: 7}\n")

    assert "0.1" not in snapshot.head
    assert bench.run(snapshot.render(Variant({"rate": 7}, 0), "t")) == "7\n"


def test_definitions_see_the_value_of_the_notebook(bench: Workbench) -> None:
    bench.execute("rate = 0.1\nclass C:\n    own = rate")

    snapshot = bench.take("print(C.own, rate)", "#| params: {rate: 7}\n")

    assert bench.run(snapshot.render(Variant({"rate": 7}, 0), "t")) == "0.1 7\n"
    assert "they do not see the parameter" in snapshot.report.text()


@pytest.mark.parametrize(
    ("cells", "header", "line"),
    [
        ([], "", "seed = 0"),
        (["seed = 42"], "", "seed = 42"),
        (["seed = 42"], "#| seeds: [7]\n", "seed = 7"),
    ],
)
def test_seed_is_declared_or_the_notebooks_own_or_zero(
    cells: list[str], header: str, line: str, bench: Workbench
) -> None:
    bench.execute(*cells)
    variant = bench.first_variant(header)

    script = bench.take("print(seed)", header).render(variant, "t")

    assert [row for row in script.splitlines() if row.startswith("seed")] == [line]


@pytest.mark.parametrize("name", IN_A_RUN)
def test_what_a_body_executed_here_left_behind_is_the_runs_own(
    bench: Workbench, name: str
) -> None:
    vars(bench.main)[name] = getattr(jupyter_labbook, name)
    assert f"from jupyter_labbook import {name}" in bench.take(f"use = {name}").render(
        Variant({}, 0), "a question"
    )


def test_a_name_of_ours_that_a_cell_sets_is_the_cells(bench: Workbench) -> None:
    bench.execute("smoke = False")
    assert "smoke = False" in bench.take("print(smoke)").render(Variant({}, 0), "why")


@pytest.mark.parametrize(
    "name", ["log", "progress", "run_dir", "should_stop", "smoke", "sample"]
)
def test_names_of_a_run_need_no_import(name: str, bench: Workbench) -> None:
    assert f"from jupyter_labbook import {name}\n" in bench.take(name).head + "\n"

    bench.execute(f"{name} = 5")

    assert f"{name} = 5" in bench.take(name).head


def test_names_of_a_run_that_the_notebook_imported(bench: Workbench) -> None:
    bench.execute("from jupyter_labbook import run_dir, smoke as first_minute")

    head = bench.take("run_dir(), first_minute").head

    assert "from jupyter_labbook import run_dir" in head
    assert "from jupyter_labbook import smoke as first_minute" in head


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("x = 1\nx + 1", "2"),
        ("x = 1; x", "1"),
        ("1 +\\\n  2  # why", "3"),
        ("(1 +\n 2)", "3"),
        ("1, 2", "(1, 2)"),
        ("'''a\nb'''", "a\nb"),
        ("[].append(1)", ""),
    ],
)
def test_the_value_of_the_last_line_is_shown(
    body: str, shown: str, bench: Workbench
) -> None:
    script = bench.take(body).render(Variant({}, 0), "t")
    line = "from jupyter_labbook.runtime.display import display"

    assert line in script
    # How a value is drawn is not the matter here.
    assert bench.run(script.replace(line, "display = print")).strip() == shown


@pytest.mark.parametrize(
    "body", ["x = 1", "5;", "5 ;  # quiet", "print(5)", "if True:\n    5"]
)
def test_nothing_else_is_shown(body: str, bench: Workbench) -> None:
    assert "display" not in bench.take(body).render(Variant({}, 0), "t")


def test_a_display_of_ones_own_is_left_alone(bench: Workbench) -> None:
    bench.execute("def display(x):\n    print('mine', x)")

    script = bench.take("display(1)\n2").render(Variant({}, 0), "t")

    assert "import display as _display" in script
    assert "    _display(_last)" in script
    assert "def display(x):" in script


def test_display_of_ipython_becomes_that_of_the_run(bench: Workbench) -> None:
    bench.execute("from IPython.display import display")

    head = bench.take("display(1)").head

    assert "from jupyter_labbook.runtime.display import display" in head
    assert "IPython" not in head


def test_processes_that_import_the_script_do_not_execute_the_body(
    bench: Workbench,
) -> None:
    bench.execute("def square(x):\n    return x * x")
    body = (
        "import multiprocessing\nprint('once')\n"
        "with multiprocessing.get_context('spawn').Pool(2) as pool:\n"
        "    print(pool.map(square, [1, 2]))"
    )

    printed = bench.run(bench.take(body).render(Variant({}, 0), "t"))

    assert printed == "once\n[1, 4]\n"


def test_a_plain_body_loads_no_ipython(bench: Workbench) -> None:
    bench.execute("import numpy as np\na = np.arange(3)")
    body = "import sys\nprint(a.sum(), 'IPython' in sys.modules)"

    assert bench.run(bench.take(body).render(Variant({}, 0), "t")) == "3 False\n"


def test_a_changed_pickle_is_not_loaded(bench: Workbench) -> None:
    bench.execute("words = ['word'] * 500")
    snapshot = bench.take("print(len(words))")
    script = snapshot.render(Variant({}, 0), "t")
    stored = bench.labbook / "inputs" / snapshot.inputs["words"]
    stored.write_bytes(stored.read_bytes()[:-1] + b"x")

    with pytest.raises(AssertionError, match="was changed after it was stored"):
        bench.run(script)


def test_the_report_is_a_line_for_each_kind(bench: Workbench) -> None:
    bench.execute(
        "import numpy as np\nfrom math import pi\nX = np.zeros(1000)\nrate = 0.1\n"
        "def f():\n    return X.sum() * rate * pi"
    )

    assert bench.take("print(f(), np)").report.text().splitlines() == [
        "data    X 8.0 kB",
        "values  rate = 0.1",
        "code    f",
        "imports numpy as np, math.pi",
    ]


def test_long_reports_are_wrapped(bench: Workbench) -> None:
    names = [f"a_rather_long_name_{i}" for i in range(12)]
    bench.execute(*(f"{name} = {i}" for i, name in enumerate(names)))

    lines = bench.take(", ".join(names)).report.text().splitlines()

    assert len(lines) == 4
    assert all(len(line) <= 88 for line in lines)


def test_imported_packages_are_named(bench: Workbench) -> None:
    bench.execute("import numpy as np\nimport os")

    snapshot = bench.take("import sklearn.tree\nnp, os, sklearn")

    assert snapshot.modules == ("numpy", "sklearn")


def test_folders_beside_the_labbook_are_found_from_it(tmp_path: Path) -> None:
    labbook = tmp_path / "p" / "labbook"

    assert relative_folder(tmp_path / "p", labbook) == ".."
    assert relative_folder(tmp_path / "p" / "sub", labbook) == "../sub"
    assert relative_folder(tmp_path, labbook) == "../.."
    assert relative_folder(tmp_path / "other", labbook) == ""


@given(st.text(), st.text())
def test_docstrings_hold_any_text(title: str, question: str) -> None:
    source = docstring(title, question).encode("utf-8", "replace").decode()

    found = ast.get_docstring(ast.parse(source), clean=False)

    expected = "\n\n".join(part for part in (title, question) if part) + "\n"
    expected = expected.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    assert found == expected.encode("utf-8", "replace").decode()


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.binary(),
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner)
    ),
    max_leaves=8,
)


@given(PLAIN)
def test_spelled_values_are_read_back(value: object) -> None:
    spelled = literal(value)

    assert spelled is None or repr(eval(spelled)) == repr(value)
    assert repr(eval(spell(value))) == repr(value)


@pytest.mark.parametrize(
    "value", ["x" * 300, [0] * 300, 10**300, float("nan").hex, {1}, [[[[[[[]]]]]]]]
)
def test_other_values_are_not_spelled(value: object) -> None:
    assert literal(value) is None


def test_one_list_twice_is_not_spelled() -> None:
    row = [0]

    assert literal([row, row]) is None
    assert literal([row, [0]]) == "[[0], [0]]"


@pytest.mark.parametrize(
    "source",
    [
        "x = '''a\n  b\n'''\nif x:\n\ty = f'''{x\n}\nz'''\n",
        "def f():\n    '''Doc\n    more'''\n    return [\n1,\n# c\n2]\n",
        "a = 'x\\\ny'\nb = (1\n+ 2)\n",
    ],
)
def test_indenting_keeps_what_strings_hold(source: str) -> None:
    tree = ast.parse(source)

    inside = ast.parse("if 1:\n" + indent(source, tree)).body[0]

    assert isinstance(inside, ast.If)
    assert ast.dump(ast.Module(inside.body, [])) == ast.dump(tree)
