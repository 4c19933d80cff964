"""The verbs: stop, rerun, conclude."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_labbook.errors import ConflictError
from jupyter_labbook.server.answering import LabbookHandler, invalid
from jupyter_labbook.server.refusals import Reason, Refusal

if TYPE_CHECKING:
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.server.open_labbooks import OpenLabbook
    from jupyter_labbook.storage.labbook import ExperimentFolder

T = TypeVar("T")

_MOST_TEXT = 100_000


class StopWish(msgspec.Struct, forbid_unknown_fields=True):
    """What ``stop`` is sent."""

    runs: list[str] | None = None
    reason: str = ""


class RerunWish(msgspec.Struct, forbid_unknown_fields=True):
    """What ``rerun`` is sent."""

    runs: list[str] | None = None
    current: bool = False


class Conclusion(msgspec.Struct, forbid_unknown_fields=True):
    """What ``conclude`` is sent."""

    text: str
    was: str | None = None


class VerbHandler(LabbookHandler):
    """Does something to an experiment."""

    def wish(self, kind: type[T]) -> T:
        """Take what was sent, as what it has to be."""
        try:
            return msgspec.convert(self.body(), kind)
        except msgspec.ValidationError as error:
            raise invalid(f"The request is not understood: {error}.") from None

    def find(self, labbook: OpenLabbook, experiment: str) -> ExperimentFolder:
        """Find the experiment; for a thread of the labbook's."""
        return self.labbooks.places.experiment(labbook.folder(), experiment)

    def runs(
        self, labbook: OpenLabbook, experiment: str, labels: list[str] | None
    ) -> list[RunFolder]:
        """Find the runs that are meant: all of the newest version if none is named."""
        with labbook.experiment(experiment).turn() as found:
            if labels is not None:
                return self.labbooks.places.runs(found.folder, labels)
            found.watch.poll(seconds=0)
            return [watch.run for watch in found.watch.runs()]


class Stop(VerbHandler):
    """``POST experiments/{experiment}/stop``."""

    @authenticated
    @authorized
    async def post(self, experiment: str) -> None:
        """End runs, whether they wait or execute."""
        labbook, wish = self.labbook, self.wish(StopWish)
        reason = wish.reason.strip()[:_MOST_TEXT] or "stopped from the page"

        def stop() -> dict[str, Any]:
            from jupyter_labbook.actions import ending, publishing

            around = publishing.surroundings()
            told = []
            for run in self.runs(labbook, experiment, wish.runs):
                was = ending.stop(run, reason, "page", around)
                told.append({"run": run.label, "was": was})
            return {"runs": told}

        self.count_as_activity()
        self.answer(await self.do(labbook, stop))


class Rerun(VerbHandler):
    """``POST experiments/{experiment}/rerun``."""

    @authenticated
    @authorized
    @authorized("execute")  # type: ignore[untyped-decorator]  # Jupyter leaves it out
    async def post(self, experiment: str) -> None:
        """Submit runs once more."""
        labbook, wish = self.labbook, self.wish(RerunWish)

        def rerun() -> dict[str, Any]:
            from jupyter_labbook.actions import rerunning

            originals = self.runs(labbook, experiment, wish.runs)
            found = self.find(labbook, experiment)
            new = rerunning.rerun(
                labbook.folder(), found, originals, current=wish.current
            )
            pairs = zip(originals, new, strict=True)
            return {
                "runs": [
                    {"original": original.label, "rerun": run.label}
                    for original, run in pairs
                ]
            }

        self.count_as_activity()
        self.answer(await self.do(labbook, rerun))


class Conclude(VerbHandler):
    """``POST experiments/{experiment}/conclude``."""

    @authenticated
    @authorized
    async def post(self, experiment: str) -> None:
        """Record what a person learned."""
        labbook, sent = self.labbook, self.wish(Conclusion)
        if len(sent.text) > _MOST_TEXT:
            raise invalid(f"A conclusion has at most {_MOST_TEXT} characters.")

        def conclude() -> dict[str, Any]:
            from jupyter_labbook.actions import concluding

            with labbook.experiment(experiment).turn() as found:
                folder = found.folder
                try:
                    concluding.conclude(
                        labbook.folder(), folder, sent.text, was=sent.was
                    )
                except ConflictError as error:
                    raise Refusal(
                        409, Reason.CONFLICT, str(error), conclusion=error.now
                    ) from error
            return {"conclusion": sent.text.strip()}

        self.count_as_activity()
        self.answer(await self.do(labbook, conclude))
