"""What users of a shared server may do, for servers that tests start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_server.auth import Authorizer

if TYPE_CHECKING:
    from jupyter_server.auth import User
    from jupyter_server.base.handlers import JupyterHandler


class Readers(Authorizer):
    """May look at everything."""

    allowed = frozenset({"read"})

    def is_authorized(
        self, handler: JupyterHandler, user: User, action: str, resource: str
    ) -> bool:
        del handler, user
        return resource != "labbook" or action in self.allowed


class Writers(Readers):
    """May change everything, and execute nothing."""

    allowed = frozenset({"read", "write"})


class Strangers(Readers):
    """May not even look."""

    allowed = frozenset()
