"""The four forms of a notebook's output, and the picture among them."""

from __future__ import annotations

import base64
import io
import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import PIL.Image
import pytest

from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.view import Series, Threshold
from jupyter_labbook.rendering.mimebundle import (
    MIME_TYPE,
    experiment_bundle,
    json_safe,
)
from jupyter_labbook.rendering.picture import plot_png

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_labbook.model.view import ExperimentView, RunView

    MakeRun = Callable[..., RunView]
    MakeView = Callable[..., ExperimentView]
    Samples = dict[str, ExperimentView]


ROOT = Path(__file__).parents[3]


def picture(png: bytes) -> PIL.Image.Image:
    image = PIL.Image.open(io.BytesIO(png))
    image.load()
    return image


def test_a_live_output_has_three_forms_and_a_final_one_four(samples: Samples) -> None:
    view = samples["single"]
    live = experiment_bundle(view, final=False)
    final = experiment_bundle(view, final=True)
    assert set(live) == {MIME_TYPE, "text/html", "text/plain"}
    assert set(final) == {*live, "image/png"}
    assert picture(base64.b64decode(str(final["image/png"]))).format == "PNG"


def test_without_anything_to_draw_there_is_no_picture(make_view: MakeView) -> None:
    assert "image/png" not in experiment_bundle(make_view(), final=True)


def test_the_bundle_is_strict_json(hostile_view: ExperimentView) -> None:
    run = hostile_view.runs[0]
    odd = Series(metric="odd", x=[0, 1, 2], y=[math.nan, math.inf, 1.0])
    run = replace(run, series=[*run.series, odd], final={"odd": -math.inf})
    bundle = experiment_bundle(replace(hostile_view, runs=[run]), final=False)
    text = json.dumps(bundle, allow_nan=False)
    text.encode()
    data = json.loads(text)[MIME_TYPE]
    assert data["version"] == 1
    assert data["svg"].startswith("<svg")
    assert json_safe(odd)["y"] == [None, None, 1.0]
    # The lines are in the picture; a saved notebook need not hold them twice.
    assert data["view"]["runs"][0]["series"] == []
    assert data["view"]["runs"][0]["final"] == {"odd": None}


def test_the_view_comes_along_whole(samples: Samples) -> None:
    view = samples["forest"]
    data = json_safe(view)
    assert data["name"] == "wider-forest"
    assert data["runs"][3]["state"] == "finished"
    assert data["runs"][3]["parameters"] == {"trees": 30, "depth": 8}
    assert data["verdicts"][0]["outcome"] == "supported"
    assert data["verdicts"][1]["low"] is None


def test_live_forms_need_neither_matplotlib_nor_numpy() -> None:
    code = (
        "import sys\n"
        "from jupyter_labbook.model.view import *\n"
        "from jupyter_labbook.rendering.mimebundle import experiment_bundle\n"
        "view = ExperimentView(name='n', number=1, path='/p', runs=[])\n"
        "experiment_bundle(view, final=False)\n"
        "assert not {'matplotlib', 'numpy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_every_sample_is_a_picture_of_its_width(sample: ExperimentView) -> None:
    image = picture(plot_png(sample))
    assert image.width == 792
    assert image.height < 700


def test_hostile_text_is_drawn_as_text(hostile_view: ExperimentView) -> None:
    # Names without a glyph in matplotlib's font are boxes, with a warning each.
    import warnings

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing")
        assert picture(plot_png(hostile_view)).width == 792


@pytest.mark.parametrize("text", ["$", "a $b$ c", r"\frac $\nosuch{$", "_^{}"])
def test_dollars_are_no_mathematics(
    make_run: MakeRun, make_view: MakeView, text: str
) -> None:
    runs = [
        make_run(
            n,
            parameters={text: f"{n}{text}"},
            series=[Series(metric=text, x=[0, 1], y=[0, n], x_name=text)],
            final={f"other {text}": 0.5 + n},
        )
        for n in range(3)
    ]
    marks = [
        Threshold(metric=name, value=1.0, label=text)
        for name in (text, f"other {text}")
    ]
    drawn = plot_png(make_view(*runs, varied=[text], thresholds=marks))
    assert picture(drawn).width == 792


def test_far_predictions_and_lone_points_are_drawn(
    make_run: MakeRun, make_view: MakeView
) -> None:
    runs = [
        make_run(1, seed=1, series=[Series(metric="m", x=[0, 1], y=[1e-5, 1.0])]),
        make_run(
            2,
            seed=2,
            series=[Series(metric="m", x=[5], y=[0.5])],
            state=RunState.FAILED,
        ),
    ]
    marks = [
        Threshold(metric="m", value=value, label="far")
        for value in (1e20, 0.0, math.nan)
    ]
    assert picture(plot_png(make_view(*runs, thresholds=marks))).width == 792


def test_nothing_to_draw_is_an_error_that_names_the_experiment(
    make_view: MakeView,
) -> None:
    with pytest.raises(ValueError, match="some-name"):
        plot_png(make_view())


def test_pyplot_is_never_touched(samples: Samples) -> None:
    code = (
        "import sys\n"
        "from jupyter_labbook.model.view import *\n"
        "from jupyter_labbook.model.run import RunState\n"
        "from jupyter_labbook.rendering.picture import plot_png\n"
        "run = RunView(id='r', label='1', state=RunState.FINISHED, final={'m': 1.0})\n"
        "plot_png(ExperimentView(name='n', number=1, path='/p', runs=[run]))\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
