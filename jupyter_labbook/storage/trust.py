"""What is executed: only what is signed with this user's own key."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import msgspec

from jupyter_labbook.errors import StorageError
from jupyter_labbook.model.backfill import Searches
from jupyter_labbook.model.run import Ticket
from jupyter_labbook.runtime import files
from jupyter_labbook.storage.settings import config_folder, own_folder

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder

Signed = TypeVar("Signed", Ticket, Searches)

_KEY_BYTES = 32


def sign(record: Signed) -> Signed:
    """Sign a record with the user's key, which is made when first needed."""
    return replace(record, signature=_digest(record, user_key()))


def is_signed(record: Ticket | Searches) -> bool:
    """Whether this user has signed a record, on this machine."""
    return hmac.compare_digest(record.signature, _digest(record, user_key()))


def distrust(run: RunFolder, ticket: Ticket) -> str:
    """Say why a ticket must not be executed; empty if it may be."""
    if not is_signed(ticket):
        return "its ticket was not signed by you on this machine"
    if ticket.place != place(run):
        return f"its ticket was signed for {ticket.place}, not for this copy of it"
    for name, digest in ticket.files.items():
        if file_digest(run.path / name) != digest:
            return f"{name} was changed after its ticket was signed"
    return ""


def trusted(run: RunFolder, ticket: Ticket) -> bool:
    """Whether a ticket may be executed."""
    return not distrust(run, ticket)


def place(run: RunFolder) -> str:
    """Where a run folder lies, links resolved."""
    return os.path.realpath(run.path)


def file_digest(path: Path) -> str:
    """SHA-256 of a file; empty if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


@cache
def _read_key(path: Path) -> bytes:
    if not path.exists():
        own_folder(path.parent, "XDG_CONFIG_HOME")
        files.create(path, os.urandom(_KEY_BYTES))
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise StorageError(
            f"{path} is damaged; delete it, and runs that wait will be held until "
            "they are submitted again."
        )
    return key


def user_key() -> bytes:
    """Read the user's key, 32 random bytes that only the user may read."""
    return _read_key(config_folder() / "key")


def _digest(record: Ticket | Searches, key: bytes) -> str:
    # As it reads back from the file: an int given for a float becomes one there.
    plain = msgspec.to_builtins(replace(record, signature=""))
    unsigned = msgspec.json.encode(
        msgspec.convert(plain, type=type(record)), order="deterministic"
    )
    return hmac.new(key, unsigned, hashlib.sha256).hexdigest()
