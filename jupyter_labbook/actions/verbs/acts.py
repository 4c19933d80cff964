"""Words behind a verb that say what it does: ``labbook queue hold``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping


def add_acts(
    parser: argparse.ArgumentParser,
    shared: argparse.ArgumentParser,
    acts: Mapping[str, str],
) -> dict[str, argparse.ArgumentParser]:
    """Give a verb its acts; the one that is chosen is the argument ``act``.

    Parameters
    ----------
    parser
        Of the verb.
    shared
        What every act takes too.
    acts
        Name to help.

    Returns
    -------
    dict
        Name to the parser of what only that act takes.
    """
    acts_on = parser.add_subparsers(dest="act", metavar="ACT")
    return {
        act: acts_on.add_parser(act, help=help_, parents=[shared], add_help=False)
        for act, help_ in acts.items()
    }
