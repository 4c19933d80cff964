"""The server and its description say the same."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from jupyter_labbook.server import __file__ as server
from jupyter_labbook.server.answering import LabbookHandler
from jupyter_labbook.server.handlers import ROUTES
from jupyter_labbook.storage.labbook import LabbookFolder
from tests.serving import Served, Shown, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis import Case

OPENAPI = Path(server).with_name("openapi.json")
DESCRIBED = json.loads(OPENAPI.read_text(encoding="utf-8"))
# The stream has no end, and a test of its own.
API = schemathesis.openapi.from_path(OPENAPI).exclude(path="/stream")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
REAL = {"experiment": "0001-rates", "run": "001", "name": "001-drawn.png"}
FEW = settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def shown(
    tmp_path_factory: pytest.TempPathFactory, server_user: dict[str, str]
) -> Iterator[Shown]:
    """Show a labbook with an experiment that has ended, with a figure and a plan."""
    root = tmp_path_factory.mktemp("root").resolve()
    (root / "project").mkdir()
    home = tmp_path_factory.mktemp("server")
    with pytest.MonkeyPatch.context() as patched:
        for name, value in server_user.items():
            patched.setenv(name, value)
        program = "from jupyter_labbook import log; log(step=0, loss=0.5)"
        words = ("run", "rates", "--why", "it", "--wait", "--")
        subprocess.run(
            [
                *(sys.executable, "-m", "jupyter_labbook.cli", *words),
                *(sys.executable, "-c", program),
            ],
            cwd=root / "project",
            check=True,
            capture_output=True,
        )
    labbook = LabbookFolder(root / "project/labbook")
    figures = labbook.experiment("rates").run("001").figures
    figures.mkdir()
    (figures / "001-drawn.png").write_bytes(b"\x89PNG")
    with serving(home, root, environment=server_user) as served:
        yield Shown(served, labbook)


def ask(served: Served, case: Case) -> None:
    case.call_and_validate(
        base_url=served.url, headers=served.authorization, checks=CHECKS
    )


@API.parametrize()
@FEW
def test_whatever_is_asked_the_answer_is_as_described(case: Case, shown: Shown) -> None:
    ask(shown.served, case)


@API.parametrize()
@FEW
def test_of_a_real_experiment_the_answer_is_as_described(
    case: Case, shown: Shown
) -> None:
    if "labbook" in case.operation.query:
        case.query = {**(case.query or {}), "labbook": shown.name}
    for name in case.path_parameters or {}:
        case.path_parameters[name] = REAL[name]
    if case.path.endswith("/rerun") and isinstance(case.body, dict):
        # Each repetition would repeat all those before it.
        case.body["runs"] = ["001"]
    ask(shown.served, case)


def test_the_description_is_valid() -> None:
    validate(DESCRIBED)


def test_every_route_is_described_and_nothing_else_is() -> None:
    described = {
        (path, method)
        for path, operations in DESCRIBED["paths"].items()
        for method in operations
    }
    assert described == {
        (path_of(route), method)
        for route, handler in ROUTES.items()
        for method in ("get", "post", "put", "patch", "delete")
        if getattr(handler, method) is not getattr(LabbookHandler, method)
    }


def test_every_parameter_of_a_path_is_described() -> None:
    for path, operations in DESCRIBED["paths"].items():
        for operation in operations.values():
            given = [
                DESCRIBED["components"]["parameters"].get(
                    each.get("$ref", "").rpartition("/")[2], each
                )
                for each in operation.get("parameters", ())
            ]
            named = {each["name"] for each in given if each["in"] == "path"}
            assert named == set(re.findall(r"\{(\w+)\}", path))


def path_of(route: str) -> str:
    """Spell a regular expression of ours as a path with names in it."""
    path = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", route)
    return "/" + path.replace("\\.", ".")


def test_the_description_is_served(shown: Shown) -> None:
    assert shown.served.get("openapi.json").json == DESCRIBED
