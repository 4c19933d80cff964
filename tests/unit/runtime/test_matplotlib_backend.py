"""Figures of a run that uses pyplot, in processes of their own as a run is."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import PIL.Image

from jupyter_labbook.runtime.layout import RUN_VARIABLE

ROOT = Path(__file__).parents[3]
BACKEND = "module://jupyter_labbook.runtime.matplotlib_backend"


def run(
    folder: Path | None, code: str, *, code_of_exit: int = 0
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": BACKEND}
    environment.pop(RUN_VARIABLE, None)
    if folder is not None:
        environment[RUN_VARIABLE] = str(folder)
    script = (
        "import warnings; warnings.simplefilter('error')\n"
        "import matplotlib.pyplot as plt\n" + textwrap.dedent(code)
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == code_of_exit, done.stderr
    return done


def pictures(folder: Path) -> list[PIL.Image.Image]:
    return [
        PIL.Image.open(io.BytesIO(path.read_bytes()))
        for path in sorted((folder / "figures").glob("*.png"))
    ]


def test_show_saves_every_open_figure_and_closes_it(tmp_path: Path) -> None:
    code = """
    plt.plot([1, 2, 3])
    plt.figure(); plt.bar([1, 2], [3, 4])
    plt.show()
    assert plt.get_fignums() == []
    plt.plot([3, 2, 1]); plt.show()
    """
    done = run(tmp_path, code)
    assert len(pictures(tmp_path)) == 3
    assert done.stderr == ""


def test_figures_left_open_are_saved_when_the_run_ends(tmp_path: Path) -> None:
    run(tmp_path, "plt.plot([1, 2, 3])")
    assert len(pictures(tmp_path)) == 1


def test_figures_left_open_are_saved_when_the_run_fails(tmp_path: Path) -> None:
    done = run(tmp_path, "plt.plot([1, 2]); raise ValueError('boom')", code_of_exit=1)
    assert len(pictures(tmp_path)) == 1
    assert "boom" in done.stderr


def test_a_figure_keeps_its_own_resolution(tmp_path: Path) -> None:
    code = """
    plt.figure(figsize=(2, 1), dpi=50); plt.plot([1, 2]); plt.show()
    plt.figure(figsize=(2, 1), dpi=300); plt.plot([1, 2]); plt.show()
    """
    run(tmp_path, code)
    small, large = pictures(tmp_path)
    assert 5 < large.width / small.width < 7


def test_a_displayed_figure_is_not_saved_a_second_time(tmp_path: Path) -> None:
    code = """
    from jupyter_labbook.runtime.display import display
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    display(figure)
    plt.show()
    """
    done = run(tmp_path, code)
    assert len(pictures(tmp_path)) == 1
    assert done.stdout == "<Figure size 640x480 with 1 Axes>\n"


def test_a_displayed_figure_that_was_drawn_on_since_is_saved_again(
    tmp_path: Path,
) -> None:
    code = """
    from jupyter_labbook.runtime.display import display
    figure, axes = plt.subplots()
    display(figure)
    axes.plot([1, 2])
    """
    run(tmp_path, code)
    assert len(pictures(tmp_path)) == 2


def test_a_figure_drawn_step_by_step_keeps_one_file(tmp_path: Path) -> None:
    code = """
    figure, axes = plt.subplots()
    for step in range(3):
        axes.plot([step, step + 1])
        plt.pause(0.001)
        assert plt.get_fignums() == [1]
    figure.show()
    plt.show()
    assert plt.get_fignums() == []
    """
    run(tmp_path, code)
    assert len(pictures(tmp_path)) == 1


def test_a_grid_around_a_figure_is_saved_through_its_own_method(
    tmp_path: Path,
) -> None:
    code = """
    from jupyter_labbook.runtime.display import display
    class Grid:  # as seaborn's
        def __init__(self):
            self.figure, axes = plt.subplots()
            axes.plot([1, 2])
        def savefig(self, *args, **kwargs):
            self.figure.savefig(*args, **kwargs)
    display(Grid())
    """
    run(tmp_path, code)
    assert len(pictures(tmp_path)) == 1


def test_a_figure_that_cannot_be_drawn_does_not_end_the_run(tmp_path: Path) -> None:
    code = r"""
    plt.title(r"$\nosuchcommand$")
    plt.show()
    print("went on")
    """
    done = run(tmp_path, code)
    assert done.stdout == "went on\n"
    assert "Figure.savefig raised" in done.stderr
    assert not (tmp_path / "figures").exists()


def test_outside_a_run_nothing_is_written_and_nothing_blocks(tmp_path: Path) -> None:
    code = f"""
    import os; os.chdir({str(tmp_path)!r})
    plt.plot([1, 2]); plt.show()
    plt.plot([2, 1])
    """
    run(None, code)
    assert list(tmp_path.iterdir()) == []
