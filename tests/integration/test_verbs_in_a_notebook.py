"""The verbs as lines of a real kernel."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions.verbs import VERBS

if TYPE_CHECKING:
    from pathlib import Path

from tests.integration.saying import said

# --- The same in a notebook --------------------------------------------------


def test_the_magic_speaks_the_same_words(kernel, command) -> None:
    kernel.run("import os; os.environ['COLUMNS'] = '100'")
    begun = kernel.run("%labbook init")
    assert begun.text == f"{kernel.folder}/labbook is your labbook.\n"
    kernel.run(
        "%%experiment first --wait\n#| question: Is 1?\n#| predict: x == 1\n"
        "log(x=1)\nprint('hi')"
    )
    for words in (
        *("list", "list --json", "tail first -n 1", "compare first first"),
        *("verify", "show first --json", "plan --print", "plan --json", "stop first"),
        *("tail -f first", "conclude first 'It is.'", "plan add test 'an edge'"),
    ):
        in_cell = kernel.run(f"%labbook {words}")
        assert in_cell.reply["status"] == "ok"
        if "add" in words:
            continue
        outside = said(command(*shlex.split(words)))
        assert in_cell.text.strip() == outside.strip(), words
    shown = kernel.run("%labbook show first")
    [html] = shown.mime("text/html")
    assert "Is 1?" in html
    assert "It is." in html
    again = kernel.run("%labbook rerun first --wait")
    assert "Reproduced exactly" in again.text
    told = kernel.run("%labbook run --why it --wait -- true")
    assert "1 finished" in told.text


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("lst", "did you mean `%labbook list`?"),
        ("list", "There is no labbook in"),
        ("show 'x", "No closing quotation"),
        ("show", "the following arguments are required: NAME"),
    ],
)
def test_the_magic_refuses_with_one_sentence(kernel, line, sentence) -> None:
    result = kernel.run(f"%labbook {line}")
    assert result.reply["ename"] == "UsageError"
    assert not result.error
    [text] = result.text.strip().splitlines()
    assert sentence in text


def test_help_of_both_magics(kernel) -> None:
    assert "exit codes" in kernel.run("%labbook -h").text
    assert "usage: %labbook show" in kernel.run("%labbook show -h").text
    for code in ("%%experiment -h", "%%experiment --help\n\n", "%experiment -h"):
        result = kernel.run(code)
        assert result.reply["status"] == "ok", result.text
        assert "question" in result.text
        assert "--dry-run" in result.text
    asked = kernel.run("%%experiment?").reply["payload"][0]["data"]["text/plain"]
    assert "what you want to find out" in asked
    bare = kernel.run("%%experiment")
    assert "An experiment needs a reason" in bare.text


def test_completion_of_verbs_names_keys_and_flags(kernel) -> None:
    kernel.run("%%experiment wider-forest --wait\n#| why: it\nlog(x=1)")
    for code, wanted in {
        "%labbook sh": ["%labbook show"],
        "%labbook ": [f"%labbook {verb}" for verb in sorted(VERBS)],
        "%labbook show wi": ["%labbook show wider-forest"],
        "%labbook compare wider-forest w": [
            "%labbook compare wider-forest wider-forest"
        ],
        "%labbook plan un": ["%labbook plan undo", "%labbook plan untick"],
        "%%experiment --que": ["%%experiment --question"],
        "%%experiment x --dr": ["%%experiment x --dry-run"],
        "%%experiment x\n#| que": ["%%experiment x\n#| question: "],
        "%%experiment x\n#|que": ["%%experiment x\n#|question: "],
        "%%experiment x\n#| question: a\n#| swe": [
            "%%experiment x\n#| question: a\n#| sweep: "
        ],
    }.items():
        assert sorted(kernel.complete(code)) == sorted(wanted)
    everything = kernel.complete("%%experiment x\n#| ")
    assert "%%experiment x\n#| predict: " in everything
    assert not [match for match in everything if "dry-run" in match or "abs" in match]


def test_completion_leaves_python_alone(kernel) -> None:
    for code in ("prin", "%%experiment x\n#| why: it\nprin"):
        assert f"{code}t" in kernel.complete(code)


def test_a_question_in_a_cell_may_end_in_its_mark(kernel, project: Path) -> None:
    kernel.run("%labbook init")
    result = kernel.run("%labbook plan add question What about depth?")
    assert not result.error
    assert result.text == "Added to Questions: What about depth?\n"
    assert "What about depth?" in (project / "labbook/plan.md").read_text()
