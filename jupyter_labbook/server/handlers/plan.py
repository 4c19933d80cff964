"""The plan, read and edited."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from jupyter_labbook.server.answering import LabbookHandler


class Plan(LabbookHandler):
    """``plan``."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Give the five lists."""
        labbook = self.labbook
        state = await self.do(labbook, lambda: labbook.plan().state())
        self.answer(state, tag=state["version"])

    @authenticated
    @authorized
    async def post(self) -> None:
        """Change one item, and give the lists as they are then."""
        labbook, content = self.labbook, self.body()
        self.count_as_activity()
        self.answer(await self.do(labbook, lambda: labbook.plan().apply(content)))
