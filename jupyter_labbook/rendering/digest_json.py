"""The digest for other programs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_labbook.rendering import digest_words as words
from jupyter_labbook.rendering.mimebundle import json_safe

if TYPE_CHECKING:
    from jupyter_labbook.model.digest import Digest


def digest_json(digest: Digest) -> dict[str, object]:
    """Write a digest as plain data; what only a plot needs is left out."""
    results = [replace(one, view=None) for one in digest.results]
    plain: dict[str, object] = json_safe(replace(digest, results=results))
    for result in plain["results"]:  # type: ignore[attr-defined]  # a list of dicts
        del result["view"]
    return {"headline": words.headline(digest), **plain}
