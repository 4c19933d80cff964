"""What was found before the night, as text and as HTML."""

from __future__ import annotations

import re

import pytest

from jupyter_labbook.model.preflight import Check, Finding, Preflight, Remedy, Severity
from jupyter_labbook.rendering.preflight import preflight_html, preflight_text

HOSTILE = "<script>alert(1)</script>\x1b[31m\u202eevil"


def finding(severity: Severity = Severity.WARNING, **more) -> Finding:
    told = {"sentence": "Nobody knows what augment contributes.", **more}
    return Finding(kind=Check.ABLATIONS, severity=severity, **told)


def preflight(*findings: Finding, **more) -> Preflight:
    told = {
        "time": "2026-01-01T00:00:00+00:00",
        "subject": "night-1",
        "experiments": ("a", "b"),
        "runs": 3,
        "checks": (Check.ABLATIONS, Check.CAPACITY),
        **more,
    }
    return Preflight(findings=findings, **told)


def test_the_heading_counts_what_was_found() -> None:
    found = preflight(finding(), finding(), finding(Severity.PROBLEM))
    first = preflight_text(found).splitlines()[0]
    assert first == "night-1: 3 runs of 2 experiments; 1 problem, 2 warnings"


def test_nothing_found_says_what_was_looked_into() -> None:
    text = preflight_text(preflight())
    assert "nothing was found" in text
    assert "ablations, capacity" in text
    assert preflight().clear


def test_an_empty_queue_is_told_as_such() -> None:
    text = preflight_text(preflight(experiments=(), runs=0, subject=""))
    assert text == "Nothing waits, so there is nothing to look into."


def test_each_remedy_is_a_command_that_can_be_copied_whole() -> None:
    verb = f"ablate {'very-' * 30}long augment"
    text = preflight_text(preflight(finding(remedy=Remedy(verb))), width=40)
    assert f"  -> labbook {verb}" in text.splitlines()
    assert f"<code>%labbook {verb}</code>" in preflight_html(
        preflight(finding(remedy=Remedy(verb)))
    )


def test_lines_of_an_output_are_shown_as_they_are() -> None:
    found = preflight(finding(detail="Traceback\n  File x\nValueError"))
    assert "  | Traceback\n  |   File x\n  | ValueError" in preflight_text(found)
    assert "Traceback\n  File x" in preflight_html(found)


def test_sentences_fit_the_width() -> None:
    text = preflight_text(preflight(finding(sentence="word " * 60)), width=50)
    assert max(map(len, text.splitlines())) <= 66
    assert max(map(len, text.splitlines()[2:])) <= 50


@pytest.mark.parametrize("field", ["sentence", "detail", "remedy"])
def test_text_from_files_is_never_markup(field) -> None:
    value = Remedy(HOSTILE) if field == "remedy" else HOSTILE
    found = preflight(finding(**{field: value}), subject=HOSTILE)
    html = preflight_html(found)
    assert "<script>" not in html
    for drawn in (html, preflight_text(found)):
        assert "\x1b" not in drawn
        assert "\u202e" not in drawn


def test_each_severity_has_a_word_and_a_sign() -> None:
    found = preflight(*map(finding, Severity))
    html, text = preflight_html(found), preflight_text(found)
    for severity in Severity:
        assert f'<span class="lbk-chip">{severity}</span>' in html
    assert re.findall(r"^[✗!·] ", text, re.MULTILINE) == ["✗ ", "! ", "· "]
    assert not found.clear
