from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.execution import capacity
from jupyter_labbook.execution.slots import Holder, Share, SlotPool
from jupyter_labbook.storage.settings import FocusSettings, UserSettings

if TYPE_CHECKING:
    from pathlib import Path


def test_slots_are_claimed_all_or_none(tmp_path: Path) -> None:
    pool = SlotPool(tmp_path, 3)
    with pool.claim(2) as claim:
        assert len(claim.descriptors) == 2
        assert pool.claim(2) is None
        assert pool.free() == 1
    assert pool.free() == 3


def test_gpus_are_claimed_by_name_and_no_two_claims_have_one(tmp_path: Path) -> None:
    pool = SlotPool(tmp_path, 4, gpus=["GPU-a", "GPU-b"])
    first = pool.claim(1, gpus=1)
    assert pool.claim(1, gpus=2) is None
    assert pool.held() == Share(slots=1, gpus=1)
    second = SlotPool(tmp_path, 4, gpus=["GPU-a", "GPU-b"]).claim(1, gpus=1)
    assert {*first.gpus, *second.gpus} == {"GPU-a", "GPU-b"}
    assert pool.claim(1, gpus=1) is None
    assert pool.held() == Share(slots=2, gpus=2)
    first.release()
    second.release()
    assert pool.held() == Share(slots=0)


def test_a_failed_claim_for_gpus_holds_no_slot(tmp_path: Path) -> None:
    pool = SlotPool(tmp_path, 2, gpus=["a"])
    assert pool.claim(1, gpus=2) is None
    assert pool.free() == 2


def test_cores_and_memory_count_as_long_as_they_are_held(tmp_path: Path) -> None:
    pool = SlotPool(tmp_path, 4, cores=4, memory=100)
    claim = pool.claim(2, cores=3, memory=60)
    assert pool.held() == Share(slots=2, cores=3, memory=60)
    assert pool.claim(1, cores=2) is None
    assert pool.claim(1, memory=50) is None
    with pool.claim(1) as other:
        assert len(other.descriptors) == 1
    claim.release()
    with pool.claim(1, cores=4, memory=100):
        assert pool.held() == Share(slots=1, cores=4, memory=100)


def test_what_a_slot_held_before_does_not_count(tmp_path: Path) -> None:
    pool = SlotPool(tmp_path, 1, cores=4)
    pool.claim(1, cores=4).release()
    with pool.claim(1):
        assert pool.held() == Share(slots=1)


def test_a_damaged_slot_file_counts_as_a_slot(tmp_path: Path) -> None:
    pool = SlotPool(tmp_path, 2)
    with pool.claim(1) as claim:
        os.pwrite(claim.descriptors[0], b'{"cores": "many"', 0)
        assert pool.held() == Share(slots=1)


def test_slots_beyond_a_lowered_limit_still_count(tmp_path: Path) -> None:
    claims = [SlotPool(tmp_path, 4).claim(1) for _ in range(3)]
    fewer = SlotPool(tmp_path, 2)
    claims.pop(0).release()
    assert fewer.free() == 0
    assert fewer.claim(1) is None
    for claim in claims:
        claim.release()
    assert fewer.free() == 2


def test_focus_hours_have_a_limit_of_their_own(tmp_path: Path) -> None:
    settings = UserSettings(slots=3, gpus=["1", "1", "0"], cores=2, memory=7)
    pool = capacity.pool(tmp_path, settings)
    assert (pool.count, pool.gpus, pool.cores, pool.memory) == (3, ("1", "0"), 2, 7)
    assert capacity.pool(tmp_path, settings, focus=True).count == 1
    wide = UserSettings(slots=3, focus=FocusSettings(slots=9))
    assert capacity.pool(tmp_path, wide, focus=True).count == 3


@pytest.fixture
def nvidia_smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program of that name first on the path."""
    program = tmp_path / "bin" / "nvidia-smi"
    program.parent.mkdir()
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    capacity._found.cache_clear()
    return program


def _script(program: Path, body: str) -> None:
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o700)


def test_gpus_are_found_by_nvidia_smi(nvidia_smi: Path) -> None:
    _script(
        nvidia_smi,
        'case "$1" in *uuid) echo GPU-1; echo GPU-2;; *) echo 7; echo 80;; esac',
    )
    assert capacity.gpus(UserSettings()) == ("GPU-1", "GPU-2")
    assert capacity.gpu_use() == 0.8
    capacity._found.cache_clear()


@pytest.mark.parametrize("body", ["exit 9", "echo No devices were found >&2"])
def test_a_machine_without_gpus_has_none(nvidia_smi: Path, body: str) -> None:
    _script(nvidia_smi, body)
    assert capacity.gpus(UserSettings()) == ()
    assert capacity.gpu_use() == 0.0
    capacity._found.cache_clear()


def test_what_the_machine_has_is_what_runs_may_have(tmp_path: Path) -> None:
    pool = capacity.pool(tmp_path, UserSettings(gpus=[]))
    assert pool.cores >= 1
    assert pool.memory > 2**20


def test_whoever_holds_a_slot_is_known_for_what_they_said(tmp_path: Path) -> None:
    pool = SlotPool(tmp_path, 4, cores=4)
    fills = Holder(run="/labbook/run", fills=True, ends=7.5)
    with pool.claim(2, cores=2, holder=fills), pool.claim(1, cores=1):
        [found] = SlotPool(tmp_path, 1).holders()
        assert found == replace(fills, share=Share(slots=2, cores=2))
        assert pool.held() == Share(slots=3, cores=3)
    assert pool.holders() == []


def test_what_was_held_before_in_any_of_several_slots_does_not_count(
    tmp_path: Path,
) -> None:
    pool = SlotPool(tmp_path, 2, cores=4)
    first, second = pool.claim(1, cores=1), pool.claim(1, cores=3)
    first.release()
    second.release()
    with pool.claim(2, cores=2):
        assert pool.held() == Share(slots=2, cores=2)


def test_whoever_makes_room_is_seen_until_it_is_wanted_no_longer(
    tmp_path: Path,
) -> None:
    pool, other = SlotPool(tmp_path, 1), SlotPool(tmp_path, 1)
    assert not other.wanted()
    with pool.want(), pool.want():
        assert other.wanted()
    assert not other.wanted()
