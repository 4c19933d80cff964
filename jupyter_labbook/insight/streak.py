"""An experiment a day: how long that was kept up."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from jupyter_labbook.model.digest import Streak

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

RECENT: Final = 14
"""Days of which each is told by itself."""
_DAY: Final = timedelta(days=1)


def streak(days: Iterable[date], today: date) -> Streak:
    """Count the days without a gap.

    Parameters
    ----------
    days
        The day on which each experiment was begun, in any order.
    today
        Days after it do not count.
    """
    counts = Counter(day for day in days if day <= today)
    recent = [counts[today - place * _DAY] for place in reversed(range(RECENT))]
    # A day that has only begun does not end it.
    last = today if counts[today] else today - _DAY
    longest = run = 0
    before: date | None = None
    for day in sorted(day for day in counts if counts[day]):
        run = run + 1 if before is not None and day - before == _DAY else 1
        longest, before = max(longest, run), day
    unbroken = 0
    while counts[last - unbroken * _DAY]:
        unbroken += 1
    return Streak(unbroken, longest, bool(counts[today]), recent)
