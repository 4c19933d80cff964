"""Files of a run, as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyter_server.auth.decorator import authorized
from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from jupyter_labbook.server.handlers.runs import RunHandler

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_labbook.server.open_labbooks import OpenLabbook

_MOST_BYTES: Final = 4 << 20
_BLOCK_BYTES: Final = 1 << 20
_PICTURES: Final = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}
_SANDBOX: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)
_CSV: Final = "text/csv; charset=utf-8"


class MetricsPart(RunHandler):
    """``GET experiments/{experiment}/runs/{run}/metrics``."""

    @authenticated
    @authorized
    async def get(self, experiment: str, run: str) -> None:
        """Give the bytes of one file of metrics from an offset on."""
        labbook, places = self.labbook, self.labbooks.places
        offset = self.whole("offset", 0, 0, 1 << 60)
        limit = self.whole("limit", _MOST_BYTES, 1, _MOST_BYTES)
        name = self.word("file", "metrics.csv")

        def read() -> tuple[bytes, int]:
            from jupyter_labbook.storage.metric_bytes import read_bytes

            path = places.metrics(self.find(labbook, experiment, run), name)
            return read_bytes(path, offset, limit)

        data, size = await self.do(labbook, read)
        self.set_header("X-Labbook-Size", str(size))
        self.set_header("X-Labbook-End", str(min(offset, size) + len(data)))
        self.set_header("Cache-Control", "no-cache")
        self.finish(data, set_content_type=_CSV)


class _Streaming(RunHandler):
    """Sends files of any size, a block at a time."""

    async def send(
        self, labbook: OpenLabbook, blocks: Iterator[bytes], kind: str
    ) -> None:
        self.set_header("Content-Type", kind)
        self.set_header("Cache-Control", "no-cache")
        try:
            while block := await self.do(labbook, lambda: next(blocks, b"")):
                self.write(block)
                await self.flush()
        except StreamClosedError:
            return
        except Exception:
            # Half a file must not look like a whole one.
            if self._headers_written:
                self.drop()
            raise
        self.finish(set_content_type=kind)


class MetricsFile(_Streaming):
    """``GET experiments/{experiment}/runs/{run}/metrics.csv``."""

    @authenticated
    @authorized
    async def get(self, experiment: str, run: str) -> None:
        """Give everything that a run logged as one file."""
        labbook = self.labbook

        def begin() -> Iterator[bytes]:
            from jupyter_labbook.storage.metric_bytes import joined_csv

            return joined_csv(self.find(labbook, experiment, run))

        blocks = await self.do(labbook, begin)
        self.set_attachment_header(f"{experiment}-{run}.csv")
        await self.send(labbook, blocks, _CSV)


class Figure(_Streaming):
    """``GET experiments/{experiment}/runs/{run}/figures/{name}``."""

    @authenticated
    @authorized
    async def get(self, experiment: str, run: str, name: str) -> None:
        """Give something that a run drew; what is no picture, as an attachment."""
        labbook, places = self.labbook, self.labbooks.places
        path = await self.do(
            labbook,
            lambda: places.figure(self.find(labbook, experiment, run), name),
        )
        suffix = "." + name.rpartition(".")[2].lower()
        if suffix not in _PICTURES:
            self.set_attachment_header(name)
        self.set_header("Content-Security-Policy", _SANDBOX)
        kind = _PICTURES.get(suffix, "application/octet-stream")
        await self.send(labbook, _blocks(path), kind)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield block
