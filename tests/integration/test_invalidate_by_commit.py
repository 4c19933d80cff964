"""Which runs stem from the commit that brought a bug, as git tells it."""

from __future__ import annotations

from tests.integration.saying import refused, told


def by_run(data: dict) -> tuple[list[str], dict[str, str]]:
    found = [one["run"] for one in data["concerned"]]
    return found, {one["run"]: one["why"] for one in data["left_out"]}


def test_runs_since_a_commit_are_those_that_stem_from_it(made, command) -> None:
    made.submit("before-git")
    made.commit()
    made.submit("early")
    made.git("checkout", "-qb", "side")
    made.write("labkit/plots.py", "def draw():\n    return 3\n")
    made.submit("edited")
    made.git("checkout", "-q", "--", "labkit/plots.py")
    made.split(end=8)
    bug = made.commit()
    made.submit("buggy")
    made.commit()
    made.submit("later")
    made.git("checkout", "-q", "main")
    made.submit("elsewhere")
    data = told(command("invalidate", "--since", bug[:10], "--dry-run", "--json"))
    found, left_out = by_run(data)
    assert found == ["buggy/001", "later/001"]
    assert set(left_out) == {"before-git/001", "edited/001"}
    assert "from no git repository" in left_out["before-git/001"]
    assert "edited and not committed" in left_out["edited/001"]
    narrowed = told(
        command(
            "invalidate",
            "--since",
            bug,
            "--runs",
            "later",
            "--reason",
            "r",
            "--yes",
            "--json",
        )
    )
    assert narrowed["marked"] == ["later/001"]


def test_a_shallow_repository_says_what_it_cannot_tell(made, command, tmp_path) -> None:
    old = made.commit()
    made.submit("early")
    made.split(end=8)
    bug = made.commit()
    made.submit("buggy")
    made.write("labkit/plots.py", "\n")
    newest = made.commit()
    shallow = tmp_path / "shallow"
    made.git("clone", "-q", "--depth", "1", f"file://{made.folder}", str(shallow))
    (made.folder / ".git").rename(tmp_path / "whole.git")
    (shallow / ".git").rename(made.folder / ".git")
    refusal = refused(command("invalidate", "--since", bug, "--dry-run"), 2)
    assert "git fetch --unshallow" in refusal
    _, left_out = by_run(
        told(command("invalidate", "--since", newest, "--dry-run", "--json"))
    )
    assert left_out["early/001"] == f"its commit {old[:8]} is not in the repository"
    assert set(left_out) == {"early/001", "buggy/001"}


def test_an_edge_of_a_shallow_repository_is_no_proof(made, command, tmp_path) -> None:
    first = made.commit()
    made.write("labkit/plots.py", "\n")
    made.commit()
    made.submit("work")
    shallow = tmp_path / "shallow"
    made.git("clone", "-q", "--depth", "1", f"file://{made.folder}", str(shallow))
    # The old commit is known again, but not how the newer one came from it.
    (made.folder / ".git/shallow").write_text(made.git("rev-parse", "HEAD") + "\n")
    data = told(command("invalidate", "--since", first, "--dry-run", "--json"))
    found, left_out = by_run(data)
    assert found == []
    assert "the repository is shallow" in left_out["work/001"]


def test_without_git_or_a_repository_it_says_so(made, command, monkeypatch) -> None:
    made.submit()
    refusal = refused(command("invalidate", "--since", "HEAD"), 2)
    assert "is in no git repository" in refusal
    made.commit()
    for commit in ("nonesuch", "--all", ""):
        words = ["invalidate", f"--since={commit}"]
        refusal = refused(command(*words), 2)
        assert "no commit" in refusal if commit else "Say what is wrong" in refusal
    monkeypatch.setenv("PATH", str(made.folder))
    refusal = refused(command("invalidate", "--since", "HEAD"), 2)
    assert "git could not be asked" in refusal
