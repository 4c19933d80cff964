"""The forms in which an object can be shown, asked of the object itself."""

from __future__ import annotations

import base64
import io
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jupyter_labbook.runtime.saying import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SUFFIXES = {
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "audio/wav": ".wav",
    "audio/mpeg": ".mp3",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/latex": ".tex",
    "application/json": ".json",
}
"""What is worth a file, and how the file's name ends; richest first."""

_METHODS = {
    "_repr_png_": "image/png",
    "_repr_jpeg_": "image/jpeg",
    "_repr_svg_": "image/svg+xml",
    "_repr_pdf_": "application/pdf",
    "_repr_html_": "text/html",
    "_repr_markdown_": "text/markdown",
    "_repr_latex_": "text/latex",
    "_repr_json_": "application/json",
}

_LIVE_ONLY = ("application/vnd.jupyter.widget-view+json",)
"""Views of a living kernel, of no use in a file."""


def rich_forms(thing: object) -> dict[str, bytes]:
    """Ask an object for every rich form that it has.

    A form that fails is passed over with a sentence on standard error: showing an
    object never ends a run.

    Returns
    -------
    dict
        File suffix to content; empty for a plain value.
    """
    if _is_figure(thing):
        png = _attempt(thing, "savefig", lambda: figure_png(thing))
        return {".png": png} if png else {}
    bundle: dict[str, Any] = {}
    for method, mime in _METHODS.items():
        value = _called(thing, method)
        if value is not None:
            bundle[mime] = _data(value)
    whole = _called(thing, "_repr_mimebundle_")
    if whole is not None:
        bundle |= _data(whole) or {}
    return bundle_forms(bundle)


def bundle_forms(bundle: Mapping[str, Any]) -> dict[str, bytes]:
    """Turn a MIME bundle into files: suffix to content."""
    forms: dict[str, bytes] = {}
    for mime in sorted(bundle, key=_rank):
        suffix = _suffix(mime)
        content = _bytes(mime, bundle[mime]) if suffix else None
        if suffix and content is not None:
            forms.setdefault(suffix, content)
    return forms


def showed_itself(thing: object) -> bool:
    """Let an object that knows how display itself; tell whether there was one."""
    method = "_ipython_display_"
    if isinstance(thing, type) or not callable(getattr(type(thing), method, None)):
        return False
    failed = object()
    bound: Callable[[], object] = getattr(thing, method)
    return _attempt(thing, method, bound, failed) is not failed


def plain_form(thing: object) -> str:
    """Write an object as text, also when its own ``__repr__`` raises."""
    try:
        return repr(thing)
    except Exception as error:  # noqa: BLE001  # it is the user's code
        return f"<{type(thing).__name__}, whose repr raised {type(error).__name__}>"


def figure_png(figure: Any) -> bytes:  # noqa: ANN401  # matplotlib's, not imported
    """Save a figure by its own ``savefig``, at its own resolution."""
    target = io.BytesIO()
    figure.savefig(target, format="png", bbox_inches="tight", dpi="figure")
    return target.getvalue()


def _is_figure(thing: object) -> bool:
    """Whether this is matplotlib's Figure, or one of seaborn's grids around it."""
    kind = type(thing)
    return callable(getattr(kind, "savefig", None)) and not isinstance(thing, type)


def _called(thing: object, method: str) -> object:
    # Looked up on the class: objects that answer to every name (mocks, lazy
    # proxies) would otherwise claim every form.
    if isinstance(thing, type) or not callable(getattr(type(thing), method, None)):
        return None
    bound: Callable[[], object] = getattr(thing, method)
    return _attempt(thing, method, bound)


def _attempt(
    thing: object, what: str, call: Callable[[], Any], failed: object = None
) -> Any:  # noqa: ANN401  # whatever the call returns
    """Call the user's code; whatever it raises is said and passed over."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001  # it is the user's code
        say(
            f"{type(thing).__name__}.{what} raised {type(error).__name__}: {error}; "
            "that form is not saved."
        )
        return failed


def _data(value: object) -> Any:  # noqa: ANN401  # whatever a repr returns
    """Drop the metadata that a form may come with."""
    return value[0] if isinstance(value, tuple) and len(value) == 2 else value  # noqa: PLR2004


def _suffix(mime: str) -> str:
    if mime in _LIVE_ONLY:
        return ""
    known = SUFFIXES.get(mime, "")
    return known or (".json" if mime.endswith("+json") else "")


def _rank(mime: str) -> int:
    order = list(SUFFIXES)
    # A maker's own JSON (plotly, Vega) says more than the generic kind.
    return order.index(mime) if mime in order else order.index("application/json") - 1


def _bytes(mime: str, value: object) -> bytes | None:
    """Encode one form; None if it is not what its type says."""
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    # A form that cannot be encoded is as good as absent.
    with suppress(TypeError, ValueError):
        if mime.endswith("json"):
            return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        if isinstance(value, str) and _is_binary(mime):
            # Inside a bundle binary forms travel as base64.
            return base64.b64decode(value)
        if isinstance(value, str):
            return value.encode("utf-8", "replace")
    return None


def _is_binary(mime: str) -> bool:
    return mime == "application/pdf" or (
        mime.startswith(("image/", "video/", "audio/")) and mime != "image/svg+xml"
    )
