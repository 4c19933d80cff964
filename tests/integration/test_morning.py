"""``labbook morning`` and ``labbook evening`` after real runs."""

from __future__ import annotations

import http.server
import json
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_labbook.actions.verbs.digesting import parse_since
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.storage.reading_mark import FILE
from tests.integration.saying import refused, said

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def settings(user: Path) -> Path:
    folder = user / "config/jupyter_labbook"
    folder.mkdir(exist_ok=True)
    path = folder / "settings.toml"
    path.write_text('zone = "UTC"\n')
    return path


@pytest.fixture
def night(train: Any, command: Any, settings: Path) -> None:
    """Run one experiment that answers, and one that fails."""
    said(
        train(
            *("answered", "--question", "Does it learn?"),
            *("--predict", "loss < 1 (80%)", "--impact", "If so, go on."),
            rate="0.25",
        )
    )
    assert train("broken", "--why", "see it fail", rate="2").returncode == 5


@pytest.mark.usefixtures("settings")
def test_an_empty_labbook_says_how_to_begin(command: Any, project: Path) -> None:
    assert "labbook init" in refused(command("morning"), 4)
    said(command("init"))
    for verb in ("morning", "evening"):
        told = said(command(verb))
        assert "labbook demo" in told
    assert "This labbook is still empty." in said(command("morning"))
    assert "Tonight is empty." in said(command("evening"))


@pytest.mark.usefixtures("night")
def test_a_morning_after_real_runs(command: Any, project: Path) -> None:
    program = json.loads(said(command("morning", "--json")))
    assert program["headline"] == "1 result is ready, 1 run failed."
    assert not (project / "labbook" / FILE).exists()

    told = said(command("morning"))
    assert "1 result is ready, 1 run failed." in told
    for part in (
        *("Does it learn?", "SUPPORTED", "loss < 1", "observed 0.5", "80 %"),
        *("If so, go on.", "labbook conclude answered", "labbook tail broken/001"),
        *("| trained with 2", "1 of 1 prediction came true"),
    ):
        assert part in told, part

    again = said(command("morning"))
    assert "Nothing new since today" in again
    assert "Does it learn?" in again


@pytest.mark.usefixtures("night")
def test_a_page_and_markdown_are_written_and_nothing_is_marked(
    command: Any, project: Path
) -> None:
    told = said(command("morning", "--html", "a.html", "--markdown", "a.md"))
    assert told.count("Written to") == 2
    page = (project / "a.html").read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert "Does it learn?" in page
    assert "<svg" in page
    assert "### Does it learn?" in (project / "a.md").read_text()
    assert said(command("morning", "--html", "-")).startswith("<!DOCTYPE html>")
    assert "1 result is ready" in said(command("morning"))
    assert "cannot be written" in refused(
        command("morning", "--html", "gone/a.html"), 4
    )
    said(command("evening", "--html", "e.html", "--markdown", "e.md"))
    assert "Tonight is empty." in (project / "e.html").read_text()
    assert "# " in (project / "e.md").read_text()
    assert (
        "Tonight is empty."
        in json.loads(said(command("evening", "--json")))["headline"]
    )


@pytest.mark.usefixtures("night")
def test_from_when_on_can_be_said(command: Any) -> None:
    told = said(command("morning", "--since", "1d"))
    assert "1 result is ready" in told
    assert "1 result is ready" in said(command("morning", "--since", "2020-01-01"))
    assert "Nothing new has come in." in said(
        command("morning", "--since", "2100-01-01")
    )
    assert "is no moment" in refused(command("morning", "--since", "lately"), 2)


@pytest.mark.usefixtures("settings")
def test_settings_that_name_no_zone_are_told(command: Any, settings: Path) -> None:
    said(command("init"))
    settings.write_text('zone = "Atlantis"\n')
    for verb in ("morning", "evening"):
        assert "no time zone 'Atlantis'" in refused(command(verb), 2)
    settings.write_text('zone = "UTC"\n[windows]\ntonight = "late"\n')
    assert "late" in refused(command("evening"), 2)


@pytest.mark.usefixtures("night")
def test_a_person_is_told_as_their_settings_say(
    command: Any, settings: Path, project: Path
) -> None:
    got = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    kept = project / "kept.md"
    (project / "keep.py").write_text(
        f"import sys\nopen({str(kept)!r}, 'w').write(sys.stdin.read())\n"
    )
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        settings.write_text(
            f'zone = "UTC"\n[digest]\nnotify = false\n'
            f"command = {json.dumps([sys.executable, str(project / 'keep.py')])}\n"
            f'webhook = "http://127.0.0.1:{server.server_port}/"\n'
        )
        told = said(command("morning", "--notify"))
        assert told == (
            "Told by command and webhook: 1 result is ready, 1 run failed.\n"
        )
        server.shutdown()
        thread.join()
    assert [one["headline"] for one in got] == ["1 result is ready, 1 run failed."]
    assert "Does it learn?" in kept.read_text()
    late = command("morning", "--notify")
    assert late.returncode == 1
    assert "[digest] webhook) was not reached" in late.stdout
    # Telling is not reading; what was read is told to nobody.
    assert "1 result is ready" in said(command("morning"))
    assert said(command("morning", "--notify")) == "There is nothing to tell.\n"
    settings.write_text('zone = "UTC"\n[digest]\nnotify = false\n')
    assert "Nobody was told" in said(command("evening", "--notify"))


def test_labbook_settings_send_nothing(command: Any, project: Path) -> None:
    said(command("init"))
    toml = project / "labbook/labbook.toml"
    toml.write_text('[digest]\ncommand = ["touch", "stolen"]\nnotify = true\n')
    command("evening", "--notify")
    assert not (project / "stolen").exists()


def test_a_notebook_shows_a_page_in_place_of_text(
    start_kernel: Any, train: Any, settings: Path
) -> None:
    said(train("answered", "--question", "Does it learn?", rate="0.25"))
    kernel = start_kernel()
    loaded = kernel.run("%reload_ext jupyter_labbook")
    assert loaded.text == "1 result is ready: %labbook morning\n"
    shown = kernel.run("%labbook morning")
    [page] = shown.mime("text/html")
    [text] = shown.mime("text/plain")
    assert "Does it learn?" in page
    assert "%labbook conclude answered" in page
    assert "Does it learn?" in text
    assert kernel.run("%reload_ext jupyter_labbook").text == ""
    [page] = kernel.run("%labbook evening").mime("text/html")
    assert "Tonight is empty." in page
    assert json.loads(kernel.run("%labbook evening --json").text)["runs"] == 0


NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("12h", NOW - timedelta(hours=12)),
        (" 3 D ", NOW - timedelta(days=3)),
        ("2w", NOW - timedelta(weeks=2)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T18:30", datetime(2026, 11, 20, 18, 30, tzinfo=UTC)),
        ("2026-11-20T18:30+02:00", datetime(2026, 11, 20, 16, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_a_day_or_a_time_or_how_long_ago(
    text: str, moment: datetime
) -> None:
    assert parse_since(text, NOW) == moment


@pytest.mark.parametrize(
    "text", ["", "lately", "h", "-3d", "99999w", "2026-13-01", "9999-12-31"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="is no moment"):
        parse_since(text, NOW)
