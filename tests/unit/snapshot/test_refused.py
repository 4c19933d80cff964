"""What cannot come along is refused at submission, with what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.errors import InvalidInputError, TransferError
from jupyter_labbook.snapshot.notebook import Limits

if TYPE_CHECKING:
    from conftest import Workbench

KEY = "sk-" + "a1B2c3D4" * 4


@pytest.mark.parametrize(
    ("cells", "body", "words"),
    [
        ([], "print(nowhere)", "`nowhere` (line 3) is defined nowhere"),
        (["model = 1"], "modle", "did you mean `model`?"),
        (["def f():\n    return gone"], "f()", "`gone` (in f) is defined nowhere"),
        (
            ["import threading\nlock = threading.Lock()"],
            "lock.acquire()",
            "`lock` cannot come along: a lock that cannot be pickled",
        ),
        (["g = (i for i in [1])"], "next(g)", "a generator that cannot be pickled"),
        (["import io\nf = open('x', 'w')\nf.close()"], "f.read()", "make it in this"),
        (["import sqlite3\ndb = sqlite3.connect(':memory:')"], "db", "Connection"),
        (["table = {'a': lambda x: x}"], "table", "a name with `def`"),
        (
            ["def make():\n    def inner(): pass\n    return inner\nfs = [make()]"],
            "fs",
            "defined inside a function: define it at the top of a cell",
        ),
        (
            ["class A: pass\na = A()", "class A:\n    x = 1"],
            "a",
            "an earlier definition of A: make it again",
        ),
        (
            ["class A: pass", "class B(A): pass", "class A:\n    x = 1"],
            "B()",
            "derives from an earlier definition of A",
        ),
        (
            ["R = 1", "class C:\n    rate = R", "R = 2"],
            "C()",
            "`R` was bound again since: run its cell again",
        ),
        (
            ["class C:\n    def m(self):\n        return 1", "C.m = lambda self: 2"],
            "C()",
            "changed its methods",
        ),
        (
            [
                "n = [3]\ndef make(k):\n    return lambda x: x + k[0]",
                "add = make(n)",
            ],
            "add(1)",
            "made by another function when a cell ran",
        ),
        (["exec('def f(): return 1')"], "f()", "its source is in no cell"),
        ([], "Out[3]", "belongs to the notebook's session"),
        ([f"key = {KEY!r}"], "print(key)", "looks like a credential"),
        (["password = 'hunter2'"], "print(password)", "read it from the environment"),
        (
            ["config = {'db': {'api_key': 'abcd1234'}}"],
            "config",
            "`config` cannot come along: it looks like a credential",
        ),
        (["hf_token = 'abcdefghijklmnop1234'"], "hf_token", "credential"),
        ([], "from no_such import *", "import the names that the cell uses"),
        (["import types\nm = types.ModuleType('made')"], "m", "import it by name"),
    ],
)
def test_one_sentence_says_what_and_what_to_do(
    cells: list[str], body: str, words: str, bench: Workbench
) -> None:
    bench.execute(*cells)

    with pytest.raises(TransferError) as caught:
        bench.take(body)

    assert words in str(caught.value)
    assert not (bench.labbook / "inputs").exists()


@pytest.mark.parametrize(
    "cell",
    [
        "pad_token = '<|endoftext|>'",
        "tokens = ['the', 'cat']",
        "max_tokens = 2048",
        "tokenizer = 'bert-base-uncased'",
        "author = 'Ann'",
        "text = 'task-12345678901234567890'",
        "secret_rate = 0.5",
    ],
)
def test_words_of_the_trade_are_no_credentials(cell: str, bench: Workbench) -> None:
    bench.execute(cell)

    assert cell in bench.take(cell.partition(" = ")[0]).head


def test_several_problems_are_named_together(bench: Workbench) -> None:
    bench.execute("g = (i for i in [1])\npassword = 'hunter2'")

    with pytest.raises(TransferError) as caught:
        bench.take("print(g, password, nowhere)")

    first, *lines = str(caught.value).splitlines()
    assert first == "3 names stand in the way:"
    assert [line.split("`")[1] for line in lines] == ["g", "password", "nowhere"]


def test_a_credential_that_is_asked_for_comes_along(bench: Workbench) -> None:
    bench.execute("password = 'hunter2'")

    assert "hunter2" in bench.take("password", "#| inputs: [password]\n").head


def test_large_values_stay_unless_they_are_asked_for(bench: Workbench) -> None:
    bench.limits = Limits(value=1000, total=4000)
    bench.execute("import numpy as np\na = np.zeros(200)\nb = ['word'] * 900")

    with pytest.raises(TransferError) as caught:
        bench.take("a, b")

    assert "`a` cannot come along: it has 1.6 kB, more than the limit" in str(
        caught.value
    )
    assert "`b` cannot come along: it has more than the limit" in str(caught.value)
    assert set(bench.take("a, b", "#| inputs: [a, b]\n").inputs) == {"a", "b"}


def test_all_values_together_have_a_limit(bench: Workbench) -> None:
    bench.limits = Limits(value=2000, total=4000)
    bench.execute("import numpy as np")
    bench.execute(*(f"a{i} = np.zeros(20{i})" for i in range(3)))

    with pytest.raises(TransferError, match="the largest, `a2`"):
        bench.take("a0, a1, a2")


def test_a_value_that_is_left_behind_is_not_missed(bench: Workbench) -> None:
    bench.execute("cache = (i for i in [1])")

    snapshot = bench.take("cache = cache", line="--no-inputs cache")

    assert snapshot.report.held == (("cache", "left behind as asked"),)
    assert "held    cache: left behind as asked" in snapshot.report.text()


def test_a_value_that_the_cell_may_bind_itself_does_not_stop_it(
    bench: Workbench,
) -> None:
    bench.execute("model = (i for i in [1])\nfresh = True")

    snapshot = bench.take("if fresh:\n    model = 1\nprint(model)")

    assert [name for name, _ in snapshot.report.held] == ["model"]


@pytest.mark.parametrize(
    ("header", "body", "words"),
    [
        ("params: {a: 1}", "a = 2", "The cell's line 4 assigns `a`"),
        ("params: {a: 1}", "for a in [1]: print(a)", "line 4 assigns `a`"),
        ("params: {a: 1}", "import os as a\na", "line 4 assigns `a`"),
        ("params: {a: 1, b: 2}", "print(1)", "sets `a` and `b`, which nothing"),
        ("sweep: {a: [1]}", "print(1)", "sets `a`, which nothing"),
        ("seeds: 3", "print(1)", "pass it on, such as random_state=seed"),
        ("params: {a: 1}", "def f(a):\n    return a\nf(1)", "sets `a`"),
        ("tags: x", "", "no code below its header"),
        ("tags: x", "x = = 1", "The cell's line 4: invalid syntax"),
        ("tags: x", "\n\nreturn 1", "The cell's line 6: 'return' outside function"),
        ("tags: x", "print(1)\n  print(2)", "The cell's line 5: unexpected indent"),
    ],
)
def test_parameters_and_body_are_checked(
    header: str, body: str, words: str, bench: Workbench
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        bench.take(body, f"#| {header}\n")

    assert words in str(caught.value)


def test_a_folder_that_cannot_be_written_is_named(bench: Workbench) -> None:
    bench.execute("words = ['word'] * 500")
    Path(bench.labbook).write_text("in the way")

    with pytest.raises(OSError, match="could not be written"):
        bench.take("words")
