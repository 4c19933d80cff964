"""The static fragment of HTML."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.view import Outcome, Verdict
from jupyter_labbook.rendering.html import LARGEST, experiment_html
from jupyter_labbook.rendering.svg import plot_svg

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_labbook.model.view import ExperimentView, RunView

    MakeRun = Callable[..., RunView]
    MakeView = Callable[..., ExperimentView]
    Samples = dict[str, ExperimentView]


VOID = {"br", "img"}


class Page(HTMLParser):
    """Reads a fragment as a browser would, noting elements, text and balance."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def with_class(self, name: str) -> list[dict[str, str]]:
        return [a for _, a in self.elements if name in a.get("class", "").split()]


def page(view: ExperimentView, *, final: bool = False) -> Page:
    html = experiment_html(view, plot_svg(view), final=final)
    parsed = Page(html)
    assert parsed.open == []
    return parsed


@pytest.mark.parametrize("final", [False, True])
def test_every_sample_is_balanced_and_small(
    sample: ExperimentView, *, final: bool
) -> None:
    html = experiment_html(sample, plot_svg(sample), final=final)
    assert Page(html).open == []
    assert len(html) <= LARGEST


@pytest.mark.parametrize("final", [False, True])
def test_hostile_text_stays_text(hostile_view: ExperimentView, *, final: bool) -> None:
    view = hostile_view
    html = experiment_html(view, plot_svg(view), final=final)
    parsed = page(view, final=final)
    assert parsed.open == []
    tags = {tag for tag, _ in parsed.elements}
    assert not tags & {"script", "iframe", "object", "a", "link", "form", "input"}
    for tag, attributes in parsed.elements:
        assert not any(name.startswith("on") for name in attributes)
        if tag == "img":
            assert attributes["src"].startswith("data:image/svg+xml;base64,")
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", html)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", html)
    html.encode()


@pytest.mark.parametrize("final", [False, True])
def test_the_worst_case_stays_within_its_limit(
    worst_case: ExperimentView, *, final: bool
) -> None:
    html = experiment_html(worst_case, plot_svg(worst_case), final=final)
    assert Page(html).open == []
    assert len(html) <= LARGEST


def test_the_heart_is_prediction_observation_and_verdict(samples: Samples) -> None:
    parsed = page(samples["forest"])
    assert len(parsed.with_class("lbk-supported")) == 1
    assert len(parsed.with_class("lbk-refuted")) == 1
    assert (
        "✓ Supported accuracy[trees=300] - accuracy[trees=100] < 0.005 observed "
        "0.0017 ± 0.0021 (5 seeds) · you gave it 80 %"
    ) in parsed.text


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_a_colour_and_a_word(
    make_view: MakeView, outcome: Outcome
) -> None:
    parsed = page(make_view(verdicts=[Verdict(prediction="m > 1", outcome=outcome)]))
    assert len(parsed.with_class(f"lbk-{outcome.value}")) == 1
    assert f"{outcome.value.capitalize()} m > 1" in parsed.text


def test_while_it_runs_the_plot_is_inline_and_then_an_image(samples: Samples) -> None:
    view = samples["single"]
    live, final = page(view), page(view, final=True)
    assert "svg" in {tag for tag, _ in live.elements}
    assert "svg" not in {tag for tag, _ in final.elements}
    (image,) = [attributes for tag, attributes in final.elements if tag == "img"]
    assert image["alt"].startswith("accuracy by step: it is at 0.96")
    encoded = image["src"].partition("base64,")[2]
    ET.fromstring(base64.b64decode(encoded))


def test_progress_is_told_to_screen_readers(samples: Samples) -> None:
    parsed = page(samples["running"])
    (bar,) = parsed.with_class("lbk-bar")
    assert bar["role"] == "progressbar"
    assert (bar["aria-valuenow"], bar["aria-valuemax"]) == ("39", "100")
    assert bar["aria-label"] == "run 001"
    assert "39% · about 3 min left · epoch 47" in parsed.text


def test_progress_without_an_end_has_no_value(
    make_run: MakeRun, make_view: MakeView
) -> None:
    (bar,) = page(make_view(make_run(state=RunState.RUNNING))).with_class("lbk-bar")
    assert "aria-valuenow" not in bar


def test_a_sweep_shows_how_many_runs_have_ended(samples: Samples) -> None:
    parsed = page(samples["forest_running"])
    assert "all runs 6 of 15 runs ended" in parsed.text
    assert len(parsed.with_class("lbk-bar")) == 3


def test_the_output_of_a_failed_run_is_open_and_coloured(samples: Samples) -> None:
    parsed = page(samples["failed"])
    assert [a for tag, a in parsed.elements if tag == "details"] == [{"open": ""}]
    assert "ValueError: shapes (64,10) and (32,10) do not match" in parsed.text
    red = parsed.with_class("lbk-a-red")
    assert any("lbk-a-bold" in attributes["class"] for attributes in red)


def test_the_output_of_a_finished_run_is_folded(samples: Samples) -> None:
    parsed = page(samples["single"])
    assert [a for tag, a in parsed.elements if tag == "details"] == [{}]
    assert "saved model.pt" in parsed.text


def test_before_anything_is_logged_it_says_what_to_do(
    make_run: MakeRun, make_view: MakeView
) -> None:
    parsed = page(make_view(make_run(state=RunState.RUNNING)))
    assert "Nothing was logged yet: log(step=i, loss=loss)" in parsed.text
    assert len(parsed.with_class("lbk-empty")) == 1


def test_an_ended_experiment_asks_for_a_conclusion(samples: Samples) -> None:
    assert 'labbook conclude wider-forest "..."' in page(samples["forest"]).text
    assert "conclude" not in page(samples["forest_running"]).text
    concluded = page(samples["categories"]).text
    assert "conclude" not in concluded
    assert "Learned Nearest neighbours win" in concluded


def test_many_predictions_are_counted(make_view: MakeView) -> None:
    verdicts = [Verdict(prediction="m > 1", outcome=Outcome.PENDING)] * 11
    assert "and 3 more predictions" in page(make_view(verdicts=verdicts)).text


def with_figures(
    view: ExperimentView, folder: Path, sizes: dict[str, int]
) -> ExperimentView:
    figures = folder / "runs" / view.runs[0].label / "figures"
    figures.mkdir(parents=True)
    for name, size in sizes.items():
        (figures / name).write_bytes(b"x" * size)
    run = replace(view.runs[0], figures=[f"figures/{name}" for name in sizes])
    return replace(view, path=str(folder), runs=[run])


def images(parsed: Page) -> list[str]:
    return [attributes["alt"] for tag, attributes in parsed.elements if tag == "img"]


def test_small_figures_come_along_and_large_ones_are_named(
    samples: Samples, tmp_path: Path
) -> None:
    sizes = {"001.html": 10, "001.png": 5000, "002.png": 90_000, "003.svg": 300}
    parsed = page(with_figures(samples["single"], tmp_path, sizes))
    assert images(parsed) == ["figures/001.png", "figures/003.svg"]
    assert "In the run folder: figures/002.png" in parsed.text
    assert "001.html" not in parsed.text


def test_html_that_a_run_wrote_is_never_put_into_the_page(
    samples: Samples, tmp_path: Path
) -> None:
    parsed = page(with_figures(samples["single"], tmp_path, {"001.html": 100}))
    assert images(parsed) == []
    assert "In the run folder: figures/001.html" in parsed.text


def test_figures_never_exceed_the_limit_together(
    samples: Samples, tmp_path: Path
) -> None:
    sizes = {f"{n:03d}.png": 7000 for n in range(30)}
    view = with_figures(samples["single"], tmp_path, sizes)
    html = experiment_html(view, plot_svg(view), final=False)
    assert len(html) <= LARGEST
    assert 2 <= html.count("data:image/png") <= 8


def test_a_link_out_of_the_run_is_not_followed(
    samples: Samples, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    view = with_figures(samples["single"], tmp_path / "book", {"001.png": 10})
    figures = tmp_path / "book" / "runs" / "001" / "figures"
    (figures / "002.png").symlink_to(secret)
    names = [
        "figures/002.png",
        "../../../secret.png",
        str(secret),
        "gone.png",
        "\0.png",
    ]
    run = replace(view.runs[0], figures=names)
    html = experiment_html(replace(view, runs=[run]), "", final=False)
    assert base64.b64encode(b"secret").decode() not in html
    assert "data:image" not in html


def test_figures_of_several_runs_carry_their_run(
    samples: Samples, tmp_path: Path
) -> None:
    view = with_figures(samples["forest"], tmp_path, {"001.png": 10})
    runs = [view.runs[0], *samples["forest"].runs[1:]]
    assert images(page(replace(view, runs=runs))) == ["001/figures/001.png"]


def test_its_style_touches_nothing_else_on_the_page(samples: Samples) -> None:
    html = experiment_html(samples["single"], "", final=False)
    style = html.partition("<style>")[2].partition("</style>")[0]
    for rule in style.split("}")[:-1]:
        for selector in rule.partition("{")[0].strip().split(","):
            assert selector.startswith(".lbk"), selector
