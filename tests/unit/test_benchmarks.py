from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import BENCHMARKS, main
from tests.benchmarks.page_start import interval


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_is_there(name: str) -> None:
    assert callable(import_module(f"tests.benchmarks.{name}").measure)


def test_no_benchmark_is_forgotten() -> None:
    folder = Path(import_module("tests.benchmarks.table").__file__).parent
    measuring = {
        path.stem for path in folder.glob("*.py") if "def measure(" in path.read_text()
    }
    assert measuring == set(BENCHMARKS)


def test_an_unknown_benchmark_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no_such_cost"]) == 2
    assert "no benchmark no_such_cost" in capsys.readouterr().err


def test_an_interval_is_students() -> None:
    low, high = interval([1.0, 2.0, 3.0])
    assert (low, high) == pytest.approx((2 - 2.4841, 2 + 2.4841), abs=1e-3)
