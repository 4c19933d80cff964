"""The four small pictures at the top of a digest: outcomes, night, days, forecasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.model.view import Outcome
from jupyter_labbook.rendering import digest_words as words
from jupyter_labbook.rendering.escaping import escape
from jupyter_labbook.rendering.formats import counted

if TYPE_CHECKING:
    from jupyter_labbook.model.digest import Calibration, Digest, Hours, Streak

_ORDER = (
    Outcome.SUPPORTED,
    Outcome.REFUTED,
    Outcome.INCONCLUSIVE,
    Outcome.PENDING,
)
_SIDE = 64
"""Pixels of the picture of forecasts."""


def strip(digest: Digest) -> str:
    """Draw what can be taken in at a glance; empty for an empty labbook."""
    if not digest.experiments:
        return ""
    tiles = [
        _predictions(digest),
        _night(digest.hours),
        _days(digest.streak),
        _forecasts(digest.calibration),
    ]
    return f'<div class="lbm-strip">{"".join(tiles)}</div>'


def _tile(title: str, picture: str, said: str, more: str = "") -> str:
    below = f"<small>{escape(more)}</small>" if more else ""
    return (
        f'<div class="lbm-tile"><span class="lbm-s">{title}</span>'
        f"{picture}<b>{escape(said)}</b>{below}</div>"
    )


def _predictions(digest: Digest) -> str:
    found = [v.outcome for result in digest.results for v in result.verdicts]
    counts = [(outcome, found.count(outcome)) for outcome in _ORDER]
    dots = "".join(
        f'<i class="lbm-dot lbm-{outcome.value}"></i>' * min(count, 24)
        for outcome, count in counts
    )
    said = ", ".join(f"{count} {outcome.value}" for outcome, count in counts if count)
    picture = f'<div class="lbm-dots" aria-hidden="true">{dots}</div>'
    return _tile("Predictions", picture, said or "none to judge")


def bar(hours: Hours) -> str:
    """Draw how much of a night is used."""
    share = hours.used / hours.there if hours.there else 0.0
    return (
        '<div class="lbm-bar" aria-hidden="true">'
        f'<i style="width:{min(1.0, share):.1%}"></i></div>'
    )


def _night(hours: Hours) -> str:
    more = "in which a run executed" if hours.there else ""
    return _tile("The night", bar(hours), words.hours_words(hours), more)


def _days(streak: Streak) -> str:
    marks = "".join(
        f'<i class="{"lbm-on" if count else "lbm-off"}"></i>' for count in streak.recent
    )
    picture = f'<div class="lbm-days" aria-hidden="true">{marks}</div>'
    said, _, more = words.streak_words(streak).partition("; ")
    return _tile("An experiment a day", picture, said, more)


def _forecasts(calibration: Calibration) -> str:
    every = calibration.every
    if not every.count:
        return _tile(
            "Your forecasts",
            "",
            "none decided yet",
            "give a prediction a probability: accuracy > 0.9 (80%)",
        )
    late = calibration.late
    more = [f"Brier score {every.brier:.2f}"]
    if late.count < every.count:
        more.append(f"of late {late.hits} of {late.count}, {late.brier:.2f}")
    more.append(words.judgement(every, calibration.bands))
    said = "".join(f"<small>{escape(text)}</small>" for text in more if text)
    return (
        '<div class="lbm-tile lbm-wide"><span class="lbm-s">Your forecasts</span>'
        f'<div class="lbm-beside">{_reliability(calibration)}<div><b>{every.hits} of '
        f"{counted(every.count, 'prediction')} came true</b>{said}</div></div></div>"
    )


def _reliability(calibration: Calibration) -> str:
    """Draw what came true against what was believed; on the diagonal is right."""
    dots = []
    told = []
    most = max(band.score.count for band in calibration.bands)
    for band in calibration.bands:
        score = band.score
        x, y = score.expected * _SIDE, (1 - score.rate) * _SIDE
        radius = 2.5 + 3 * (score.count / most) ** 0.5
        dots.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>')
        told.append(words.band_words(band))
    return (
        f'<svg class="lbm-rel" role="img" aria-label="{escape("; ".join(told))}" '
        f'viewBox="-7 -7 {_SIDE + 14} {_SIDE + 14}" width="{_SIDE + 14}" '
        f'height="{_SIDE + 14}"><path d="M0 0V{_SIDE}H{_SIDE}"/>'
        f'<path class="d" d="M0 {_SIDE}L{_SIDE} 0"/>{"".join(dots)}'
        f"<title>{escape('; '.join(told))}</title></svg>"
    )
