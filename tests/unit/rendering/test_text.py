"""An experiment in the terminal."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.view import Outcome, Progress, Verdict
from jupyter_labbook.rendering.tables import text_width
from jupyter_labbook.rendering.text import experiment_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_labbook.model.view import ExperimentView, RunView

    MakeRun = Callable[..., RunView]
    MakeView = Callable[..., ExperimentView]
    Samples = dict[str, ExperimentView]


def test_a_finished_sweep_reads_as_a_page(samples: Samples) -> None:
    assert experiment_text(samples["forest"]) == (
        "wider-forest · experiment 7                  "
        "15 runs finished, 1 min 26 s in all\n"
        "Does a wider forest still help on the digits data?\n"
        "\n"
        "hypothesis  Past 100 trees, accuracy gains less than half a point.\n"
        "impact      If so, freeze the width and look at depth next.\n"
        "parameters  depth = 8\n"
        "\n"
        "✓ SUPPORTED  accuracy[trees=300] - accuracy[trees=100] < 0.005\n"
        "  observed 0.0017 ± 0.0021 (5 seeds); you gave it 80 %\n"
        "✗ REFUTED  accuracy[trees=30] > 0.96\n"
        "  observed 0.951 ± 0.003 (5 seeds); you gave it 60 %\n"
        "\n"
        "trees  seeds         accuracy        time\n"
        "─────  ─────  ───────────────  ──────────\n"
        "   30  5      0.9485 ± 0.0034       6.0 s\n"
        "  100  5      0.9659 ± 0.0044        20 s\n"
        "  300  5      0.9670 ± 0.0020  1 min 00 s\n"
        "(mean ± standard deviation of the seeds)\n"
        "\n"
        'What did you learn?  labbook conclude wider-forest "..."\n'
    )


def test_a_running_experiment_shows_bars_and_the_time_left(samples: Samples) -> None:
    text = experiment_text(samples["forest_running"])
    assert "2 running, 7 waiting, 6 finished, less than a minute left" in text
    assert "007  ██████░░░░░░░░░░░░░░  30%  less than a minute left" in text
    assert "1 of 5, 2 running, 2 waiting" in text
    assert "labbook tail wider-forest -f" in text
    assert "conclude" not in text


def test_a_failure_shows_its_reason_its_output_and_the_way_on(samples: Samples) -> None:
    text = experiment_text(samples["failed"])
    assert "001: ValueError: shapes (64,10) and (32,10) do not match" in text
    assert "  |     loss.backward()\n" in text
    assert "labbook tail small-net\n" in text
    assert "\x1b" not in text
    assert "10%" not in text


def test_a_failed_run_among_others_is_named(samples: Samples) -> None:
    text = experiment_text(samples["hundred"])
    assert "labbook tail search/001" in text
    assert "6 failed, 94 finished" in text
    assert "(88 more runs not listed)" in text


def test_an_exploring_experiment_says_so(samples: Samples) -> None:
    text = experiment_text(samples["exploring"])
    assert "experiment 3, exploring" in text
    assert "See whether the loss moves at all" in text


def test_a_note_and_a_conclusion_are_not_missed(samples: Samples) -> None:
    text = experiment_text(samples["categories"])
    assert "\n! The prediction was amended after the first result.\n" in text
    assert "learned     Nearest neighbours win" in text


def test_nothing_is_wider_than_the_terminal(sample: ExperimentView) -> None:
    for width in (40, 60, 80):
        text = experiment_text(sample, width)
        heading = text.split("───")[0].splitlines()[:-1]
        assert all(text_width(line) <= width for line in heading)


def test_hostile_text_sends_nothing_to_the_terminal(
    hostile_view: ExperimentView,
) -> None:
    text = experiment_text(hostile_view)
    kinds = {unicodedata.category(char) for char in text if char not in "\n\t"}
    assert not kinds & {"Cc", "Cs"}
    assert "\u202e" not in text


def test_an_experiment_without_runs_has_a_text(make_view: MakeView) -> None:
    assert "no runs yet" in experiment_text(make_view())


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_a_word(make_view: MakeView, outcome: Outcome) -> None:
    view = make_view(verdicts=[Verdict(prediction="m > 1", outcome=outcome)])
    assert f"{outcome.value.upper()}  m > 1" in experiment_text(view)


def test_a_prediction_too_long_for_its_line_goes_below(make_view: MakeView) -> None:
    verdict = Verdict(prediction="accuracy " * 20, outcome=Outcome.PENDING)
    lines = experiment_text(make_view(verdicts=[verdict])).splitlines()
    assert "… PENDING" in lines
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (None, "001  running"),
        (Progress(done=5), "001  5 done"),
        (Progress(done=5, text="epoch 5"), "001  epoch 5"),
        (Progress(done=5, total=0), "001  5 done"),
        (Progress(done=math.nan, total=3), "001  nan done"),
        (Progress(done=9, total=3), "001  " + "█" * 20 + " 100%"),
        (Progress(done=-1, total=3), "001  " + "░" * 20 + "   0%"),
    ],
)
def test_progress_is_shown_as_far_as_it_is_known(
    make_run: MakeRun, make_view: MakeView, progress: Progress | None, words: str
) -> None:
    run = make_run(state=RunState.RUNNING, progress=progress)
    assert words in experiment_text(make_view(run)).splitlines()


def test_time_left_counts_the_runs_that_still_wait(
    make_run: MakeRun, make_view: MakeView
) -> None:
    runs = [
        make_run(1, seconds=600.0),
        make_run(
            2,
            state=RunState.RUNNING,
            progress=Progress(done=1, total=2, remaining=300.0),
        ),
        make_run(3, state=RunState.WAITING),
        make_run(4, state=RunState.WAITING),
    ]
    assert "about 25 min left" in experiment_text(make_view(*runs))


def test_time_left_is_not_guessed_from_nothing(
    make_run: MakeRun, make_view: MakeView
) -> None:
    running = make_run(1, state=RunState.RUNNING)
    waiting = make_run(2, state=RunState.WAITING)
    known = replace(running, progress=Progress(done=1, total=2, remaining=60.0))
    for runs in ((running,), (waiting,), (known, waiting)):
        heading = experiment_text(make_view(*runs)).partition("Why?")[0]
        assert "left" not in heading


def test_a_held_run_says_why_it_waits(make_run: MakeRun, make_view: MakeView) -> None:
    text = experiment_text(make_view(make_run(state=RunState.HELD)))
    assert "a ticket that you did not sign" in text


def test_a_name_with_blanks_is_quoted_in_commands(
    make_run: MakeRun, make_view: MakeView
) -> None:
    text = experiment_text(make_view(make_run(), name="my name; rm"))
    assert "labbook conclude 'my name; rm' \"...\"" in text


def test_settings_with_seeds_tell_mean_and_deviation(
    make_run: MakeRun, make_view: MakeView
) -> None:
    runs = [
        make_run(n, seed=n, final={"m": value, "same": 2.0, "odd": math.nan})
        for n, value in enumerate((1.0, 2.0, 3.0))
    ]
    text = experiment_text(make_view(*runs))
    assert "2.0 ± 1.0" in text
    assert "3 seeds" not in text
    row = text.split("─\n")[1].splitlines()[0].split()
    assert row == ["3", "2.0", "±", "1.0", "2", "–"]  # noqa: RUF001


def test_a_tiny_deviation_is_written_with_its_power(
    make_run: MakeRun, make_view: MakeView
) -> None:
    runs = [make_run(n, seed=n, final={"m": 0.025 + n * 4e-7}) for n in range(2)]
    assert "0.025 ± 2.8e-7" in experiment_text(make_view(*runs))


def test_metrics_beyond_four_are_counted(
    make_run: MakeRun, make_view: MakeView
) -> None:
    run = make_run(final={f"m{n}": 0.5 for n in range(6)})
    assert "(2 more metrics logged)" in experiment_text(make_view(run))


def test_runs_with_other_seeds_and_reruns_are_listed_each(
    make_run: MakeRun, make_view: MakeView
) -> None:
    runs = [make_run(1, seed=1), make_run(2, seed=1), make_run(3, seed=2)]
    head = experiment_text(make_view(*runs)).split("───")[0].splitlines()[-1]
    assert head.split() == ["run", "seed", "state", "time"]
