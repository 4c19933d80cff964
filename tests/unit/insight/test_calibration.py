"""Probabilities are compared with what happened."""

from __future__ import annotations

import random

import pytest

from jupyter_labbook.insight.calibration import LATE, Judged, calibrate
from jupyter_labbook.model.digest import Calibration, Score


def judged(*outcomes: bool, probability: float = 0.8, start: float = 0) -> list[Judged]:
    return [
        Judged(start + place, probability, outcome)
        for place, outcome in enumerate(outcomes)
    ]


def test_without_predictions_there_is_nothing_to_say() -> None:
    assert calibrate([]) == Calibration()
    assert calibrate([]).every.rate == 0


def test_hits_and_brier_score_are_counted() -> None:
    found = calibrate(judged(True, True, True, False)).every
    assert (found.count, found.hits, found.rate) == (4, 3, 0.75)
    assert found.expected == pytest.approx(0.8)
    assert found.brier == pytest.approx((3 * 0.04 + 0.64) / 4)


def test_always_one_half_scores_a_quarter() -> None:
    assert calibrate(judged(True, False, probability=0.5)).every.brier == 0.25


def test_certainty_that_is_right_scores_nothing() -> None:
    sure = [Judged(0, 1.0, True), Judged(1, 0.0, False)]
    assert calibrate(sure).every.brier == 0


def test_of_late_means_the_last_that_ended_in_whatever_order_they_come() -> None:
    early = judged(*[False] * 30)
    late = judged(*[True] * LATE, start=1000)
    mixed = [*early, *late]
    random.Random(1).shuffle(mixed)
    found = calibrate(mixed)
    assert (found.every.count, found.every.hits) == (30 + LATE, LATE)
    assert (found.late.count, found.late.hits) == (LATE, LATE)


@pytest.mark.parametrize(
    ("probability", "band"),
    [
        (0.0, (0.0, 0.5)),
        (0.49, (0.0, 0.5)),
        (0.5, (0.5, 0.7)),
        (0.7, (0.7, 0.85)),
        (0.8, (0.7, 0.85)),
        (0.9, (0.85, 0.95)),
        (0.95, (0.95, 1.0)),
        (1.0, (0.95, 1.0)),
    ],
)
def test_each_probability_is_in_one_band(
    probability: float, band: tuple[float, float]
) -> None:
    [found] = calibrate(judged(True, probability=probability)).bands
    assert (found.low, found.high) == band
    assert found.score == Score(1, 1, probability, (1 - probability) ** 2)


def test_bands_together_hold_every_prediction() -> None:
    noise = random.Random(3)
    many = [Judged(i, noise.random(), noise.random() < 0.5) for i in range(200)]
    found = calibrate(many)
    assert sum(band.score.count for band in found.bands) == 200
    assert sum(band.score.hits for band in found.bands) == found.every.hits
