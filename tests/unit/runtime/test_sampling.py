"""Small parts of data in a smoke run."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from jupyter_labbook.runtime import context, sampling
from jupyter_labbook.runtime.context import sample


class Rows:
    """A data set that knows single items alone."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> int:
        if not isinstance(index, int):
            raise TypeError(index)
        return index * index


class Tensors(Rows):
    """A data set that makes something else of a slice."""

    def __getitem__(self, index):
        return (index,)


class Columns(Rows):
    """A data set of the kind that selects."""

    column_names = ("a",)

    def select(self, chosen: range) -> Columns:
        return Columns(len(chosen))


@pytest.fixture
def smoke(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "smoke", True)


def test_outside_a_smoke_run_data_are_passed_through() -> None:
    data = list(range(10_000))
    assert sample(data) is data


def test_the_package_names_both() -> None:
    from jupyter_labbook import sample as named
    from jupyter_labbook import smoke

    assert named is sample
    assert smoke is False


def test_an_array_is_thinned_out_evenly(smoke) -> None:
    part = sample(np.arange(1000), 100)
    assert part.tolist() == list(range(0, 1000, 10))


def test_what_belongs_together_stays_together(smoke) -> None:
    data, labels = np.arange(501), [number % 7 for number in range(501)]
    some, named = sample((data, labels), 50)
    assert len(some) == len(named) <= 50
    assert [number % 7 for number in some] == named


def test_sorted_labels_keep_all_their_classes(smoke) -> None:
    assert set(sample([0] * 500 + [1] * 500 + [2] * 500)) == {0, 1, 2}


@pytest.mark.parametrize("size", [200, 199, 7, 1])
@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 399, 1000])
def test_there_are_never_more_than_asked_for_and_never_none(smoke, count, size) -> None:
    part = sample(list(range(count)), size)
    assert min(count, 1) <= len(part) <= size


def test_small_data_are_not_touched(smoke) -> None:
    data = [1, 2, 3]
    assert sample(data) is data


def test_frames_series_and_sparse_matrices_stay_what_they_are(smoke) -> None:
    frame = pd.DataFrame({"a": range(1000)}, index=range(1000, 2000))
    assert isinstance(sample(frame), pd.DataFrame)
    assert sample(frame).index[1] == 1005
    assert isinstance(sample(frame["a"]), pd.Series)
    matrix = sparse.csr_matrix(np.eye(1000))
    assert sample(matrix).shape == (200, 1000)
    assert sample("x" * 1000) == "x" * 200
    assert sample(range(1000))[1] == 5


def test_data_sets_that_cannot_be_sliced_become_lists(smoke) -> None:
    assert sample(Rows(1000), 10) == [(100 * index) ** 2 for index in range(10)]
    assert sample(Tensors(20), 10) == [(index,) for index in range(0, 20, 2)]


def test_data_sets_that_select_are_asked_to(smoke) -> None:
    part = sample(Columns(1000))
    assert isinstance(part, Columns)
    assert len(part) == 200


def test_of_what_can_only_be_gone_through_the_beginning_is_given(smoke) -> None:
    assert list(sample((number for number in range(10_000)), 3)) == [0, 1, 2]
    assert sample({1, 2, 3}, 2) <= [1, 2, 3]
    assert sample(set(range(100)), 5) == [0, 1, 2, 3, 4]


def test_the_parts_of_a_dict_are_sampled_each(smoke) -> None:
    data = {"x": list(range(1000)), "name": "n" * 300, "k": 3}
    part = sample(data)
    assert (len(part["x"]), part["name"], part["k"]) == (200, "n" * 300, 3)


def test_of_a_long_dict_the_first_items_are_given(smoke) -> None:
    assert sample(dict.fromkeys(range(500)), 5) == dict.fromkeys(range(5))


def test_how_much_was_left_out_is_noted_once_for_the_largest(
    smoke, run, monkeypatch
) -> None:
    monkeypatch.setenv("LABBOOK_RUN", str(run.path))
    sample(list(range(1000)))
    assert json.loads(run.sampled.read_bytes()) == {"whole": 5.0}
    sample(list(range(400)))
    assert json.loads(run.sampled.read_bytes()) == {"whole": 5.0}
    sample(list(range(4000)))
    assert json.loads(run.sampled.read_bytes()) == {"whole": 20.0}


def test_a_note_that_cannot_be_written_stops_nobody(smoke, run, monkeypatch) -> None:
    monkeypatch.setenv("LABBOOK_RUN", str(run.path / "gone"))
    assert len(sample(list(range(1000)))) == 200
    assert sampling.part_of([1, 2], 0, None) == [1]
