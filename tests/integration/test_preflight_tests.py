"""The project's own tests, before the night."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions.preflight import scope, tests
from jupyter_labbook.model.preflight import Severity
from jupyter_labbook.storage.contents import ContentStore
from tests.waiting import ask

if TYPE_CHECKING:
    from pathlib import Path

CODE = "def half(number):\n    return number / 2\n"
GOOD = "from util import half\n\ndef test_half():\n    assert half(4) == 2\n"
BAD = """\
import util

def test_third():
    print("seen")
    assert util.half(3) == 1
"""


@pytest.fixture
def project(labbook) -> Path:
    """Give the labbook a project with a module, and a run that uses it."""
    root = labbook.path.parent
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath=["."]')
    (root / "util.py").write_text(CODE)
    code = ContentStore(labbook.path).put_modules({"util.py": CODE.encode()})
    ask(labbook, "x", origin={"code": code})
    return root


def look(labbook, **more):
    steps: list[str] = []
    found = list(tests.findings(scope.find(labbook), steps.append, **more))
    return found, steps


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_test_that_fails_is_shown_where_it_does(labbook, project) -> None:
    write(project / "tests/test_good.py", GOOD)
    write(project / "tests/test_bad.py", BAD)
    [found], [step] = look(labbook)
    assert found.severity is Severity.PROBLEM
    assert "1 test of code that x will use fails" in found.sentence
    assert "tests/test_bad.py::test_third" in found.sentence
    assert "assert util.half(3) == 1" in found.detail
    assert found.remedy is not None
    assert found.remedy.verb == "stop x"
    assert "2 files of tests" in step


def test_tests_that_pass_are_no_finding(labbook, project) -> None:
    write(project / "util_test.py", GOOD)
    found, [step] = look(labbook)
    assert found == []
    assert "1 file of tests" in step


def test_tests_of_other_code_are_not_run(labbook, project) -> None:
    write(project / "test_other.py", "import json\nassert False\n")
    write(project / "test_broken.py", "import util (\n")
    for folder in (".hidden", "node_modules", "venv"):
        write(project / folder / "test_util.py", BAD)
    write(project / "venv/pyvenv.cfg", "")
    assert look(labbook) == ([], [])


def test_tests_that_cannot_be_collected_fail(labbook, project) -> None:
    write(project / "test_util.py", "import util, nowhere_to_be_found\n")
    [found], _ = look(labbook)
    assert found.severity is Severity.PROBLEM
    assert "test_util.py" in found.sentence


def test_tests_without_an_end_are_ended(labbook, project) -> None:
    write(project / "test_util.py", "import util, time\ntime.sleep(600)\n")
    [found], _ = look(labbook, seconds=1.0)
    assert found.severity is Severity.NOTE
    assert "took more than 1.0 s" in found.sentence


def test_a_python_without_pytest_is_said(labbook, project, tmp_path) -> None:
    write(project / "test_util.py", GOOD)
    bare = tmp_path / "bare"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    bare.chmod(0o755)
    tested = tests.run(project, [project / "test_util.py"], str(bare), 60)
    assert "No module named pytest" in tested.output


def test_code_that_was_edited_since_is_said(labbook, project) -> None:
    write(project / "util.py", "def half(number):\n    return number // 2\n")
    [found], _ = look(labbook)
    assert found.severity is Severity.NOTE
    assert "x runs util.py as submitted, which has been edited since" in found.sentence


def test_code_in_a_src_folder_is_found_there(labbook, project) -> None:
    (project / "src").mkdir()
    (project / "util.py").rename(project / "src/util.py")
    assert look(labbook) == ([], [])
    write(project / "src/util.py", "")
    [found], _ = look(labbook)
    assert "edited" in found.sentence
    (project / "src/util.py").unlink()
    assert look(labbook) == ([], [])


def test_runs_without_code_of_the_project_have_no_tests(labbook) -> None:
    write(labbook.path.parent / "test_util.py", BAD)
    ask(labbook, "plain")
    assert look(labbook) == ([], [])
