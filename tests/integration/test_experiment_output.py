"""What a cell shows of its runs while they go on and afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from jupyter_labbook import Labbook
from tests.integration.cells import HOLD, ok

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"


def test_figures_of_every_kind_are_kept_and_shown(kernel, project: Path) -> None:
    kernel.run("import matplotlib.pyplot as plt")
    ok(
        kernel.run(
            "%%experiment draws --wait\n#| why: it\nlog(x=1)\n"
            "from IPython.display import SVG, display\n"
            "plt.plot([1, 2]); plt.show()\n"
            "display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))\n"
            "figure, axes = plt.subplots()\naxes.bar([1], [2])\nfigure"
        )
    )
    draws = Labbook.find(project)["draws"]
    kinds = sorted(path.suffix for path in draws.figures)
    assert kinds.count(".png") >= 2
    assert ".svg" in kinds
    assert all(path.stat().st_size for path in draws.figures)
    [html] = ok(kernel.run("%labbook show draws")).mime("text/html")
    assert html.count("data:image/png;base64,") >= 2


def test_progress_is_shown_while_it_runs(kernel, project: Path, until, command) -> None:
    ok(
        kernel.run(
            "%%experiment bars\n#| why: it\nfrom tqdm import tqdm\n"
            "import pathlib, time\n"
            "for i in tqdm(range(4), desc='epochs'):\n"
            "    time.sleep(0.6)\n"
            "    while i == 2 and not pathlib.Path('go').exists():\n"
            "        time.sleep(0.01)\n"
        )
    )
    until(lambda: "50%" in command("show", "bars").stdout)
    assert "epochs" in command("show", "bars").stdout
    (project / "go").touch()
    assert Labbook.find(project)["bars"].wait(60)
    assert "50%" not in command("show", "bars").stdout


def _drawing(result) -> ET.Element:
    bundle = result.mime("application/vnd.jupyter-labbook.run+json")[0]
    return ET.fromstring(bundle["svg"])


def test_sweeps_show_a_line_a_run_and_seeds_a_mean_with_its_band(kernel) -> None:
    body = "for i in range(5):\n    log(step=i, loss=a * i + seed)"
    ok(
        kernel.run(
            "%%experiment lines --wait\n#| why: it\n#| sweep: {a: [1, 2, 3]}\n"
            f"{body.replace(' + seed', '')}"
        )
    )
    lines = _drawing(kernel.run("%labbook show lines"))
    titles = [line.text for line in lines.iter(f"{SVG}title")]
    assert titles == ["a = 1", "a = 2", "a = 3"]
    assert _bands(lines) == []
    ok(
        kernel.run(
            "%%experiment bands --wait\n#| why: it\n#| sweep: {a: [1, 2]}\n"
            f"#| seeds: 3\n{body}"
        )
    )
    bands = _drawing(kernel.run("%labbook show bands"))
    assert [line.text for line in bands.iter(f"{SVG}title")] == ["a = 1", "a = 2"]
    assert len(_bands(bands)) == 2
    assert "mean of the seeds" in "".join(bands.itertext())


def _bands(drawing: ET.Element) -> list[ET.Element]:
    return [path for path in drawing.iter(f"{SVG}path") if path.get("class") == "b"]


def test_the_output_is_replaced_while_the_notebook_is_free(
    kernel, project: Path, until
) -> None:
    result = ok(
        kernel.run(
            f"%%experiment live\n#| question: Is it?\n#| predict: x > 1\n{HOLD}"
            "for i in range(3):\n    log(step=i, x=i)"
        )
    )
    [view] = result.mime("application/vnd.jupyter-labbook.run+json")
    assert view["version"] == 1
    until((project / "on").exists)
    (project / "go").touch()
    finals = []

    def supported() -> bool:
        finals.extend(
            update
            for update in kernel.updates()
            if "SUPPORTED" in str(update["data"].get("text/plain"))
        )
        return bool(finals)

    until(supported)
    assert set(finals[-1]["data"]) >= {"text/html", "image/png", "text/plain"}


def test_what_is_displayed_counts_as_drawn(kernel, project) -> None:
    cell = "%%experiment table --wait\n#| why: it\nimport pandas as pd\n"
    kernel.run(cell + "display(pd.DataFrame({'a': [1]}))\nlog(x=1)\n")
    [run] = Labbook.find(project)["table"]
    assert [figure.suffix for figure in run.figures] == [".html"]
