"""What can be logged: names, and one number each, of whatever library."""

from __future__ import annotations

# Not from `typing`: see the package's own module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Final

    from jupyter_labbook.errors import MetricError

_LONGEST_NAME: Final = 4096
_RESERVED: Final = frozenset({"_row", "_time", "step"})


def number(name: str, value: Any) -> int | float:  # noqa: ANN401  # any library's
    """Turn a scalar of any library into a number of Python.

    NumPy, PyTorch and JAX are recognised by their ``.item()``, fractions and
    decimals by their ``__float__``; none of them is imported.

    Raises
    ------
    MetricError
        A `TypeError` that names the metric and says what to log instead.
    """
    try:
        plain = _plain(value)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise _unfit(name, value) from error
    if plain is None:
        raise _unfit(name, value)
    return plain


def text(name: str, value: Any) -> str:  # noqa: ANN401  # any library's
    """Write a scalar as it stands in a file: every digit, ``nan``, ``inf``."""
    plain = number(name, value)
    try:
        return repr(plain)
    except ValueError as error:
        from jupyter_labbook.errors import MetricError

        raise MetricError(
            f"{name!r} has more digits than Python writes: log its logarithm, or "
            f"leave it out (nothing of this call was logged)"
        ) from error


def joined(values: Mapping[str, Any], metrics: dict[str, Any]) -> dict[str, Any]:
    """Put together the two ways of giving metrics to `log`."""
    from jupyter_labbook.errors import MetricError

    if not hasattr(values, "keys"):
        raise MetricError(
            f"log() was given a {type(values).__name__}: write log(loss=...), or give "
            f"it a mapping of names to numbers"
        )
    for name in values:
        if name in metrics:
            raise MetricError(
                f"{name!r} is given twice: leave it out of the mapping or of the "
                f"keywords (nothing of this call was logged)"
            )
    return {**values, **metrics}


def check_names(names: Iterable[object]) -> None:
    """Refuse what cannot name a metric."""
    for name in names:
        if not isinstance(name, str):
            problem = "is not text: use str() of it"
        elif name in _RESERVED:
            problem = (
                "is a column that every file of metrics has: pass log(..., step=...)"
                if name == "step"
                else "is a column that every file of metrics has: choose another name"
            )
        elif len(name) > _LONGEST_NAME:
            problem = f"is longer than {_LONGEST_NAME} characters: shorten it"
        else:
            continue
        from jupyter_labbook.errors import MetricError

        raise MetricError(
            f"{name!r:.99} cannot name a metric, since it {problem} "
            f"(nothing of this call was logged)"
        )


def _plain(value: Any) -> int | float | None:  # noqa: ANN401  # any library's
    if isinstance(value, int):
        return int(value)
    if _shape(value):
        return None
    item = getattr(value, "item", None)
    if callable(item):
        value = item()
    if isinstance(value, int):
        return int(value)
    return float(value) if hasattr(type(value), "__float__") else None


def _shape(value: object) -> tuple[int, ...]:
    """Shape of an array that is more, or less, than one number; else empty."""
    shape: tuple[int, ...] = tuple(getattr(value, "shape", ()))
    return shape if any(side != 1 for side in shape) else ()


def _unfit(name: str, value: object) -> MetricError:
    from jupyter_labbook.errors import MetricError

    kind = type(value).__name__
    if value is None:
        what, cure = "None", "leave it out of the calls where it has no value"
    elif shape := _shape(value):
        what = f"a {kind} of shape {shape}"
        cure = "log its .mean() or another reduction, or leave it out"
    elif isinstance(value, list | tuple | set | dict):
        what = f"a {kind} of {len(value)}"
        cure = "log its mean, or each entry under a name of its own, or leave it out"
    else:
        what, cure = f"a {kind}", "convert it with float(), or leave it out"
    return MetricError(
        f"{name!r} is {what}, and a metric is one number: {cure} "
        f"(nothing of this call was logged)"
    )
