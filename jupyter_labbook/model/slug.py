"""Names that are safe in a path, an address and a shell, made from any text."""

from __future__ import annotations

import unicodedata

LONGEST = 40
"""How many characters of a text become its name."""


def slug(text: str) -> str:
    """Make a name of lower-case letters, digits and dashes.

    Latin letters lose their accents; letters of other scripts stay as they are,
    so that a question in Greek still names its folder. Long texts are cut where
    a word ends.

    Examples
    --------
    >>> slug("Does a wider forest still help?")
    'does-a-wider-forest-still-help'
    """
    words = "".join(_letters(char) for char in text.casefold()).split()
    name = "-".join(words)
    if len(name) > LONGEST:
        head, dash, _ = name[: LONGEST + 1].rpartition("-")
        name = head if dash else name[:LONGEST]
    return name or "experiment"


def is_slug(name: str) -> bool:
    """Whether a text can be a name as it stands."""
    if not name or name.startswith("-"):
        return False
    return all(char == "-" or _letters(char) == char for char in name)


def _letters(char: str) -> str:
    plain = unicodedata.normalize("NFKD", char)
    if plain[0].isascii():
        plain = plain[0]
        return plain.casefold() if plain.isalnum() else " "
    if char.isalnum():
        return char.casefold()
    # Vowel signs belong to the words of many scripts.
    return char if unicodedata.category(char).startswith("M") else " "
