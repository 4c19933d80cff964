"""The journal: one entry a day and version, and hand edits stay."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from jupyter_labbook.errors import CorruptFileError
from jupyter_labbook.storage.journal import JournalEntry, append_entry

ENTRY = JournalEntry(
    day=date(2026, 5, 1),
    name="wider-forest",
    number=7,
    asked="Does a wider forest still help?",
    expected="accuracy > 0.9 (80%)",
    observed="0.971 ± 0.004 (5 seeds): supported",
)


def text_of(folder):
    return (folder / "journal.md").read_text()


def test_an_entry_tells_what_was_asked_expected_and_observed(tmp_path):
    append_entry(tmp_path, ENTRY)
    assert text_of(tmp_path).endswith("""
## 2026-05-01: 0007 wider-forest

- **Asked:** Does a wider forest still help?
- **Expected:** accuracy > 0.9 (80%)
- **Observed:** 0.971 ± 0.004 (5 seeds): supported
""")
    assert text_of(tmp_path).startswith("# Journal\n")


def test_a_conclusion_completes_the_entry_of_that_day(tmp_path):
    append_entry(tmp_path, ENTRY)
    append_entry(tmp_path, replace(ENTRY, learned="It does not."))
    text = text_of(tmp_path)
    assert text.count("## ") == 1
    assert text.count("Does a wider forest") == 1
    assert text.endswith("supported\n- **Learned:** It does not.\n")


def test_writing_the_same_again_changes_nothing(tmp_path):
    append_entry(tmp_path, ENTRY)
    before = text_of(tmp_path)
    append_entry(tmp_path, ENTRY)
    assert text_of(tmp_path) == before


def test_another_day_version_or_experiment_is_another_entry(tmp_path):
    for entry in (
        ENTRY,
        replace(ENTRY, day=date(2026, 5, 2)),
        replace(ENTRY, version=2),
        replace(ENTRY, number=8),
    ):
        append_entry(tmp_path, entry)
    headings = [x for x in text_of(tmp_path).splitlines() if x.startswith("## ")]
    assert headings == [
        "## 2026-05-01: 0007 wider-forest",
        "## 2026-05-02: 0007 wider-forest",
        "## 2026-05-01: 0007 wider-forest, version 2",
        "## 2026-05-01: 0008 wider-forest",
    ]


def test_what_a_person_wrote_stays_where_it_is(tmp_path):
    append_entry(tmp_path, ENTRY)
    append_entry(tmp_path, replace(ENTRY, number=8, name="other"))
    text = text_of(tmp_path)
    edited = text.replace("Does a wider", "Does a MUCH wider").replace(
        "\n## 2026-05-01: 0008", "\nMy remark.\n\n    code\n\n## 2026-05-01: 0008"
    )
    (tmp_path / "journal.md").write_text(edited + "\nLast words.")
    append_entry(tmp_path, replace(ENTRY, asked="", learned="It does not."))
    found = text_of(tmp_path)
    assert found == (edited + "\nLast words.").replace(
        "supported\n\nMy remark",
        "supported\n- **Learned:** It does not.\n\nMy remark",
    )


def test_a_part_that_was_edited_keeps_its_text_and_gets_the_new_one_below(tmp_path):
    append_entry(tmp_path, replace(ENTRY, learned="First."))
    edited = text_of(tmp_path).replace("First.", "First, by hand.")
    (tmp_path / "journal.md").write_text(edited)
    append_entry(tmp_path, replace(ENTRY, learned="Second."))
    assert text_of(tmp_path).endswith("- **Learned:** First, by hand.\n\n  Second.\n")
    append_entry(tmp_path, replace(ENTRY, learned="Second."))
    assert text_of(tmp_path).count("Second.") == 1


def test_a_part_left_empty_is_filled(tmp_path):
    append_entry(tmp_path, ENTRY)
    with (tmp_path / "journal.md").open("a") as file:
        file.write("- **Learned:**\n\nMine.\n")
    append_entry(tmp_path, replace(ENTRY, learned="It does not."))
    assert text_of(tmp_path).endswith("- **Learned:** It does not.\n\nMine.\n")


def test_parts_stand_in_their_order_whenever_they_come(tmp_path):
    append_entry(tmp_path, replace(ENTRY, expected="", observed="", learned="Late."))
    append_entry(tmp_path, replace(ENTRY, asked=""))
    titles = [x[4:9] for x in text_of(tmp_path).splitlines() if x.startswith("- **")]
    assert titles == ["Asked", "Expec", "Obser", "Learn"]
    append_entry(tmp_path, replace(ENTRY, number=9, asked="", observed=""))
    append_entry(tmp_path, replace(ENTRY, number=9))
    titles = [x[4:9] for x in text_of(tmp_path).splitlines() if x.startswith("- **")]
    assert titles[4:] == ["Asked", "Expec", "Obser"]


def test_an_entry_without_parts_takes_them_later(tmp_path):
    nothing = replace(ENTRY, asked="", expected="", observed="")
    append_entry(tmp_path, nothing)
    append_entry(tmp_path, replace(nothing, learned="Something."))
    assert text_of(tmp_path).endswith("wider-forest\n\n- **Learned:** Something.\n")


def test_headings_and_fences_inside_a_text_do_not_end_the_entry(tmp_path):
    learned = "One:\n## 2026-05-01: 0007 wider-forest\n```\n# code\n\nTwo."
    append_entry(tmp_path, replace(ENTRY, learned=learned))
    append_entry(tmp_path, replace(ENTRY, number=8))
    append_entry(tmp_path, replace(ENTRY, learned=learned))
    text = text_of(tmp_path)
    assert text.count("\n## ") == 2
    assert text.count("Two.") == 1


def test_headings_in_a_fence_of_a_person_are_no_entries(tmp_path):
    mine = f"# Mine\n\n```\n{ENTRY.heading}\n```\n\n# Another part\n"
    (tmp_path / "journal.md").write_text(mine)
    append_entry(tmp_path, ENTRY)
    append_entry(tmp_path, replace(ENTRY, learned="It does not."))
    text = text_of(tmp_path)
    assert text.startswith(mine)
    assert text.count(ENTRY.heading) == 2


def test_the_entry_ends_at_a_heading_of_the_first_level(tmp_path):
    append_entry(tmp_path, ENTRY)
    with (tmp_path / "journal.md").open("a") as file:
        file.write("\n# My part\n\n- **Learned:** by me\n")
    append_entry(tmp_path, replace(ENTRY, learned="It does not."))
    text = text_of(tmp_path)
    assert text.index("It does not.") < text.index("# My part")


def test_line_ends_of_windows_are_kept(tmp_path):
    append_entry(tmp_path, ENTRY)
    path = tmp_path / "journal.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    append_entry(tmp_path, replace(ENTRY, learned="One.\nTwo."))
    append_entry(tmp_path, replace(ENTRY, learned="Three."))
    append_entry(tmp_path, replace(ENTRY, number=8))
    data = path.read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n")
    assert data.count(b"## ") == 2


def test_an_empty_journal_begins_with_its_title(tmp_path):
    (tmp_path / "journal.md").write_text("")
    append_entry(tmp_path, ENTRY)
    assert text_of(tmp_path).startswith("# Journal")


def test_entries_written_at_once_are_all_there(tmp_path):
    with ThreadPoolExecutor(6) as pool:
        entries = [replace(ENTRY, number=n) for n in range(1, 19)]
        list(pool.map(lambda entry: append_entry(tmp_path, entry), entries))
    text = text_of(tmp_path)
    assert all(text.count(entry.heading) == 1 for entry in entries)


def test_a_journal_that_is_not_text_is_left_alone(tmp_path):
    (tmp_path / "journal.md").write_bytes(b"ok\n\xff\n")
    with pytest.raises(CorruptFileError, match="line 2"):
        append_entry(tmp_path, ENTRY)
    assert (tmp_path / "journal.md").read_bytes() == b"ok\n\xff\n"
