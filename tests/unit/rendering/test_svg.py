"""The SVG plot: valid, safe, small, and drawing what it should."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.view import Series, Threshold
from jupyter_labbook.rendering.svg import plot_svg

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_labbook.model.experiment import Value
    from jupyter_labbook.model.view import ExperimentView, RunView

    MakeRun = Callable[..., RunView]
    MakeView = Callable[..., ExperimentView]
    Samples = dict[str, ExperimentView]


SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {SVG + tag for tag in ("svg", "style", "g", "path", "text", "title")}
ALLOWED |= {SVG + tag for tag in ("circle", "rect")}


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def words(svg: str) -> list[str]:
    return ["".join(element.itertext()) for element in parse(svg).iter(SVG + "text")]


def of_class(svg: str, name: str) -> list[ET.Element]:
    return [element for element in parse(svg).iter() if element.get("class") == name]


def numbers(svg: str) -> list[float]:
    """Every coordinate that is drawn, in pixels."""
    found = []
    for element in parse(svg).iter():
        found += [float(element.get(name, "0")) for name in ("x", "y", "cx", "cy")]
    return found


def test_every_sample_is_a_document_of_known_elements(sample: ExperimentView) -> None:
    tree = parse(plot_svg(sample))
    assert {element.tag for element in tree.iter()} <= ALLOWED
    assert tree.get("role") == "img"
    assert tree.get("aria-label")


def test_hostile_text_stays_text(hostile_view: ExperimentView) -> None:
    svg = plot_svg(hostile_view)
    tree = parse(svg)
    assert {element.tag for element in tree.iter()} <= ALLOWED
    assert not re.search(r"[\u202e\x00-\x08\x0b-\x1f\x7f-\x9f]", svg)
    for element in tree.iter():
        assert not any(name.startswith("on") for name in element.attrib)


def test_every_coordinate_is_inside_the_picture(sample: ExperimentView) -> None:
    svg = plot_svg(sample)
    size = max(float(parse(svg).get("width", 0)), float(parse(svg).get("height", 0)))
    assert all(-5 <= number <= size + 5 for number in numbers(svg))
    assert "nan" not in svg.lower().replace("nan or", "")
    assert "inf" not in re.sub(r">[^<]*<", "><", svg)


def test_the_size_is_as_asked(samples: Samples) -> None:
    tree = parse(plot_svg(samples["single"], width=800, height=300))
    assert (tree.get("width"), tree.get("height")) == ("800", "300")
    assert tree.get("viewBox") == "0 0 800 300"


def test_the_size_does_not_change_as_a_run_goes_on(
    make_run: MakeRun, make_view: MakeView
) -> None:
    def sized(steps: int) -> tuple[str | None, str | None]:
        x = [float(step) for step in range(steps)]
        run = make_run(series=[Series(metric="m", x=x, y=x)], state=RunState.RUNNING)
        tree = parse(plot_svg(make_view(run)))
        return tree.get("width"), tree.get("height")

    assert sized(2) == sized(30) == sized(3000)


def test_a_prediction_is_a_dashed_line_with_its_words(samples: Samples) -> None:
    svg = plot_svg(samples["single"])
    assert len(of_class(svg, "p")) == 1
    assert [element.text for element in of_class(svg, "w")] == ["> 0.96"]


def test_a_prediction_far_away_is_an_arrow(
    make_run: MakeRun, make_view: MakeView
) -> None:
    run = make_run(series=[Series(metric="m", x=[0, 1], y=[0.9, 0.95])])
    marks = [
        Threshold(metric="m", value=50.0, label="< 50"),
        Threshold(metric="m", value=-50.0, label="> -50"),
        Threshold(metric="m", value=math.inf, label="< inf"),
    ]
    svg = plot_svg(make_view(run, thresholds=marks))
    assert [element.text for element in of_class(svg, "w")] == [
        "↑ < 50",
        "↓ > -50",
        "↑ < inf",
    ]
    assert of_class(svg, "p") == []


@pytest.mark.parametrize(
    ("value", "words_of_it"), [(0.5, "> it"), (90.0, "> it →"), (-90.0, "← > it")]
)
def test_a_prediction_on_rows_is_upright_or_an_arrow(
    make_run: MakeRun, make_view: MakeView, value: Value, words_of_it: str
) -> None:
    runs = [
        make_run(n, parameters={"x": f"n{n}"}, final={"m": 0.4 + n / 10})
        for n in range(3)
    ]
    mark = Threshold(metric="m", value=value, label="> it")
    svg = plot_svg(make_view(*runs, varied=["x"], thresholds=[mark]))
    assert [element.text for element in of_class(svg, "w")] == [words_of_it]


def test_a_gap_splits_a_line_and_a_lone_point_is_a_dot(
    make_run: MakeRun, make_view: MakeView
) -> None:
    y = [1.0, 2.0, math.nan, 3.0, math.nan, 2.0, 1.0]
    x = [float(i) for i in range(7)]
    svg = plot_svg(make_view(make_run(series=[Series(metric="m", x=x, y=y)])))
    (line,) = [
        element for element in parse(svg).iter(SVG + "path") if element.get("stroke")
    ]
    assert (line.get("d") or "").count("M") == 3
    # The lone point, and the head of the line.
    assert len(list(parse(svg).iter(SVG + "circle"))) == 2


def test_a_band_is_split_where_no_seed_has_a_value(
    make_run: MakeRun, make_view: MakeView
) -> None:
    y = [1.0, 2.0, math.nan, 3.0, 4.0]
    x = [float(i) for i in range(5)]
    runs = [
        make_run(n, seed=n, series=[Series(metric="m", x=x, y=[v + n for v in y])])
        for n in range(2)
    ]
    assert len(of_class(plot_svg(make_view(*runs)), "b")) == 2


def test_a_path_leads_where_the_values_are(
    make_run: MakeRun, make_view: MakeView
) -> None:
    run = make_run(series=[Series(metric="m", x=[0, 1, 2], y=[0, 10, 5])])
    svg = plot_svg(make_view(run), width=640)
    (line,) = [
        element for element in parse(svg).iter(SVG + "path") if element.get("stroke")
    ]
    match = re.fullmatch(
        r"M(\d+) (\d+)l(-?\d+)[ ]?(-?\d+) ?(-?\d+)[ ]?(-?\d+)", line.get("d", "")
    )
    assert match
    _, y, dx, dy, dx2, dy2 = map(int, match.groups())
    assert dx == pytest.approx(dx2, abs=1)
    assert dy < 0 < dy2
    assert dy2 == pytest.approx(-dy / 2, abs=1)
    (head,) = parse(svg).iter(SVG + "circle")
    assert float(head.get("cy", 0)) == pytest.approx((y + dy + dy2) / 10, abs=0.1)


def test_the_legend_names_each_setting_once(samples: Samples) -> None:
    legend = [word for word in words(plot_svg(samples["curves"])) if "lr =" in word]
    assert legend == ["lr = 0.001", "lr = 0.01", "lr = 0.1"]


def test_a_long_legend_takes_more_lines(make_run: MakeRun, make_view: MakeView) -> None:
    runs = [
        make_run(
            n,
            parameters={"name": f"a setting with a long name {n}"},
            series=[Series(metric="m", x=[0, 1], y=[0, n])],
        )
        for n in range(8)
    ]
    svg = plot_svg(make_view(*runs, varied=["name"]))
    named = [e for e in parse(svg).iter(SVG + "text") if "name =" in (e.text or "")]
    assert len({element.get("y") for element in named}) > 2
    assert all(float(element.get("x", 0)) < 500 for element in named)


def test_a_long_name_is_cut_and_told_in_full_on_hovering(
    make_run: MakeRun, make_view: MakeView
) -> None:
    name = "validation/" + "very_" * 40 + "long"
    run = make_run(series=[Series(metric=name, x=[0, 1], y=[0, 1])])
    (title,) = of_class(plot_svg(make_view(run)), "t")[:1]
    (hint,) = title
    assert hint.text == name
    assert (hint.tail or "").endswith("…")


def test_several_panels_do_not_overlap(make_run: MakeRun, make_view: MakeView) -> None:
    run = make_run(
        series=[Series(metric=f"m{n}", x=[0, 1], y=[0, 1]) for n in range(6)]
    )
    titles = [
        (element.get("x"), element.get("y"))
        for element in of_class(plot_svg(make_view(run)), "t")
        if (element.text or "").startswith("m")
    ]
    assert len(set(titles)) == 6
    assert len({x for x, _ in titles}) == 3


def test_a_predicted_metric_that_is_not_there_yet_says_so(
    make_run: MakeRun, make_view: MakeView
) -> None:
    mark = Threshold(metric="accuracy", value=0.9, label="> 0.9")
    svg = plot_svg(make_view(make_run(), thresholds=[mark]))
    assert "nothing logged yet" in words(svg)
    assert "> 0.9" in words(svg)


def test_nothing_to_draw_is_no_plot(make_run: MakeRun, make_view: MakeView) -> None:
    assert plot_svg(make_view(make_run())) == ""


def test_the_plot_stays_small_whatever_there_is(
    samples: Samples, worst_case: ExperimentView
) -> None:
    assert len(plot_svg(samples["hundred"])) < 40_000
    assert len(plot_svg(worst_case)) < 60_000


def test_its_style_touches_nothing_else_on_the_page(samples: Samples) -> None:
    style = parse(plot_svg(samples["single"])).find(SVG + "style")
    assert style is not None
    for rule in (style.text or "").split("}")[:-1]:
        for selector in rule.partition("{")[0].split(","):
            assert selector.startswith((".lbp", "svg:root")), selector


def test_a_line_of_no_setting_has_the_colour_of_the_text(
    make_run: MakeRun, make_view: MakeView
) -> None:
    runs = [
        make_run(
            n,
            parameters={"lr": n / 10},
            series=[Series(metric="loss", x=[0, 1], y=[3, n])],
            final={"loss": n, "test": n / 10},
        )
        for n in (1, 2, 3)
    ]
    svg = plot_svg(make_view(*runs, varied=["lr"]))
    strokes = [element.get("stroke") for element in parse(svg).iter(SVG + "path")]
    assert strokes.count("currentColor") == 1
