"""What is said of a search in the same words everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.rendering.formats import (
    counted,
    format_duration,
    format_number,
    format_value,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_labbook.model.backfill import Nominee, Progress
    from jupyter_labbook.model.experiment import Value


def search_words(search: Progress) -> str:
    """Say what a search wants and has found, in a few sentences."""
    aim = f"{'max' if search.higher else 'min'} {search.metric}"
    runs = counted(search.runs, "run")
    failed = f", {search.failed} of them failed" if search.failed else ""
    said = f"{search.origin} ({aim}): {runs}{failed}. {found_words(search)}"
    if search.ended:
        return f"{said} {search.ended}"
    waiting = f" {counted(search.waiting, 'run')} on the way." if search.waiting else ""
    return (
        f"{said}{waiting} It goes on {search.when}, with {search.most} runs at most "
        "each time."
    )


def found_words(search: Progress) -> str:
    """Say what the best is that a search has found, against the best before."""
    before = "" if search.before is None else format_number(search.before)
    if search.value is None:
        return f"Nothing found yet; the best before is {before or 'unknown'}."
    verdict = "better than" if search.better else "no better than"
    best = f"{format_number(search.value)} with {settings_words(search.best)}"
    return f"Best: {best}, {verdict} {before or 'nothing'} before."


def settings_words(settings: Mapping[str, Value]) -> str:
    """Write settings on one line."""
    return ", ".join(
        f"{name}={format_value(value)}" for name, value in settings.items()
    )


def searched_words(nominee: Nominee) -> str:
    """Say what could be searched, and why it is worth it."""
    said = f"{nominee.name}: {nominee.title} " if nominee.title else f"{nominee.name}: "
    said += f"{nominee.settings} settings of {'; '.join(nominee.space)}."
    if nominee.value is not None:
        best = settings_words(nominee.best)
        said += f" Best {nominee.metric} {format_number(nominee.value)} with {best}."
    if nominee.signal is not None:
        times = format_number(nominee.signal, 2)
        said += f" Settings differ {times} times as much as seeds do."
    return said


def nominee_words(nominee: Nominee) -> str:
    """Say what could be searched, and what there is room for."""
    said = searched_words(nominee)
    if nominee.seconds is None:
        return said
    runs = counted(nominee.fitting, "run")
    each = format_duration(nominee.seconds)
    return f"{said} The next night has room for {runs} of {each}."
