"""What a page has to load more: the built extension, compressed as servers do."""

from __future__ import annotations

import gzip

from tests.benchmarks.table import Line
from tests.jupyter import EXTENSION, built


def measure() -> list[Line]:
    files = [file for file in built(EXTENSION / "static").rglob("*") if file.is_file()]
    sizes = {file.suffix: 0 for file in files}
    for file in files:
        sizes[file.suffix] += len(gzip.compress(file.read_bytes(), mtime=0))
    whole = sum(file.stat().st_size for file in files)
    return [
        Line(
            what=f"built extension, all {len(files)} files of `static/` gzipped, "
            "against their scripts alone",
            measured=f"{sum(sizes.values()) / 1e3:.0f} kB ({whole / 1e3:.0f} plain)",
            against=f"{sizes['.js'] / 1e3:.0f} kB",
            value=sum(sizes.values()) / 1e3,
            target=250,
            unit="kB",
        )
    ]
