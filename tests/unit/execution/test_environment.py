from __future__ import annotations

import pytest

from jupyter_labbook.execution import environment


@pytest.mark.parametrize(
    "name",
    [
        *("HF_TOKEN", "WANDB_API_KEY", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD"),
        *("MY_APIKEY", "github_pat", "SSH_AUTH_SOCK", "SESSION_COOKIE", "OPENAI_KEY"),
    ],
)
def test_credentials_are_known_by_their_names(name: str) -> None:
    assert environment.is_secret(name)


@pytest.mark.parametrize(
    "name", ["PATH", "HOME", "KEYBOARD", "MONKEYS", "CUDA_VISIBLE_DEVICES", "LANG"]
)
def test_ordinary_variables_are_recorded(name: str) -> None:
    assert environment.recordable({name: "x"}) == {name: "x"}


def test_an_address_with_a_password_is_a_credential() -> None:
    assert environment.is_secret("DATABASE", "postgres://me:secret@host/db")
    assert not environment.is_secret("PROXY", "http://host:3128/")


def test_what_a_kernel_sets_for_itself_stays_out() -> None:
    given = {"MPLBACKEND": "inline", "PAGER": "cat", "JPY_PARENT_PID": "1", "A": "b"}
    assert environment.recordable(given) == {"A": "b"}


def test_recorded_variables_win_and_credentials_come_from_today(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_TOKEN", "today")
    monkeypatch.setenv("PLAIN", "today")
    monkeypatch.setenv("NEW", "today")
    complete = environment.complete({"PLAIN": "then"})
    assert complete["HF_TOKEN"] == "today"
    assert complete["PLAIN"] == "then"
    assert "NEW" not in complete
