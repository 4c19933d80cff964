"""``experiment.md``: every text survives, and so does what people write."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_labbook.errors import CorruptFileError, StorageError
from jupyter_labbook.storage.experiment_file import (
    ExperimentFile,
    encode,
    read,
    update,
)

FULL = ExperimentFile(
    id="3f1c",
    name="wider-forest",
    number=7,
    question="Does a wider forest: still help?",
    hypothesis="Past 100 trees, accuracy gains less than half a point.",
    predict=("accuracy[trees=300] - accuracy[trees=100] < 0.005 (80%)", "a > 1"),
    impact="If so, freeze the width.",
    tags=("forest", "digits"),
    notes="\n# Notes\n\nFree text.\n",
)

HARD = [
    "---",
    "a\n---\nb",
    "---\n",
    "key: value # no comment",
    "'single' \"double\" `back`",
    "[1, 2]",
    "{a: b}",
    "yes",
    "null",
    "1e-3",
    "22:00",
    "  leading and trailing  ",
    "trailing newline\n",
    "\n\nleading newlines",
    "tabs\tand\r\nWindows\rMac",
    "# heading\n## heading",
    "%TAG !x",
    "&anchor *alias !tag",
    "- list",
    "? question",
    "| pipe\n> fold",
    "日本語 — ünïcode 😀",
    "\u2028 separators \u0085",
    "bell \x07 and \x1b",
    "x" * 5000,
    "word " * 1000,
]


@pytest.mark.parametrize("text", HARD)
@pytest.mark.parametrize("field", ["question", "conclusion", "notes"])
def test_hard_texts_survive(tmp_path, text, field):
    path = tmp_path / "experiment.md"
    written = replace(FULL, **{field: text})
    path.write_bytes(encode(written))
    assert read(path) == written
    update(path, name="other")
    assert read(path) == replace(written, name="other")


@pytest.mark.parametrize("text", HARD)
def test_hard_predictions_and_tags_survive(tmp_path, text):
    path = tmp_path / "experiment.md"
    written = replace(FULL, predict=(text, "b"), tags=(text,))
    path.write_bytes(encode(written))
    assert read(path) == written


_texts = st.text(st.characters(codec="utf-8"), max_size=30)
# A NUL among the notes, which are kept as they are, makes a binary file.
_notes = _texts.filter(lambda text: "\0" not in text)


@given(_texts, _texts, st.lists(_texts.filter(bool), max_size=3), _notes)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives(tmp_path, question, conclusion, predict, notes):
    path = tmp_path / "experiment.md"
    written = ExperimentFile(
        question=question, conclusion=conclusion, predict=tuple(predict), notes=notes
    )
    path.write_bytes(encode(written))
    assert read(path) == written


def test_a_new_file_is_easy_to_read():
    assert (
        encode(replace(FULL, conclusion="One.\nTwo.")).decode()
        == """\
---
id: 3f1c
name: wider-forest
number: 7
question: 'Does a wider forest: still help?'
hypothesis: Past 100 trees, accuracy gains less than half a point.
predict:
  - accuracy[trees=300] - accuracy[trees=100] < 0.005 (80%)
  - a > 1
impact: If so, freeze the width.
tags:
  - forest
  - digits
conclusion: |-
  One.
  Two.
---

# Notes

Free text.
"""
    )


HAND_WRITTEN = """\
---
# my own comment
question:   "Why?"   # asked by Ada
mood: good           # a key of my own
tags: [a,   b]
nested:
    deep: {x: 1}
---
Notes --- with dashes.

---
and a rule
"""


def test_hand_written_comments_unknown_keys_and_notes_survive(tmp_path):
    path = tmp_path / "experiment.md"
    path.write_text(HAND_WRITTEN)
    assert read(path).tags == ("a", "b")
    assert read(path).notes == "Notes --- with dashes.\n\n---\nand a rule\n"
    update(path, conclusion="Because.")
    text = path.read_text()
    for kept in (
        "# my own comment",
        'question: "Why?" ',
        "# asked by Ada\n",
        "mood: good           # a key of my own",
        "deep: {x: 1}",
        "---\nNotes --- with dashes.\n\n---\nand a rule\n",
    ):
        assert kept in text
    assert read(path).conclusion == "Because."


def test_a_field_that_is_already_so_changes_not_a_byte(tmp_path):
    path = tmp_path / "experiment.md"
    path.write_bytes(encode(FULL))
    before = path.stat().st_mtime_ns, path.read_bytes()
    update(path, question=FULL.question, tags=FULL.tags, number=7)
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before


def test_an_empty_value_takes_the_key_away(tmp_path):
    path = tmp_path / "experiment.md"
    path.write_bytes(encode(replace(FULL, conclusion="Yes.")))
    update(path, conclusion="", tags=())
    assert "conclusion" not in path.read_text()
    assert read(path) == replace(FULL, tags=())


def test_an_update_makes_the_file_if_there_is_none(tmp_path):
    path = tmp_path / "experiment.md"
    update(path, question="Why?", notes="text")
    assert read(path) == ExperimentFile(question="Why?", notes="text")


def test_a_field_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(TypeError, match="no field mood"):
        update(tmp_path / "experiment.md", mood="good")


def test_line_ends_of_windows_are_kept(tmp_path):
    path = tmp_path / "experiment.md"
    path.write_bytes(encode(FULL).replace(b"\n", b"\r\n"))
    assert read(path).question == FULL.question
    update(path, conclusion="One.\nTwo.")
    data = path.read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n")
    assert read(path).conclusion == "One.\nTwo."
    assert read(path).notes == FULL.notes.replace("\n", "\r\n")


def test_values_that_are_not_text_are_read_as_such(tmp_path):
    path = tmp_path / "experiment.md"
    path.write_text("---\nquestion: 2024\nwhy: true\nimpact:\npredict: a > 1\n---\n")
    found = read(path)
    assert (found.question, found.why, found.impact) == ("2024", "true", "")
    assert found.predict == ("a > 1",)


def test_a_byte_order_mark_and_an_empty_front_matter_are_read(tmp_path):
    path = tmp_path / "experiment.md"
    path.write_bytes(b"\xef\xbb\xbf---\n---\nnotes")
    assert read(path) == ExperimentFile(notes="notes")
    path.write_bytes(b"---\nquestion: x\n---")
    assert read(path) == ExperimentFile(question="x")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "line 1, column 1"),
        (b"# only notes\n", "line 1, column 1"),
        (b"---\nquestion: x\n", "line 3, column 1"),
        (b"---\na: 1\nquestion: [x\n---\n", "line 4, column 1"),
        (b"---\nquestion: 'x\n---\n", "line 3, column 1"),
        (b"---\na: 1\n\tquestion: x\n---\n", "line 3, column 1"),
        (b"---\nquestion: x\nquestion: y\n---\n", "line 3, column 1"),
        (b"---\n- a\n- b\n---\n", "line 2, column 1"),
        (b"---\na: 1\nquestion: [x, y]\n---\n", "line 3, column 11"),
        (b"---\nnumber: seven\n---\n", "line 2, column 9"),
        (b"---\nnumber: true\n---\n", "line 2, column 9"),
        (b"---\npredict: {a: b}\n---\n", "line 2, column"),
        (b"---\npredict:\n  - a: b\n---\n", "line 3"),
        (b"---\nquestion: \x00\n---\n", "line 2"),
        (b"---\nquestion: a\n\xff\n---\n", "line 3"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_is_left_alone(
    tmp_path, content, place
):
    path = tmp_path / "experiment.md"
    path.write_bytes(content)
    with pytest.raises(CorruptFileError, match=place) as caught:
        read(path)
    assert str(path) in str(caught.value)
    if content:
        with pytest.raises(CorruptFileError):
            update(path, question="new", number=3, predict=("a > 1",))
    assert path.read_bytes() == content


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StorageError, match=r"experiment\.md is missing"):
        read(tmp_path / "experiment.md")
