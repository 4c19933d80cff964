"""Values that look like a credential, by their name or by what they hold."""

from __future__ import annotations

import re
from typing import Any

_SECRET_NAME = re.compile(
    r"(^|_)(api_?key|access_?key|private_?key|secret(_?key)?|password|passwd|pwd"
    r"|passphrase|credentials?|auth|bearer)s?(_|$)",
    re.IGNORECASE,
)
# Language models have tokens too: only a word that could be a key counts.
_TOKEN_NAME = re.compile(r"(^|_)token($|_)", re.IGNORECASE)
_KEY_LIKE = re.compile(r"[\w\-+/=.:]{16,}")
_KEYS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\b(sk|pk|rk)-[A-Za-z0-9_-]{20,}"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}"
    r"|\bgithub_pat_\w{30,}"
    r"|\bglpat-[\w-]{20,}"
    r"|\bhf_[A-Za-z0-9]{30,}"
    r"|\bA(KIA|SIA)[0-9A-Z]{16}\b"
    r"|\bAIza[\w-]{35}"
    r"|\bxox[abprs]-[\w-]{10,}"
    r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"
    r"|://[^/\s:@]+:[^/\s:@]{3,}@"
)
_SHORTEST = 4
_DEEPEST = 4
_MOST = 200


def looks_secret(name: str, value: object) -> bool:
    """Whether a value should stay behind unless it is asked for by name.

    Texts are judged by their name and their form; the first entries of
    collections and the attributes of objects are looked at too.
    """
    return _looks_secret(name, value, _DEEPEST)


def _looks_secret(name: str, value: object, depth: int) -> bool:
    if isinstance(value, bytes):
        value = value[:100_000].decode("utf-8", "replace")
    if isinstance(value, str):
        return _is_secret_text(name, value)
    if depth == 0:
        return False
    return any(
        _looks_secret(inner if isinstance(inner, str) else "", item, depth - 1)
        for inner, item in _parts(name, value)
    )


def _parts(name: str, value: object) -> list[tuple[Any, object]]:
    if isinstance(value, dict):
        return list(value.items())[:_MOST]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [(name, item) for item, _ in zip(value, range(_MOST), strict=False)]
    attributes = getattr(value, "__dict__", None)
    if isinstance(attributes, dict):
        return list(attributes.items())[:_MOST]
    return []


def _is_secret_text(name: str, text: str) -> bool:
    if _KEYS.search(text[:100_000]):
        return True
    if _SECRET_NAME.search(name):
        return len(text) >= _SHORTEST and not text.isspace()
    return bool(_TOKEN_NAME.search(name) and _KEY_LIKE.fullmatch(text))
