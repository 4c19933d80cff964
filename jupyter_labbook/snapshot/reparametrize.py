"""The script of one run, for another run with other parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.snapshot import script

if TYPE_CHECKING:
    from collections.abc import Mapping


def reparametrize(
    text: str, before: Mapping[str, object], after: Mapping[str, object]
) -> str:
    """Set other parameters in a script that was made from a cell.

    Parameters
    ----------
    text
        The script.
    before, after
        Names and values that it sets, ``seed`` among them, and those that it is to
        set; ``seed`` counts only if the script sets it.

    Raises
    ------
    InvalidInputError
        The section of the parameters is not found as it was written.
    """
    for leave_out in ("", "seed"):
        old = {name: value for name, value in before.items() if name != leave_out}
        section = _section(old)
        if section and text.count(section) == 1:
            new = {name: value for name, value in after.items() if name != leave_out}
            return text.replace(section, _section(new))
    raise InvalidInputError(
        "The parameters in the run's script are not where they were written; submit "
        "its cell again with the values that you want."
    )


def without_parameters(text: str, values: Mapping[str, object]) -> str:
    """Take the parameters out of a script, so that two can be compared.

    Parameters
    ----------
    text, values
        The script, and what it sets.
    """
    for leave_out in ("", "seed"):
        kept = {name: value for name, value in values.items() if name != leave_out}
        section = _section(kept)
        if section and text.count(section) == 1:
            return text.replace(section, "")
    return text


def _section(values: Mapping[str, object]) -> str:
    """Spell the section with the blank line that ends it, so that none is a prefix."""
    spelled = script.parameters(values).strip("\n")
    return f"{spelled}\n\n" if spelled else ""
