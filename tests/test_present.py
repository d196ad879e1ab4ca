"""`labguide present`: who comes in, what windows are told, and how it ends."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from labguide import presenting
from labguide.cli.commands import cli
from labguide.presenting import messages
from labguide.presenting.presentation import Presentation
from labguide.presenting.server import App
from processes import wait_until

MKDOCS = """\
site_name: Lab
theme: {name: material, font: false}
plugins:
  - i18n:
      docs_structure: suffix
      languages:
        - {locale: en, name: English, default: true}
        - {locale: zh-TW, name: 繁體中文}
  - labguide
"""
DECK = '<html>\n<head>\n<title>Talk</title>\n</head><script id="deck-presenter"></script>'
TOKEN = "a-token-of-22-letters-"


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    """A project with a finished instructor edition."""
    (tmp_path / "mkdocs.yml").write_text(MKDOCS, "utf-8")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Lab\n", "utf-8")
    slides = tmp_path / "site-instructor" / "slides"
    slides.mkdir(parents=True)
    for name in ("talk", "talk.zh-TW", "other"):
        (slides / f"{name}.html").write_text(DECK, "utf-8")
    (slides / "plain.html").write_text("<html><head></head>No deck", "utf-8")
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    return tmp_path


@contextmanager
def _served(edition: Path, host: str = "127.0.0.1", token: str = "") -> Iterator[int]:
    """The edition, served in this process: its port."""
    from labguide.presenting import server as room

    at = presenting.listening("127.0.0.1", 0)
    port = at.getsockname()[1]
    door, presentation = presenting.Door(host, port, token), Presentation()
    with at:
        server = room._server(door, at, App(edition / "site-instructor", door, presentation))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield port
        finally:
            presentation.end()
            server.shutdown()
            thread.join()
            server.server_close()


def _ask(
    port: int, path: str, method: str = "GET", body: str | None = None, **headers: str
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    return connection.getresponse()


def _say(port: int, message: object, **headers: str) -> int:
    usual = {"Origin": f"http://127.0.0.1:{port}", "Content-Type": "application/json"}
    return _ask(port, "/_present/messages", "POST", json.dumps(message), **{**usual, **headers}).status


MOVE = {"kind": "move", "how": "next", "deck": "slides/talk", "from": "a"}


# ---- Who comes in ----


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_own_names_are_known(edition: Path, name: str) -> None:
    with _served(edition) as port:
        assert _ask(port, "/slides/talk.html", Host=f"{name}:{port}").status == 200


@pytest.mark.parametrize("name", ["evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "192.168.1.9:{port}", "", "a b"])
def test_other_name_is_refused(edition: Path, name: str) -> None:
    with _served(edition) as port:
        assert _ask(port, "/slides/talk.html", Host=name.format(port=port)).status == 403


def test_server_at_all_addresses_is_known_by_any_number_and_no_foreign_name(edition: Path) -> None:
    with _served(edition, "0.0.0.0", TOKEN) as port:  # noqa: S104
        assert _ask(port, f"/?token={TOKEN}", Host=f"192.168.1.9:{port}").status == 303
        assert _ask(port, f"/?token={TOKEN}", Host=f"evil.example:{port}").status == 403


def test_message_of_another_page_is_refused(edition: Path) -> None:
    with _served(edition) as port:
        assert _say(port, MOVE) == 204
        assert _say(port, MOVE, Origin="http://evil.example") == 403
        assert _say(port, MOVE, Origin="null") == 403
        assert _say(port, MOVE, Origin="") == 403
        assert _say(port, MOVE, Origin=f"https://127.0.0.1:{port}") == 403
        assert _say(port, MOVE, **{"Content-Type": "text/plain"}) == 403


@pytest.mark.parametrize(
    "path", ["/", "/slides/talk.html", "/slides/talk.html?token=wrong", "/_present/events?deck=x", "/missing"]
)
def test_on_a_network_nothing_is_shown_without_the_token(edition: Path, path: str) -> None:
    with _served(edition, token=TOKEN) as port:
        answer = _ask(port, path)
        assert answer.status == 403
        assert b"Talk" not in answer.read()


def test_message_needs_the_token_too(edition: Path) -> None:
    with _served(edition, token=TOKEN) as port:
        assert _say(port, MOVE) == 403
        assert _say(port, MOVE, Cookie=f"labguide-present-{port}=wrong") == 403
        assert _say(port, MOVE, Cookie=f"labguide-present-{port}={TOKEN}") == 204


def test_token_becomes_a_cookie_and_leaves_the_address(edition: Path) -> None:
    with _served(edition, token=TOKEN) as port:
        answer = _ask(port, f"/slides/talk.html?speaker&token={TOKEN}")
        assert (answer.status, answer.headers["Location"]) == (303, "/slides/talk.html?speaker")
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert _ask(port, "/slides/talk.html?speaker", Cookie=cookie.partition(";")[0]).status == 200


def test_address_with_a_token_leads_to_no_other_host(edition: Path) -> None:
    with _served(edition, token=TOKEN) as port:
        assert _ask(port, f"//evil.example/?token={TOKEN}").headers["Location"] == "/evil.example/"


def test_tokens_are_long_and_differ() -> None:
    drawn = {presenting.new_token() for _ in range(100)}
    assert len(drawn) == 100
    assert min(map(len, drawn)) >= 22


@pytest.mark.parametrize(
    ("host", "is_it"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104
        ("10.0.0.1", False),
    ],
)
def test_only_loopback_goes_without_a_token(host: str, is_it: bool) -> None:
    assert presenting.is_loopback(host) is is_it


# ---- What is served ----


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/slides/../../secret.txt", "/%00", "/slides"]
)
def test_nothing_outside_the_edition_is_served(edition: Path, path: str) -> None:
    with _served(edition) as port:
        answer = _ask(port, path)
        assert answer.status == 404
        assert b"secret" not in answer.read()


def test_only_a_deck_is_told_of_the_server(edition: Path) -> None:
    with _served(edition) as port:
        assert b'<meta name="labguide-present" content="/_present">' in _ask(port, "/slides/talk.html").read()
        assert b"labguide-present" not in _ask(port, "/slides/plain.html").read()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_files_can_only_be_read(edition: Path, method: str) -> None:
    with _served(edition) as port:
        assert _ask(port, "/slides/talk.html", method).status == 405


# ---- What windows say ----


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "where", "h": 3, "v": 0, "f": -1, "black": False},
        {"kind": "go", "h": 0, "v": 2},
        {"kind": "clock", "elapsed": 12.5, "running": True, "entered": 3},
        {"kind": "hello"},
    ],
)
def test_message_is_passed_on_with_its_own_fields_only(message: dict[str, object]) -> None:
    whole = {**message, "deck": "slides/talk", "from": "a"}
    found = messages.read(json.dumps({**whole, "html": "<script>"}).encode())
    assert found == whole


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        '{"kind": "run"}',
        '{"kind": ["go"]}',
        '{"kind": "go", "h": "1", "v": 0, "deck": "d", "from": "a"}',
        '{"kind": "go", "h": true, "v": 0, "deck": "d", "from": "a"}',
        '{"kind": "go", "h": -1, "v": 0, "deck": "d", "from": "a"}',
        '{"kind": "move", "how": "destroy", "deck": "d", "from": "a"}',
        '{"kind": "clock", "elapsed": NaN, "running": true, "entered": 0, "deck": "d", "from": "a"}',
        '{"kind": "clock", "elapsed": 1e999, "running": true, "entered": 0, "deck": "d", "from": "a"}',
        '{"kind": "hello", "deck": 7, "from": "a"}',
        "[" * 5000,
    ],
)
def test_what_is_no_message_is_refused(body: str) -> None:
    assert messages.read(body.encode()) is None


def test_long_message_is_refused(edition: Path) -> None:
    with _served(edition) as port:
        assert _say(port, {**MOVE, "from": "a" * 5000}) == 413


def _heard(presentation: Presentation, role: str, say: Callable[[], None] = lambda: None) -> list[dict[str, object]]:
    listener = presentation.join("d", role)
    assert listener is not None
    say()
    presentation.leave(listener)
    listener.tell(None)
    return [dict(message) for message in listener.messages(1)]


def test_new_window_is_told_where_the_deck_is_and_what_the_timer_shows() -> None:
    now = 100.0
    presentation = Presentation(lambda: now)
    presentation.say({"kind": "where", "h": 2, "v": 0, "deck": "d", "from": "a"})
    presentation.say({"kind": "clock", "elapsed": 60, "running": True, "entered": 50, "deck": "d", "from": "b"})
    now = 130.0
    where, clock, decks = _heard(presentation, "speaker")
    assert where["h"] == 2
    assert clock["elapsed"] == 90
    assert (decks["kind"], decks["known"]) == ("decks", True)


def test_slide_begins_anew_for_the_timer_when_the_deck_moves() -> None:
    now = 100.0
    presentation = Presentation(lambda: now)
    presentation.say({"kind": "where", "h": 2, "v": 0, "deck": "d", "from": "a"})
    presentation.say({"kind": "clock", "elapsed": 60, "running": True, "entered": 50, "deck": "d", "from": "b"})
    now = 110.0
    presentation.say({"kind": "where", "h": 3, "v": 0, "deck": "d", "from": "a"})
    assert _heard(presentation, "speaker")[1]["entered"] == 70


def test_windows_of_other_decks_hear_nothing() -> None:
    presentation = Presentation()
    heard = _heard(presentation, "deck", lambda: presentation.say({**MOVE, "deck": "other"}))
    assert [message["kind"] for message in heard] == ["decks"]


def test_speaker_is_told_how_many_windows_show_the_deck() -> None:
    presentation = Presentation()
    heard = _heard(presentation, "speaker", lambda: [_heard(presentation, "deck"), None][1])
    assert [message["count"] for message in heard] == [0, 1, 0]


def test_window_that_reads_nothing_is_let_go() -> None:
    presentation = Presentation()
    presentation.join("d", "speaker")
    for _ in range(1000):
        presentation.say({**MOVE, "deck": "d"})
    assert presentation._listeners == []


def test_too_many_windows_are_refused() -> None:
    presentation = Presentation()
    assert all(presentation.join("d", "speaker") for _ in range(64))
    assert presentation.join("d", "speaker") is None


# ---- The command ----


def _run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["present", *arguments])
    return result.exit_code, f"{result.output}{result.exception or ''}"


def test_edition_that_is_not_built_is_told_with_what_to_do(edition: Path) -> None:
    (edition / "site-instructor").rename(edition / "gone")
    assert "run `labguide build --edition instructor` first" in _run("--project", str(edition))[1]


def test_unknown_deck_is_told_with_the_nearest(edition: Path) -> None:
    code, told = _run("tlak", "--project", str(edition))
    assert code == 2
    assert 'no deck "tlak"; did you mean "talk"?' in told


def test_unknown_language_is_told(edition: Path) -> None:
    assert 'no language "fr"; known are: en, zh-TW' in _run("--language", "fr", "--project", str(edition))[1]


def test_port_that_is_taken_is_told(edition: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, told = _run("--port", str(port), "--project", str(edition))
    assert code == 2
    assert f"cannot listen on 127.0.0.1, port {port}" in told


def _start(edition: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "labguide", "present", "--port", "0", "--project", str(edition), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _lines(process: subprocess.Popen[str]) -> list[str]:
    """What it prints before it waits for Ctrl-C."""
    assert process.stdout
    told: list[str] = []
    for line in process.stdout:
        told.append(line.rstrip())
        if line.startswith("Ctrl-C"):
            return told
    pytest.fail(f"it ended: {told} {process.stderr.read() if process.stderr else ''}")


def test_ctrl_c_ends_it_cleanly_while_a_window_listens(edition: Path) -> None:
    with _start(edition, "talk") as process:
        address = next(found for line in _lines(process) if (found := re.search(r"127\.0\.0\.1:(\d+)/", line)))
        port = int(address[1])
        events = _ask(port, "/_present/events?deck=slides/talk&role=deck")
        assert events.readline() == b": open\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert process.stderr
        assert process.stderr.read() == ""
    wait_until(lambda: not _answers(port))


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_deck_is_told_in_the_chosen_language_and_without_a_token_on_loopback(edition: Path) -> None:
    with _start(edition, "talk", "--language", "zh-TW") as process:
        told = "\n".join(_lines(process))
        process.send_signal(signal.SIGINT)
    assert re.search(r"speaker   http://127\.0\.0\.1:\d+/slides/talk\.zh-TW\.html\?speaker$", told, re.MULTILINE)


def test_all_decks_are_told_if_none_is_named(edition: Path) -> None:
    with _start(edition) as process:
        told = _lines(process)
        process.send_signal(signal.SIGINT)
    assert [line for line in told if line.startswith("slides/")] == ["slides/other.html", "slides/talk.html"]


def test_host_on_a_network_gets_a_token_and_a_code_to_scan(edition: Path) -> None:
    with _start(edition, "talk", "--host", "0.0.0.0") as process:  # noqa: S104
        told = "\n".join(_lines(process))
        process.send_signal(signal.SIGINT)
    assert re.search(r"audience  http://[\d.]+:\d+/slides/talk\.html\?token=[\w-]{22}$", told, re.MULTILINE)
    assert re.search(r"speaker   http://[\d.]+:\d+/slides/talk\.html\?speaker&token=[\w-]{22}$", told, re.MULTILINE)
    assert "█" in told
