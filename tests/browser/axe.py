"""What axe-core finds wrong in a part of a page, without any network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.jupyter import NPM

if TYPE_CHECKING:
    from playwright.sync_api import Page

AUDIT = """async selector => {
  const found = await axe.run({ include: [selector] });
  if (!found.passes.length) throw new Error(`nothing to audit in ${selector}`);
  const why = ({ any, all, none }) =>
    [...any, ...all, ...none].map(each => each.message);
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(node => ({ id, html: node.html, why: why(node) })));
}"""


def violations(page: Page, selector: str) -> list[dict[str, Any]]:
    """Audit what a selector finds, by all of axe-core's usual rules."""
    if not page.evaluate("() => typeof axe !== 'undefined'"):
        # Evaluated, not added as a script: a page's policy does not matter.
        page.evaluate((NPM / "node_modules/axe-core/axe.min.js").read_text("utf-8"))
    page.locator(selector).first.wait_for()
    found: list[dict[str, Any]] = page.evaluate(AUDIT, selector)
    return found
