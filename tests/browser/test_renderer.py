from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.conftest import Command, OpenNotebook
    from tests.jupyter import Server

MIME_TYPE = "application/vnd.jupyter-labbook.run+json"

CURVE = " ".join(f"{20 + 6 * x},{150 - 130 * x / (x + 12):.1f}" for x in range(90))
SVG = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 170">
<style>text {{ font: 11px sans-serif; fill: #667 }}
@media (prefers-color-scheme: dark) {{ text {{ fill: #aab }} }}</style>
<path d="M20 10V150H590" fill="none" stroke="#8889"/>
<polyline points="{CURVE}" fill="none" stroke="#3a86c8" stroke-width="1.5"/>
<text x="24" y="165">step</text></svg>"""


VERDICTS = [
    {
        "prediction": "accuracy[trees=300] - accuracy[trees=100] < 0.005",
        "outcome": "inconclusive",
        "observed": "0.004 ± 0.003 (5 seeds)",
        "reason": "The interval contains the threshold.",
        "probability": 0.8,
    },
    {
        "prediction": "max(accuracy) > 0.9",
        "outcome": "supported",
        "observed": "0.972",
        "reason": "",
        "probability": None,
    },
    {
        "prediction": "loss < 0.01",
        "outcome": "refuted",
        "observed": "0.1",
        "reason": "",
        "probability": 0.3,
    },
]


def run(label: str, trees: int, state: str, **more: object) -> dict[str, Any]:
    return {
        "id": f"id-{label}",
        "label": label,
        "state": state,
        "parameters": {"trees": trees, "depth": None, "criterion": "gini"},
        "seed": 0,
        "series": [{"metric": "accuracy", "x": [0, 1], "y": [0.5, None]}],
        "final": {"accuracy": 0.95 + trees / 1e4, "loss": 0.1},
        "progress": None,
        "seconds": 42.0,
        "reason": "",
        "tail": "",
        **more,
    }


def experiment(**more: object) -> dict[str, Any]:
    """An output as the package writes it, halfway through a sweep."""
    progress = {"done": 130, "total": 300, "remaining": 65.0, "text": ""}
    view = {
        "name": "wider-forest",
        "number": 7,
        "path": "labbook/experiments/0007-wider-forest",
        "question": "Does a wider forest still help on the digits data?",
        "hypothesis": "Past 100 trees, accuracy gains less than half a point.",
        "why": "",
        "impact": "",
        "conclusion": "Width is enough at 100 trees.",
        "tags": [],
        "verdicts": VERDICTS,
        "thresholds": [],
        "runs": [
            run("001", 30, "finished"),
            run(
                "002", 100, "failed", reason="ValueError: n_estimators is not a number"
            ),
            run(
                "003",
                300,
                "running",
                progress=progress,
                tail="epoch 1\nepoch 2\n" * 20,
            ),
        ],
        "varied": ["trees"],
        "note": "The hypothesis was amended after 3 runs had started.",
        **more,
    }
    return {"version": 1, "view": view, "svg": SVG}


def displaying(data: object) -> str:
    bundle = {MIME_TYPE: data, "text/plain": "an experiment"}
    return (
        "import json\nfrom IPython.display import display\n"
        f"display(json.loads({json.dumps(bundle)!r}), raw=True);"
    )


def saved_outputs(server: Server, name: str) -> int:
    notebook = nbformat.read(server.root / name, as_version=4)
    return sum(len(cell.outputs) for cell in notebook.cells)


def save(page: Page, command: Command, server: Server, name: str) -> None:
    command("docmanager:save")
    page.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    assert saved_outputs(server, name) > 0


def dark(page: Page, command: Command) -> None:
    command("apputils:change-theme", theme="JupyterLab Dark")
    page.wait_for_selector("body[data-jp-theme-light=false]", state="attached")


def test_an_output_is_drawn_and_still_is_after_a_reload(
    open_notebook: OpenNotebook, command: Command, server: Server
) -> None:
    page = open_notebook("drawn.ipynb", displaying(experiment()))
    command("notebook:run-all-cells")
    view = page.locator(".labbook-run")
    expect(view.locator("h2")).to_have_text(
        "Does a wider forest still help on the digits data?"
    )
    save(page, command, server, "drawn.ipynb")

    page.reload()
    expect(view.locator("h2")).to_be_visible()
    expect(view.locator(".labbook-verdicts .labbook-chip")).to_have_text(
        ["inconclusive", "supported", "refuted"]
    )
    expect(view.locator("td .labbook-chip")).to_have_text(
        ["finished", "failed", "running"]
    )
    expect(view.locator("progress")).to_have_attribute("value", "130")
    page.wait_for_function(
        "() => document.querySelector('.labbook-plot')?.naturalWidth > 0"
    )
    expect(page.get_by_text("an experiment", exact=True)).to_have_count(0)


@pytest.mark.parametrize("data", [{"version": 99}, {}, {"version": 1, "view": [3]}])
def test_an_output_that_cannot_be_read_gets_a_sentence(
    open_notebook: OpenNotebook, command: Command, data: object
) -> None:
    page = open_notebook("malformed.ipynb", displaying(data))
    command("notebook:run-all-cells")
    sentence = page.locator(".labbook-run [role=alert]")
    expect(sentence).to_contain_text("run")
    expect(page.locator(".labbook-run > *")).to_have_count(1)


def test_an_update_keeps_the_view_and_what_is_unfolded_in_it(
    open_notebook: OpenNotebook, command: Command
) -> None:
    first, second = experiment(), experiment(note="")
    second["view"]["runs"][2]["tail"] = "epoch 3\n"
    page = open_notebook(
        "updated.ipynb",
        displaying(first).replace("raw=True", "raw=True, display_id='one'"),
        displaying(second).replace(
            "raw=True", "raw=True, display_id='one', update=True"
        ),
    )
    command("notebook:run-cell-and-select-next")
    output = page.locator(".labbook-run details", has_text="Output")
    output.locator("summary").click()
    page.locator(".labbook-run img").evaluate("image => { image.dataset.mine = 1; }")
    # A click selects the cell whose output it hits.
    command("notebook:move-cursor-down")
    command("notebook:run-cell")
    expect(output.locator("pre")).to_have_text("epoch 3\n")
    expect(output).to_have_attribute("open", "")
    expect(page.locator(".labbook-run")).to_have_count(1)
    expect(page.locator(".labbook-run img")).to_have_attribute("data-mine", "1")


def test_a_hostile_output_is_text_and_runs_nothing(
    open_notebook: OpenNotebook, command: Command
) -> None:
    evil = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'>"
    data = experiment(question=evil, note=evil, hypothesis=evil)
    data["svg"] = SVG.replace(
        "</svg>", "<script>top.pwned = 1; window.pwned = 1</script></svg>"
    )
    page = open_notebook("hostile.ipynb", displaying(data))
    command("notebook:run-all-cells")
    expect(page.locator(".labbook-run h2")).to_have_text(evil)
    assert page.evaluate("window.pwned") is None


def test_every_text_can_be_read_in_light_and_dark(
    open_notebook: OpenNotebook,
    command: Command,
    least_contrast: Callable[[Page, str], float],
    tmp_path: Path,
) -> None:
    page = open_notebook("themes.ipynb", displaying(experiment()))
    command("notebook:run-all-cells")
    for summary in page.locator(".labbook-run summary").all():
        summary.click()
    assert least_contrast(page, ".labbook-run") >= 4.5
    page.screenshot(path=tmp_path / "light.png")
    dark(page, command)
    assert least_contrast(page, ".labbook-run") >= 4.5
    page.screenshot(path=tmp_path / "dark.png")
