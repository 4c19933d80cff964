"""Numbers, durations and moments as a person reads them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from jupyter_labbook.rendering.escaping import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from jupyter_labbook.model.experiment import Value

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR

_PLAIN_BELOW = 1e6
_PLAIN_FROM = 1e-4


def format_number(value: float, digits: int = 4) -> str:
    """Write a number with so many significant digits; integers whole to a million.

    What is written can be copied into code, save for ``NaN`` and ``inf``.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    size = abs(value)
    if value == int(value) and size < _PLAIN_BELOW:
        return str(int(value))
    if size >= _PLAIN_BELOW or size < _PLAIN_FROM:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        if "." in mantissa:
            mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{mantissa}e{int(exponent)}"
    decimals = max(0, digits - 1 - math.floor(math.log10(size)))
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_alike(values: Sequence[float], digits: int = 4) -> list[str]:
    """Write numbers that stand below each other with the same decimals.

    Where their sizes are too far apart for that, each is written by itself.
    """
    sizes = [abs(value) for value in values if math.isfinite(value) and value != 0]
    texts = [format_number(value, digits) for value in values]
    if not sizes or any("e" in text for text in texts):
        return texts
    if max(sizes) / min(sizes) > 10 ** (digits - 1):
        return texts
    decimals = max(len(text.partition(".")[2]) for text in texts)
    room = max(0, digits - 1 - math.floor(math.log10(max(sizes))))
    decimals = min(decimals, room)
    return [
        f"{value:.{decimals}f}" if math.isfinite(value) else text
        for value, text in zip(values, texts, strict=True)
    ]


def format_value(value: Value) -> str:
    """Write a parameter's value on one line, as its header would spell it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return _shortest(value)
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, list):
        return "[" + ", ".join(format_value(item) for item in value) + "]"
    pairs = (f"{one_line(key)}: {format_value(item)}" for key, item in value.items())
    return "{" + ", ".join(pairs) + "}"


def format_duration(seconds: float) -> str:
    """Write seconds as two units at most: ``3 min 20 s``, ``2 h 05 min``."""
    if not math.isfinite(seconds) or seconds < 0:
        return "unknown"
    if seconds < 10:  # below ten seconds a tenth can be felt
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02d} s"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02d} min"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR} h"


def format_left(seconds: float) -> str:
    """Write an estimate of the time left, no more exact than it can be."""
    if not math.isfinite(seconds):
        return "an unknown time"
    if seconds < _MINUTE:
        return "less than a minute"
    if seconds < _HOUR:
        return f"about {math.ceil(seconds / _MINUTE)} min"
    if seconds < _DAY:
        minutes = math.ceil(seconds / _MINUTE / 5) * 5
        return f"about {minutes // 60} h {minutes % 60:02d} min"
    return f"about {format_duration(seconds)}"


def format_share(used: float, there: float) -> str:
    """Write seconds of others, in hours or, of less than one, in minutes.

    ``3.2 of 9 hours``, ``under 0.1 of 9 hours``, ``4 of 10 minutes``.
    """
    unit, name, digits = (
        (_HOUR, "hours", 1) if there >= _HOUR else (_MINUTE, "minutes", 0)
    )

    def amount(seconds: float) -> str:
        number = seconds / unit
        return f"{number:.{0 if number >= 10 else digits}f}".removesuffix(".0")

    smallest = 10.0**-digits
    some = 0 < used / unit < smallest / 2
    first = f"under {smallest:g}" if some else amount(used)
    return f"{first} of {amount(there)} {name}"


def format_when(moment: datetime, now: datetime) -> str:
    """Write a moment as seen from now: ``today 22:00``, ``12 Mar 09:15``.

    Both carry their time zone; the words are those of ``now``'s.
    """
    local = moment.astimezone(now.tzinfo)
    clock = f"{local:%H:%M}"
    days = (local.date() - now.date()).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if days in near:
        return f"{near[days]} {clock}"
    date = f"{local.day} {local:%b}"
    return f"{date} {clock}" if local.year == now.year else f"{date} {local.year}"


def counted(count: int, noun: str) -> str:
    """Write a number with its noun: ``1 run``, ``3 runs``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _shortest(value: float) -> str:
    text = repr(value)
    if "e" not in text:
        return text.removesuffix(".0")
    mantissa, exponent = text.split("e")
    return f"{mantissa}e{int(exponent)}"
