"""A cell that cannot be used: one clear sentence, and nothing is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook import Labbook
from tests.running import judged

if TYPE_CHECKING:
    from pathlib import Path

SETUP = """\
import threading
lock = threading.Lock()
big = bytes(range(256)) * 400
also_big = bytearray(big)
def uses_lock():
    return lock
"""

SWEEP = "%%experiment\n#| question: Is it?\n#| sweep: {trees: [1, 2]}\n"

REFUSED = {
    "no question and no why": (
        "%%experiment\nlog(x=1)",
        "An experiment needs a reason: write `#| question:",
    ),
    "a key that is misspelled": (
        "%%experiment\n#| qestion: Is it?\nlog(x=1)",
        "line 2, column 4: unknown key `qestion`: did you mean `question`?",
    ),
    "a flag that is misspelled": (
        "%%experiment --quesion x\nlog(x=1)",
        "line 1, column 14: unknown flag `--quesion`: did you mean `--question`?",
    ),
    "a header line without a key": (
        "%%experiment\n#| question: Is it?\n#| so\nlog(x=1)",
        "line 3, column 4: expected `#| key: text`",
    ),
    "YAML that does not parse": (
        "%%experiment\n#| why: it\n#| params: {a: [1}\nlog(x=a)",
        "line 3, column 18: `params`: expected ',' or ']', but got '}'",
    ),
    "a key given twice": (
        "%%experiment\n#| why: it\n#| seeds: 2\n#| seeds: 3\nlog(x=seed)",
        "line 4, column 10: `seeds` stands there twice",
    ),
    "a header line below the code": (
        "%%experiment\n#| why: it\nlog(x=1)\n#| seeds: 2",
        "line 4, column 1: `#|` lines go above the code",
    ),
    "a quote left open": (
        "%%experiment --why 'it\nlog(x=1)",
        "line 1, column 22: no closing quotation: close the quote",
    ),
    "a name that is no folder's": (
        "%%experiment --name 'Wider Forest'\n#| why: it\nlog(x=1)",
        "write wider-forest",
    ),
    "a window, which is not there yet": (
        "%%experiment --when tonight\n#| why: it\nlog(x=1)",
        "Runs cannot wait for `tonight` yet",
    ),
    "a selector that names no parameter": (
        f"{SWEEP}#| predict: x[tree=1] > 1\nlog(x=trees)",
        "names tree, which is no parameter of this experiment: did you mean trees?",
    ),
    "a sweep without best, all or any": (
        f"{SWEEP}#| predict: x > 1\nlog(x=trees)",
        "speaks of 2 parameter combinations: write `best x > 1` (or all, any)",
    ),
    "a name that nothing defines": (
        "%%experiment\n#| why: it\nlog(x=nothing_like_it)",
        "`nothing_like_it` (line 3) is defined nowhere",
    ),
    "a value that cannot be pickled": (
        "%%experiment\n#| why: it\nlog(x=lock.locked())",
        "`lock` cannot come along",
    ),
    "the same, below a function": (
        "%%experiment\n#| why: it\nlog(x=uses_lock() is not None)",
        "`lock`",
    ),
    "a value that is too large": (
        "%%experiment\n#| why: it\nlog(x=len(big))",
        "`big` cannot come along: it has more than the limit of 50 kB",
    ),
    "a parameter that the body assigns": (
        "%%experiment\n#| why: it\n#| params: {a: 1}\na = 2\nlog(x=a)",
        "The cell's line 4 assigns `a`, which the header sets",
    ),
    "a parameter that nothing reads": (
        "%%experiment\n#| why: it\n#| params: {a: 1}\nlog(x=1)",
        "The header sets `a`, which nothing in the cell reads",
    ),
    "seeds that nothing reads": (
        "%%experiment\n#| why: it\n#| seeds: 3\nlog(x=1)",
        "`seeds` is given, but nothing in the cell reads `seed`",
    ),
    "code that is no Python": (
        "%%experiment\n#| why: it\nlog(x=1",
        "line 3",
    ),
    "no code at all": (
        "%%experiment\n#| why: it\n",
        "The cell has no code below its header",
    ),
}


def contents(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder; None for a folder in it."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def sentence(result) -> str:
    """What a refused cell says: one line, and no traceback."""
    assert result.reply["ename"] == "UsageError", result
    assert not result.error
    [line] = result.text.strip().splitlines()
    return line.removeprefix("UsageError: ")


def test_what_cannot_be_used_leaves_no_trace(
    kernel, project: Path, command, until
) -> None:
    kernel.run(SETUP)
    fresh = contents(project)
    for what, (cell, _) in REFUSED.items():
        if what != "a value that is too large":
            sentence(kernel.run(cell))
            assert contents(project) == fresh, what

    assert kernel.run("%%experiment done --wait\n#| why: it\nlog(x=1)")
    settings = project / "labbook" / "labbook.toml"
    settings.write_text("[inputs]\nlargest = 50_000\ntotal = 150_000\n")
    until(lambda: judged(project / "labbook/experiments/0001-done"))
    before = contents(project)
    for what, (cell, part) in REFUSED.items():
        told = sentence(kernel.run(cell))
        assert part in told, what
        assert "Traceback" not in told
        assert contents(project) == before, what
    assert Labbook.find(project)["done"].result() == {"x": 1.0}
    assert command("verify").returncode == 0
    # And the same notebook goes on.
    after = kernel.run("%%experiment next --wait\n#| why: it\nlog(x=2)")
    assert after.reply["status"] == "ok"
    assert Labbook.find(project)["next"].result() == {"x": 2.0}


def test_a_prediction_that_does_not_parse_is_shown_the_grammar(
    kernel, project: Path
) -> None:
    result = kernel.run(
        "%%experiment\n#| question: Is it?\n#| predict: accuracy => 0.9\nlog(x=1)"
    )
    assert result.reply["ename"] == "UsageError"
    assert not result.error
    first, shown, mark, *grammar = result.text.strip().splitlines()
    assert "Did you mean `accuracy >= 0.9`?" in first
    assert shown == "  accuracy => 0.9"
    assert mark.strip() == "^"
    assert grammar[0].startswith("prediction:")
    assert grammar[-1].startswith("example:")
    assert list(project.iterdir()) == [project / "pyproject.toml"]


def test_every_name_that_stands_in_the_way_is_named_at_once(
    kernel, project: Path
) -> None:
    kernel.run(SETUP)
    result = kernel.run("%%experiment\n#| why: it\nlog(x=lock.locked(), y=nowhere)")
    assert result.reply["ename"] == "UsageError"
    head, *each = result.text.strip().splitlines()
    assert head == "UsageError: 2 names stand in the way:"
    assert [line[:5] for line in each] == ["  - `"] * 2
    assert list(project.iterdir()) == [project / "pyproject.toml"]


def test_large_values_come_along_when_they_are_named(kernel, project: Path) -> None:
    kernel.run(SETUP + "%labbook init")
    settings = project / "labbook" / "labbook.toml"
    settings.write_text("[inputs]\nlargest = 50_000\ntotal = 150_000\n")
    cell = "%%experiment size --wait\n#| why: it\n#| inputs: [big]\nlog(x=len(big))"
    assert kernel.run(cell).reply["status"] == "ok"
    assert Labbook.find(project)["size"].result() == {"x": 102400.0}
    settings.write_text("[inputs]\ntotal = 150_000\n")
    both = kernel.run("%%experiment\n#| why: it\nlog(x=len(big) + len(also_big))")
    assert "All values together have" in sentence(both)


def test_a_metric_that_was_never_logged_leaves_it_open(kernel, command) -> None:
    kernel.run(
        "%%experiment open --wait\n#| question: Is it?\n#| predict: acuracy > 0.5\n"
        "log(accuracy=1, loss=2)"
    )
    shown = command("show", "open").stdout
    assert "INCONCLUSIVE  acuracy > 0.5" in shown
    assert "acuracy was never logged" in shown
    assert "accuracy, loss" in shown


def test_a_name_with_another_question_is_a_new_version(
    kernel, project, command
) -> None:
    cell = "%%experiment twice --wait\n#| question: {}\n#| predict: x {} 1\nlog(x=1)"
    assert "version" not in kernel.run(cell.format("Is it?", "==")).text
    assert "version" not in kernel.run(cell.format("Is it?", "==")).text
    amended = kernel.run(cell.format("Is it?", ">"))
    assert "twice was registered before with another predict: amended." in amended.text
    again = kernel.run(cell.format("Was it?", ">"))
    assert (
        "twice exists with another question ('Is it?'): this is its version 2. "
        "To keep them apart, give it another name."
    ) in again.text
    twice = Labbook.find(project)["twice"]
    assert [run.folder.label for run in twice] == ["004"]
    shown = command("show", "twice").stdout
    assert "Was it?" in shown
    assert command("verify").returncode == 0


def test_an_amended_prediction_is_visible(kernel, command) -> None:
    cell = "%%experiment bold --wait\n#| question: Is it?\n#| predict: x {} 1\nlog(x=1)"
    kernel.run(cell.format(">"))
    kernel.run(cell.format("=="))
    shown = command("show", "bold").stdout
    assert "! Amended on" in shown
    assert "after 1 run had ended: predict." in " ".join(shown.split())
