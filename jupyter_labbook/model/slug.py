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
    name = "-".join(_words(text))
    if len(name) > LONGEST:
        head, dash, _ = name[: LONGEST + 1].rpartition("-")
        name = head if dash else name[:LONGEST]
    return name or "experiment"


def is_slug(name: str) -> bool:
    """Whether a text can be a name as it stands."""
    parts = name.split("-")
    return bool(parts[0]) and all(_words(part) == [part] for part in parts if part)


def _words(text: str) -> list[str]:
    letters: list[str] = []
    plain = unicodedata.normalize("NFKD", text).casefold()
    for char in unicodedata.normalize("NFKD", plain):
        if char.isalnum():
            letters.append(char)
        elif not unicodedata.category(char).startswith("M"):
            letters.append(" ")
        elif letters and not letters[-1].isascii():
            # Vowel signs belong to the words of many scripts; accents do not.
            letters.append(char)
    return unicodedata.normalize("NFC", "".join(letters)).split()
