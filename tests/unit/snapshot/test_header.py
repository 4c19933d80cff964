"""The header of an experiment's cell."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.errors import HeaderError
from jupyter_labbook.model.experiment import Header
from jupyter_labbook.model.slug import LONGEST, is_slug, slug
from jupyter_labbook.snapshot.header import bind, parse
from jupyter_labbook.snapshot.keys import KEYS, help_text

REASON = "#| why: to see\n"


def header(cell: str, line: str = "") -> Header:
    return parse(line, dedent(cell)).header


def refused(cell: str, line: str = "") -> HeaderError:
    with pytest.raises(HeaderError) as caught:
        parse(line, dedent(cell))
    return caught.value


def test_the_example_of_the_design_is_read() -> None:
    cell = parse(
        "wider-forest --when tonight",
        dedent("""\
            #| question: Does a wider forest still help on the digits data?
            #| hypothesis: Past 100 trees, accuracy gains less than half a point.
            #| predict: accuracy[trees=300] - accuracy[trees=100] < 0.005 (80%)
            #| impact: If so, freeze the width and look at depth next.
            #| sweep: {trees: [30, 100, 300]}
            #| seeds: 5
            model = fit(trees, seed)
            """),
    )

    assert cell.header == Header(
        name="wider-forest",
        question="Does a wider forest still help on the digits data?",
        hypothesis="Past 100 trees, accuracy gains less than half a point.",
        predict=("accuracy[trees=300] - accuracy[trees=100] < 0.005 (80%)",),
        impact="If so, freeze the width and look at depth next.",
        sweep={"trees": [30, 100, 300]},
        seeds=(0, 1, 2, 3, 4),
        when="tonight",
    )
    assert cell.body == "\n" * 6 + "model = fit(trees, seed)\n"


def test_prose_is_taken_as_it_stands() -> None:
    found = header('#| question: Is it: {a} or [b]? "Yes" # really\n#| why: on: off')

    assert found.question == 'Is it: {a} or [b]? "Yes" # really'
    assert found.why == "on: off"


def test_an_indented_line_continues_the_one_before() -> None:
    found = header("""\
        #| question: Does a wider forest
        #|   still help?
        #| params:
        #|   depth: 8
        #|   rates: [0.1,
        #|     0.2]
        x
        """)

    assert found.question == "Does a wider forest still help?"
    assert found.params == {"depth": 8, "rates": [0.1, 0.2]}


def test_yaml_is_that_of_version_1_2() -> None:
    found = header(REASON + "#| params: {a: 1e-3, b: on, c: 22:00, d: no, e: true}")

    assert found.params == {"a": 1e-3, "b": "on", "c": "22:00", "d": "no", "e": True}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("1.5", 1.5),
        ("2h", 7200),
        ("30m", 1800),
        ("1h30m", 5400),
        ("1 h 30 m", 5400),
        ("1d", 86400),
        ("45s", 45),
    ],
)
def test_timeout_is_in_seconds_or_spelled(text: str, seconds: float) -> None:
    assert header(f"{REASON}#| timeout: {text}").timeout == seconds


@pytest.mark.parametrize(
    ("text", "seeds"), [("3", (0, 1, 2)), ("[7]", (7,)), ("[3, 1]", (3, 1))]
)
def test_seeds_are_a_number_or_a_list(text: str, seeds: tuple[int, ...]) -> None:
    assert header(f"{REASON}#| seeds: {text}").seeds == seeds


@pytest.mark.parametrize("text", ["[a, b]", "a, b", "a b", "a,b", '"a b"'])
def test_words_may_be_listed_in_any_way(text: str) -> None:
    assert header(f"{REASON}#| tags: {text}").tags == ("a", "b")


def test_flags_say_the_same_and_win() -> None:
    line = (
        'forest --question "Is it \'so\'?" --predict "a > 1" --predict "b > 2" '
        '--seeds=2 --sweep "{lr: [1e-3, 1e-2]}" --resumable --tags x,y --when tonight'
    )
    cell = parse(line, "#| question: other\n#| predict: c > 3\n#| impact: kept\nx")

    assert cell.header == Header(
        name="forest",
        question="Is it 'so'?",
        predict=("a > 1", "b > 2"),
        seeds=(0, 1),
        sweep={"lr": [1e-3, 1e-2]},
        resumable=True,
        tags=("x", "y"),
        when="tonight",
        impact="kept",
    )


def test_options_are_flags_alone() -> None:
    options = parse("--dry-run --wait --here --no-inputs a,b", REASON).options

    assert (options.dry_run, options.wait, options.here) == (True, True, True)
    assert options.no_inputs == ("a", "b")
    assert "write `%%experiment --wait`" in str(refused("#| wait: true"))


@pytest.mark.parametrize("line", ["-h", "--help", "--question x -h"])
def test_help_needs_no_header(line: str) -> None:
    assert parse(line, "").options.help


def test_help_names_every_key_and_its_example_parses() -> None:
    shown = help_text()

    for key in KEYS:
        assert key.name in shown
        assert key.help in shown
        if key.example:
            line = f"{key.name}: {key.example}"
            more = "#| params: {augment: true}\n" if key.name == "ablate" else ""
            if key.option:
                parse(f'--{key.name} "{key.example}"', REASON)
            elif key.name == "why":
                parse("", f"#| {line}")
            else:
                parse("", f"{REASON}{more}#| {line}")


def test_the_name_is_made_from_the_question() -> None:
    assert header("#| question: Größe, égale?").name == "grosse-egale"
    assert header("#| why: just looking").name == "just-looking"


@pytest.mark.parametrize(
    ("cell", "line", "column", "words"),
    [
        ("#| qestion: x", 2, 4, "did you mean `question`?"),
        ("#| zzz: x", 2, 4, "unknown key `zzz`: There are: question, hypothesis"),
        ("\n#| no colon", 3, 4, "expected `#| key: text`"),
        ("#| why: a\n#| why: b", 3, 8, "stands there twice"),
        ("#| why: a\n#| question:", 3, 13, "`question` is empty"),
        ("#| sweep: {a: [1, 2}", 2, 20, "expected ',' or ']'"),
        ("#| params: {a: 1, a: 2}", 2, 19, "duplicate key"),
        ("#| params:\n#|   a: [1\n#|   b: 2", 4, 7, "expected ',' or ']'"),
        ("#| params: 3", 2, 11, "takes names and values"),
        ("#| params: {1: 2}", 2, 11, "put it in quotes"),
        ("#| params: {a: 2024-01-01}", 2, 11, "put it in quotes"),
        ("#| params: {a b: 2}", 2, 11, "cannot be the name of a variable"),
        ("#| params: {class: 2}", 2, 11, "cannot be the name of a variable"),
        ("#| params: {seed: 2}", 2, 11, "write `seeds: 5`"),
        ("#| params: !!python/name:os.system x", 2, 12, "could not determine"),
        ("#| sweep: {a: 3}", 2, 10, "a takes a list"),
        ("#| sweep: {a: []}", 2, 10, "a takes a list"),
        ("#| sweep: {a: [1, 1]}", 2, 10, "a has the value 1 twice"),
        ("#| seeds: many", 2, 10, "a number or a list"),
        ("#| seeds: 0", 2, 10, "between 1 and"),
        ("#| seeds: 1000000000", 2, 10, "between 1 and"),
        ("#| seeds: [1, x]", 2, 10, "whole numbers"),
        ("#| seeds: [1, true]", 2, 10, "whole numbers"),
        ("#| seeds: [1, 1]", 2, 10, "same seed"),
        ("#| resumable: on", 2, 14, "true or false, not 'on'"),
        ("#| timeout: soon", 2, 12, "such as 2h, 30m, 1h30m"),
        ("#| timeout: 1h soon", 2, 12, "such as 2h"),
        ("#| timeout: -3", 2, 12, "such as 2h"),
        ("#| timeout: true", 2, 12, "such as 2h"),
        ("#| when: [a]", 2, 9, "takes a word"),
        ("#| tags: {a: 1}", 2, 9, "takes words"),
        ("#| tags: [[a]]", 2, 9, "takes words"),
        ("#| why: x\ny = 1\n  #| predict: a > 1", 4, 3, "move this one up"),
        ("#| params: " + "[" * 30 + "]" * 30, 2, 11, "nested deeper"),
        ("#| params: &a {b: *a}", 2, 11, "nested deeper"),
    ],
)
def test_faults_name_line_and_column(
    cell: str, line: int, column: int, words: str
) -> None:
    error = refused(cell)

    assert words in str(error)
    assert (error.line, error.column) == (line, column)


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("--qestion x", 14, "did you mean `--question`?"),
        ("a b", 16, "`name` stands there twice"),
        ("--question 'x", 26, "close the quote"),
        ("--question", 14, "wants a text after it"),
        ("--question --wait", 14, "wants a text after it"),
        ("--seeds many", 22, "a number or a list"),
    ],
)
def test_faults_of_flags_are_in_line_1(line: str, column: int, words: str) -> None:
    error = refused(REASON, line)

    assert words in str(error)
    assert (error.line, error.column) == (1, column)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("x = 1", "#| question: Does a wider forest still help?"),
        ("#| hypothesis: it will", "#| why:"),
        (REASON + "#| name: Wider Forest", "write wider-forest"),
        (REASON + "#| params: {a: 1}\n#| sweep: {a: [1]}", "both params and sweep"),
        (REASON + "#| ablate: {a: false}", "`ablate` names `a`"),
    ],
)
def test_what_is_missing_is_said(cell: str, words: str) -> None:
    error = refused(cell)

    assert words in str(error)
    assert error.line is None


def test_a_comment_in_a_string_is_no_header_line() -> None:
    assert "#| key" in parse("", REASON + 't = """\n#| key: x\n"""').body
    assert "!ls #| x" in parse("", REASON + "!ls #| x\n'''").body


def test_bind_gives_the_first_run() -> None:
    swept = header(REASON + "#| sweep: {a: [1, 2], b: [3]}\n#| seeds: [7, 8]")

    assert bind(swept) == {"a": 1, "b": 3, "seed": 7}
    assert bind(header(REASON + "#| params: {a: 1}")) == {"a": 1}


@given(st.text())
def test_slugs_are_slugs(text: str) -> None:
    name = slug(text)

    assert is_slug(name)
    assert len(name) <= LONGEST
    assert slug(name) == name or len(name) == LONGEST


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Does a wider forest still help?", "does-a-wider-forest-still-help"),
        (
            "Does it help to train twice as long as before?",
            "does-it-help-to-train-twice-as-long-as",
        ),
        ("Помогает ли?", "помогает-ли"),
        ("x" * 60, "x" * 40),
        ("?!", "experiment"),
        ("İstanbul ﬁn ½", "istanbul-fin-1-2"),
    ],
)
def test_slugs_end_with_a_word(text: str, name: str) -> None:
    assert slug(text) == name


@pytest.mark.parametrize("name", ["", "-a", "A", "a b", "a/b", "..", "é"])
def test_what_is_no_slug(name: str) -> None:
    assert not is_slug(name)


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_any_prose_survives(text: str) -> None:
    assert header(f"#| question: {text}").question == text


def test_how_runs_wait_is_read() -> None:
    found = header(
        REASON
        + """\
#| when: sat 10:00-18:00
#| at-end: stop
#| after: baseline (any end)
#| after: wider-forest/003
#| batch: night-1
#| priority: -2
#| gpus: 2
#| cores: 4
#| memory: 1.5 GiB
#| retries: 3
"""
    )

    assert (found.when, found.at_end, found.batch) == (
        "sat 10:00-18:00",
        "stop",
        "night-1",
    )
    assert found.after == ("baseline (any end)", "wider-forest/003")
    assert (found.priority, found.gpus, found.cores) == (-2, 2, 4)
    assert (found.memory, found.retries) == (3 * 2**29, 3)


@pytest.mark.parametrize(
    ("text", "size"),
    [("8GB", 8e9), ("512 MiB", 2**29), ("100", 100), ("2k", 2000), ("1TiB", 2**40)],
)
def test_memory_is_read_with_its_unit(text: str, size: float) -> None:
    assert header(REASON, f"--memory {text!r}").memory == size


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("--gpus one", "`gpus` is a whole number: write `gpus: 1`"),
        ("--gpus true", "`gpus` is a whole number"),
        ("--gpus 1.5", "`gpus` is a whole number"),
        ("--cores -1", "`cores` cannot be below 0"),
        ("--priority 9999999", "`priority` is beyond 1000000"),
        ("--memory lots", "`memory` takes bytes, or such as 8GB"),
        ("--memory true", "`memory` takes bytes"),
        ("--at-end leave", "`at-end` is finish or stop, not leave"),
    ],
)
def test_what_no_run_could_ask_for_is_refused(line: str, sentence: str) -> None:
    assert sentence in str(refused(REASON, line))
