"""A server with a labbook in its root, all its routes, and what lies around."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jupyter_labbook.storage.labbook import LabbookFolder
from tests import running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.serving import Reply, Served

E = "experiments/{experiment}"
SEVERAL = "GET series?labbook={labbook}&experiment=0001-trial&points=16&since="
R = f"{E}/runs/{{run}}"
ROUTES: dict[str, Any] = {
    "GET about": None,
    "GET openapi.json": None,
    "GET labbook?near={labbook}": None,
    "GET place?path={path}&near={labbook}": None,
    "GET overview?labbook={labbook}": None,
    "GET experiments?labbook={labbook}": None,
    SEVERAL: None,
    f"GET {E}?labbook={{labbook}}": None,
    f"GET {E}/series?labbook={{labbook}}": None,
    f"GET {E}/range?labbook={{labbook}}&from=0&to=9": None,
    f"GET {R}?labbook={{labbook}}": None,
    f"GET {R}/output?labbook={{labbook}}": None,
    f"GET {R}/metrics?labbook={{labbook}}": None,
    f"GET {R}/metrics.csv?labbook={{labbook}}": None,
    f"GET {R}/figures/{{name}}?labbook={{labbook}}": None,
    f"POST {E}/stop?labbook={{labbook}}": {},
    f"POST {E}/rerun?labbook={{labbook}}": {},
    f"POST {E}/conclude?labbook={{labbook}}": {"text": "Nothing."},
    "GET plan?labbook={labbook}": None,
    "POST plan?labbook={labbook}": {
        "id": "1",
        "op": "add",
        "list": "test",
        "text": "never",
    },
    "GET queue?labbook={labbook}": None,
    "POST queue?labbook={labbook}": {"act": "pause", "why": "never"},
    "GET preflight?labbook={labbook}": None,
    "POST preflight?labbook={labbook}": {},
    "POST preflight/mend?labbook={labbook}": {"verb": "stop trial"},
    "GET digest?labbook={labbook}": None,
    "POST digest/read?labbook={labbook}": {
        "since": "2026-01-01T00:00:00Z",
        "moment": "2026-01-02T00:00:00Z",
    },
    "GET evening?labbook={labbook}": None,
    "GET changes?labbook={labbook}": None,
    "GET stream?labbook={labbook}": None,
}
POSTS = [route for route in ROUTES if route.startswith("POST")]
IN_LABBOOKS = [route for route in ROUTES if "labbook={labbook}" in route]
OF_EXPERIMENTS = [route for route in ROUTES if "{experiment}" in route]
OF_RUNS = [route for route in ROUTES if "{run}" in route]


@dataclass
class Ground:
    """A root with a labbook in it, and what lies around it."""

    served: Served
    around: Path

    def ask(
        self, route: str, headers: dict[str, str] | None = None, **names: str
    ) -> Reply:
        method, _, target = route.partition(" ")
        outside = self.around / "outside/labbook/experiments/0001-trial"
        named = {
            "labbook": "project/labbook",
            "experiment": "0001-trial",
            "run": "001",
            "name": "001-drawn.png",
            "path": quote(str(outside)),
            **names,
        }
        given = self.served.authorization if headers is None else headers
        return self.served.ask(
            method,
            self.served.prefix + target.format(**named),
            ROUTES.get(route),
            given,
        )

    def contents(self) -> dict[str, str]:
        """Say what every file below and beside the root holds."""
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.around.rglob("*"))
            if path.is_file()
        }


def fill(project: Path) -> LabbookFolder:
    labbook = LabbookFolder.create(project)
    experiment = running.experiment(labbook)
    run = running.queue(labbook, experiment)
    run.output.write_text("printed\n")
    run.metrics.write_text("_row,_time,step,loss\n0,1.000000,0,0.5\n")
    run.figures.mkdir()
    (run.figures / "001-drawn.png").write_bytes(b"\x89PNG")
    return labbook
