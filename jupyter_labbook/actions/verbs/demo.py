"""The verb ``demo``: execute the first example notebook, and tell what came out."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_labbook.actions import observing
from jupyter_labbook.actions.verbs.answer import Answer
from jupyter_labbook.errors import LabbookError, NotFoundError
from jupyter_labbook.storage.labbook import LabbookFolder

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from jupyter_labbook.model.view import ExperimentView

_NOTEBOOK = "01_first_experiment.ipynb"
_EXPERIMENT = "shifted-copies"
_SECONDS = 900


def demo(args: argparse.Namespace) -> Answer:
    """A first experiment on real data, from the question to the verdict."""
    folder = Path(args.folder).absolute()
    if not args.json:
        return Answer(stream=_told(folder))
    for _ in _executed(folder):
        pass
    return Answer(data=_data(folder))


def _told(folder: Path) -> Iterator[str]:
    begun = time.monotonic()
    yield f"Executing {_NOTEBOOK} in {folder}: about half a minute of training.\n"
    for index, count, what in _executed(folder):
        yield f"  cell {index} of {count}: {what}\n"
    seconds = time.monotonic() - begun
    told = _data(folder)
    yield f"\nDone in {seconds:.0f} s.\n\n"
    width = max(map(len, told)) + 1
    for name, text in told.items():
        if not text:
            continue
        yield f"{name.replace('_', ' ') + ':':<{width}} {text}\n"


def _data(folder: Path) -> dict[str, Any]:
    labbook = LabbookFolder.find(folder)
    view = observing.watch(labbook, labbook.experiment(_EXPERIMENT)).view()
    verdict = _only_verdict(view)
    return {
        "question": view.question,
        "prediction": verdict.prediction,
        "observed": verdict.observed,
        "verdict": str(verdict.outcome),
        "reason": verdict.reason,
        "files": view.path,
        "notebook": str(folder / _NOTEBOOK),
        "page": str((folder / _NOTEBOOK).with_suffix(".html")),
    }


def _only_verdict(view: ExperimentView) -> Any:  # noqa: ANN401  # a Verdict
    [verdict] = view.verdicts
    return verdict


def _executed(folder: Path) -> Iterator[tuple[int, int, str]]:
    """Execute the notebook; yields number, count and first line of each cell."""
    try:
        import nbclient
        import nbconvert
        import nbformat
        import sklearn  # noqa: F401  # what the notebook needs
    except ImportError as error:
        raise NotFoundError(
            f"The demonstration needs {error.name}; install it with: "
            'pip install "jupyter_labbook[demo]"'
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / _NOTEBOOK
    shutil.copyfile(_source(), path)
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=_SECONDS, resources={"metadata": {"path": str(folder)}}
    )
    count = len(notebook.cells)
    try:
        with client.setup_kernel():
            for index, cell in enumerate(notebook.cells):
                if cell.cell_type == "code":
                    yield index + 1, count, cell.source.strip().splitlines()[0]
                    client.execute_cell(cell, index)
    except nbclient.exceptions.CellExecutionError as error:
        raise LabbookError(f"{path} did not run through:\n{error}") from error
    finally:
        nbformat.write(notebook, path)
    page, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
    path.with_suffix(".html").write_text(page, encoding="utf-8")


def _source() -> Path:
    """Find the notebook: packed into the wheel, or beside the package in a clone."""
    package = Path(__file__).parents[2]
    for folder in (package / "examples", package.parent / "notebooks"):
        if (folder / _NOTEBOOK).is_file():
            return folder / _NOTEBOOK
    raise NotFoundError(f"{_NOTEBOOK} is missing; install jupyter_labbook again.")
