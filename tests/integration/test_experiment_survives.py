"""What happens to a notebook in a day does not reach its runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_labbook import Labbook
from jupyter_labbook.model.run import RunState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CELL = """\
%%experiment survivor
#| question: Does a run outlive its kernel?
#| predict: value >= 199
import pathlib, time
for i in range(200):
    log(step=i, value=i)
    if i == 100:
        pathlib.Path("half").touch()
        while not pathlib.Path("go").exists():
            time.sleep(0.01)
print("the end")
"""


def interrupt(kernel) -> None:
    request = kernel.submit("import time; print('on', flush=True); time.sleep(60)")
    kernel.wait_for_output(request)
    kernel.interrupt()
    assert "KeyboardInterrupt" in kernel.collect(request).error


def restart(kernel) -> None:
    kernel.restart()


def shutdown(kernel) -> None:
    kernel.shutdown()


def kill(kernel) -> None:
    kernel.kill()


@pytest.mark.parametrize("blow", [interrupt, restart, shutdown, kill])
def test_a_run_survives(
    blow, start_kernel, project: Path, until: Callable[..., None]
) -> None:
    kernel = start_kernel()
    result = kernel.run(CELL)
    assert not result.error
    until((project / "half").exists)
    blow(kernel)
    (project / "go").touch()
    experiment = Labbook.find(project)["survivor"]
    assert experiment.wait(60)
    [run] = experiment.runs
    assert run.state is RunState.FINISHED
    assert run.output == "the end\n"
    assert run.metrics["value"] == list(range(200))
    assert run.metrics["step"] == list(range(200))
    assert run.result() == {"value": 199.0}

    new = start_kernel()
    shown = new.run("%labbook show survivor")
    [plain] = shown.mime("text/plain")
    assert "Does a run outlive its kernel?" in plain
    assert "supported" in plain.casefold()
    again = new.run(
        "from jupyter_labbook import Labbook\n"
        "print(Labbook.find()['survivor'].result())"
    )
    assert again.text == "{'value': 199.0}\n"


def test_the_notebook_stays_free_while_a_run_executes(kernel, project, until) -> None:
    kernel.run(CELL)
    until((project / "half").exists)
    assert kernel.run("print(1 + 1)").text == "2\n"
    assert Labbook.find(project)["survivor"].running()
    (project / "go").touch()
    assert Labbook.find(project)["survivor"].wait(60)


def test_edits_after_the_submission_do_not_change_the_run(
    kernel, project: Path, until
) -> None:
    (project / "mymodule.py").write_text("def answer():\n    return 1\n")
    kernel.run("import mymodule\ndef local():\n    return 10\nfactor = 100")
    # The only slot is taken, so the second experiment waits while things change.
    kernel.run(CELL)
    until((project / "half").exists)
    result = kernel.run(
        "%%experiment frozen\n"
        "#| question: What runs?\n"
        "log(value=mymodule.answer() + local() + factor)\n"
    )
    assert not result.error, result.error
    (project / "mymodule.py").write_text("def answer():\n    return 5\n")
    kernel.run("def local():\n    return 50\nfactor = 500")
    (project / "go").touch()
    assert Labbook.find(project)["frozen"].result(60) == {"value": 111.0}
