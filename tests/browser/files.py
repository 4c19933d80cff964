"""A page with one view in it, without a Jupyter server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Page, Route

HERE = Path(__file__).parent
SITE = "http://labbook.test"
_KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


def show(page: Page, name: str, files: Mapping[str, Path]) -> None:
    """Open a page of this folder with what it asks for beside it."""
    known = {name: HERE / name, "page.css": HERE / "page.css", **files}

    def serve(route: Route) -> None:
        path = known[route.request.url.rsplit("/", 1)[-1]]
        route.fulfill(path=path, content_type=_KINDS[path.suffix])

    page.route(f"{SITE}/**", serve)
    page.goto(f"{SITE}/{name}")
