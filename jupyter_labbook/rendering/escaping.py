"""Text from files made safe to show: it stays text, and shows what it holds."""

from __future__ import annotations

import html

_CONTROL_PICTURES = 0x2400
"""Unicode has a picture of every C0 control, in the same order."""

_BIDIRECTIONAL = (
    0x061C,
    0x200E,
    0x200F,
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
)
"""These reorder what stands around them, so a line can pretend to be another."""

_NEVER_TEXT = (*range(0xD800, 0xE000), 0xFEFF, 0xFFFE, 0xFFFF, *range(0xE0000, 0xE0080))
"""Lone surrogates and non-characters: invalid in XML, and in UTF-8."""


def _visible_forms() -> dict[int, str]:
    forms = {code: chr(_CONTROL_PICTURES + code) for code in range(0x20)}
    del forms[ord("\n")], forms[ord("\t")]
    forms[0x7F] = "\u2421"
    forms |= {code: f"\\x{code:02x}" for code in range(0x80, 0xA0)}
    forms |= {code: f"<U+{code:04X}>" for code in _BIDIRECTIONAL}
    forms |= dict.fromkeys((0x2028, 0x2029), "\n")
    forms |= dict.fromkeys(_NEVER_TEXT, "\ufffd")
    return forms


_VISIBLE = _visible_forms()


def visible(text: str) -> str:
    """Replace characters that a terminal or page would act on by visible ones.

    Control characters become their pictures, bidirectional controls their
    numbers, and what is no text at all the replacement character. Newlines and
    tabs stay.
    """
    return text.translate(_VISIBLE)


def one_line(text: str) -> str:
    """Make text visible on a single line, with runs of blanks made one."""
    return " ".join(visible(text).split())


def escape(text: str) -> str:
    """Make text visible and safe inside HTML or XML, attributes included."""
    return html.escape(visible(text), quote=True)
