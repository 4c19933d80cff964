"""Every route below ``jupyter-labbook/api/``, and what answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyter_labbook.server.handlers.about import About, Description
from jupyter_labbook.server.handlers.changes import Changes, Stream
from jupyter_labbook.server.handlers.digests import Digest, DigestRead, Evening
from jupyter_labbook.server.handlers.experiments import (
    Experiment,
    Range,
    Series,
    SeriesTogether,
)
from jupyter_labbook.server.handlers.labbooks import (
    Experiments,
    NearestLabbook,
    Overview,
    Place,
)
from jupyter_labbook.server.handlers.nights import Mend, Preflight, Queue
from jupyter_labbook.server.handlers.plan import Plan
from jupyter_labbook.server.handlers.run_files import Figure, MetricsFile, MetricsPart
from jupyter_labbook.server.handlers.runs import Output, Run
from jupyter_labbook.server.handlers.verbs import Conclude, Rerun, Stop

if TYPE_CHECKING:
    from jupyter_labbook.server.answering import LabbookHandler

_E: Final = r"experiments/(?P<experiment>[^/]+)"
_R: Final = rf"{_E}/runs/(?P<run>[^/]+)"

ROUTES: Final[dict[str, type[LabbookHandler]]] = {
    "about": About,
    r"openapi\.json": Description,
    "labbook": NearestLabbook,
    "place": Place,
    "overview": Overview,
    "experiments": Experiments,
    "series": SeriesTogether,
    _E: Experiment,
    rf"{_E}/series": Series,
    rf"{_E}/range": Range,
    _R: Run,
    rf"{_R}/output": Output,
    rf"{_R}/metrics": MetricsPart,
    rf"{_R}/metrics\.csv": MetricsFile,
    rf"{_R}/figures/(?P<name>[^/]+)": Figure,
    rf"{_E}/stop": Stop,
    rf"{_E}/rerun": Rerun,
    rf"{_E}/conclude": Conclude,
    "plan": Plan,
    "queue": Queue,
    "preflight": Preflight,
    "preflight/mend": Mend,
    "digest": Digest,
    "digest/read": DigestRead,
    "evening": Evening,
    "changes": Changes,
    "stream": Stream,
}
"""Regular expression to handler."""
