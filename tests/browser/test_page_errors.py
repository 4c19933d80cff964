"""What is thrown in a page fails its test, unless no line of ours took part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

HOST = "http://127.0.0.1:1"

SCRIPTS = {
    "/static/lab/main.js": """
      window.fails = () => { throw new Error('failed'); };
      window.call = (f, depth = 0) => depth > 50 ? f() : call(f, depth + 1);""",
    "/extensions/other/static/other.js": "window.other = () => fails();",
    "/extensions/jupyter-labbook/static/ours.js": """
      window.ours = () => call(fails);
      window.awaits = async () => { await Promise.resolve(); fails(); };""",
}

# As anywidget loads the module of a widget.
WIDGET = """
  import(URL.createObjectURL(new Blob(['fails()'], { type: 'text/javascript' })))"""


@pytest.mark.parametrize(
    ("thrown", "heard"),
    [
        ("setTimeout(fails)", []),
        ("setTimeout(other)", []),
        ("setTimeout(ours)", ["failed"]),
        ("void awaits()", ["failed"]),
        ("void Promise.reject('refused')", ["refused"]),
        (WIDGET, ["failed"]),
    ],
    ids=["application", "extension", "ours", "async", "bare", "widget"],
)
def test_only_what_others_throw_by_themselves_is_let_pass(
    page: Page, page_errors: list[str], thrown: str, heard: list[str]
) -> None:
    tags = "".join(f'<script src="{path}"></script>' for path in SCRIPTS)
    contents = {**SCRIPTS, "/": f"{tags}<script>{thrown}</script>"}

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOST)
        kind = "text/html" if path == "/" else "text/javascript"
        route.fulfill(body=contents.get(path, ""), content_type=kind)

    page.route(f"{HOST}/**", answer)
    with page.expect_event("pageerror"):
        page.goto(HOST)
    assert page_errors == heard
    page_errors.clear()
