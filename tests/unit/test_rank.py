from __future__ import annotations

from types import SimpleNamespace

import pytest

from jupyter_labbook.runtime import rank as module
from jupyter_labbook.runtime.rank import rank


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in module._VARIABLES:
        monkeypatch.delenv(variable, raising=False)


def test_a_process_on_its_own_is_rank_0() -> None:
    assert rank() == 0


@pytest.mark.parametrize("variable", module._VARIABLES)
def test_each_launcher_is_understood(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "3")
    assert rank() == 3


def test_the_launcher_nearest_to_the_process_decides(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SLURM_PROCID", "0")
    monkeypatch.setenv("OMPI_COMM_WORLD_RANK", "2")
    assert rank() == 2
    monkeypatch.setenv("RANK", "5")
    assert rank() == 5


@pytest.mark.parametrize("value", ["", "captain", "-1", "1.5"])
def test_a_variable_that_holds_no_rank_is_passed_over(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RANK", value)
    assert rank() == 0
    monkeypatch.setenv("SLURM_PROCID", "4")
    assert rank() == 4


def test_a_formed_process_group_is_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    group = SimpleNamespace(
        is_available=lambda: True, is_initialized=lambda: True, get_rank=lambda: 1
    )
    monkeypatch.setitem(module.sys.modules, "torch.distributed", group)
    assert rank() == 1


def test_a_group_that_is_not_formed_says_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    group = SimpleNamespace(is_available=lambda: True, is_initialized=lambda: False)
    monkeypatch.setitem(module.sys.modules, "torch.distributed", group)
    monkeypatch.setenv("RANK", "2")
    assert rank() == 2
