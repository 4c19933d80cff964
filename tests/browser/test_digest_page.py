"""The digest's page in a real browser: for every eye, in both schemes, on any width."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from jupyter_labbook.actions.digest import read_digest
from jupyter_labbook.actions.evening import look_ahead
from jupyter_labbook.rendering.digest_html import digest_page
from jupyter_labbook.rendering.evening import evening_page
from jupyter_labbook.storage.labbook import LabbookFolder
from jupyter_labbook.storage.settings import UserSettings
from tests.browser.axe import violations
from tests.mornings import SUNDAY, an_eventful_night

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

USER = UserSettings(zone="UTC")
_WIDER = """() => document.documentElement.scrollWidth
  - document.documentElement.clientWidth"""


@pytest.fixture
def pages(tmp_path: Path) -> dict[str, Path]:
    """Write both pages about a real night."""
    (tmp_path / "project").mkdir()
    labbook = LabbookFolder.create(tmp_path / "project")
    an_eventful_night(labbook)
    digest = read_digest(labbook, USER, SUNDAY, SUNDAY - timedelta(hours=14))
    written = {
        "morning": digest_page(digest),
        "evening": evening_page(look_ahead(labbook, USER, SUNDAY)),
    }
    paths = {name: tmp_path / f"{name}.html" for name in written}
    for name, path in paths.items():
        path.write_text(written[name])
    return paths


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 900])
def test_pages_are_for_everybody(
    page: Page, pages: dict[str, Path], scheme: Any, width: int
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    for path in pages.values():
        page.goto(path.as_uri())
        assert violations(page, "body") == []
        assert page.evaluate(_WIDER) == 0
    assert requests == [path.as_uri() for path in pages.values()]


def test_a_morning_is_read_from_surprise_to_the_next_step(
    page: Page, pages: dict[str, Path]
) -> None:
    page.goto(pages["morning"].as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Good morning. 3 results are ready, 3 runs failed, 2 runs did not start."
    )
    assert page.get_by_role("heading", level=2).all_inner_texts() == [
        *("Ready", "Failed", "Did not start", "Answered in your plan"),
        "Wants a conclusion",
    ]
    first = page.locator(".lbm-card").first
    expect(first.get_by_role("heading")).to_contain_text("warm-up")
    expect(first).to_contain_text("Refuted")
    expect(first).to_contain_text("you gave it 90 %")
    expect(first.get_by_role("img")).to_have_accessible_name(
        "loss by step: warmup = 0 is at 0.3127; warmup = 5 is at 0.3055."
    )
