"""Downloads from a server on this machine that can do everything wrong."""

import hashlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from explorer.data import download as module
from explorer.data.catalogue import SET_NAMES, RemoteFile, RemoteSet, remote_set
from explorer.data.download import Downloading, download
from explorer.data.errors import DataError

BODY = bytes(range(256)) * 1200  # 300 KiB


class Server(ThreadingHTTPServer):
    """Sends `BODY` under every name, in the way that the first part of the path says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str | None]] = []
        self.end = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: those who hang up are part of the tests."""

    def mirror(self, manner: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{manner}/"


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    statuses: ClassVar = {"missing": 404, "broken": 500}

    def do_GET(self) -> None:
        manner = self.path.split("/")[1]
        wished = self.headers.get("Range")
        self.server.asked.append((manner, wished))
        start = int(wished.removeprefix("bytes=").removesuffix("-")) if wished else 0
        if start >= len(BODY):
            self.send_error(416)
            return
        if manner in self.statuses:
            self.send_error(self.statuses[manner])
        elif manner == "nonsense":
            self.wfile.write(b"\x00\xffnothing that HTTP knows\r\n\r\n")
            self.close_connection = True
        elif manner == "hangs":
            self.server.end.wait(20)
        else:
            self.answer(manner, start)

    def answer(self, manner: str, start: int) -> None:
        body = b"<html>Please log in</html>" if manner == "garbage" else BODY
        if manner == "no_ranges":
            start = 0
        length = len(body) - start
        if manner == "lies":
            length *= 2
        if manner == "endless":
            length = 10**15
        self.send_response(206 if start else 200)
        if start:
            shift = 7 if manner == "shifted" else 0
            self.send_header("Content-Range", f"bytes {start + shift}-{len(body) - 1}/{len(body)}")
        if manner != "untold":
            self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        self.send_body(manner, body, start)

    def send_body(self, manner: str, body: bytes, start: int) -> None:
        if manner in ("cut", "stalls"):
            self.wfile.write(body[:100_000])
            if manner == "stalls":
                self.wfile.flush()
                self.server.end.wait(20)
        elif manner == "short":
            self.wfile.write(body[start : start + 70_000])
        elif manner == "slow":
            for at in range(start, len(body), 30_000):
                self.wfile.write(body[at : at + 30_000])
                self.wfile.flush()
                time.sleep(0.01)
        elif manner == "endless":
            while not self.server.end.is_set():
                self.wfile.write(body)
        else:
            self.wfile.write(body[start:])

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.end.set()
        server.shutdown()
        thread.join()


def wanted(*mirrors: str, count: int = 1, body: bytes = BODY) -> RemoteSet:
    md5 = hashlib.md5(body).hexdigest()
    return RemoteSet("Some", mirrors, tuple(RemoteFile(f"{n}.gz", md5) for n in range(count)))


def fetch(what: RemoteSet, folder: Path, timeout: float = 5.0) -> list[Downloading]:
    return list(download(what, folder, timeout))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("manner", ["good", "slow", "untold", "no_ranges"])
def test_files_come_whole_and_tell_how_far_they_are(server: Server, tmp_path: Path, manner: str):
    folder = tmp_path / "new" / "folder"
    events = fetch(wanted(server.mirror(manner), count=3), folder)
    assert names(folder) == {"0.gz", "1.gz", "2.gz"}
    assert all((folder / name).read_bytes() == BODY for name in names(folder))
    assert [event.file for event in events] == sorted(event.file for event in events)
    assert {event.name for event in events} == names(folder)
    fractions = [event.fraction for event in events]
    assert fractions == sorted(fractions) and fractions[0] >= 0
    last = events[-1]
    assert last.done == len(BODY) and last.files == 3
    if manner == "untold":
        assert last.total is None and last.seconds_left is None
    else:
        assert fractions[-1] == 1 and last.seconds_left == 0


def test_what_is_there_and_whole_is_not_asked_for_again(server: Server, tmp_path: Path):
    what = wanted(server.mirror("good"), count=2)
    (tmp_path / "0.gz").write_bytes(BODY)
    (tmp_path / "1.gz").write_bytes(BODY[:-1])
    fetch(what, tmp_path)
    assert len(server.asked) == 1
    assert fetch(what, tmp_path) == []
    assert (tmp_path / "1.gz").read_bytes() == BODY


def test_a_stopped_download_goes_on_where_it_was(server: Server, tmp_path: Path):
    what = wanted(server.mirror("slow"))
    events = download(what, tmp_path)
    while next(events).done < 90_000:
        pass
    events.close()
    assert names(tmp_path) == {"0.gz.part"}
    size = (tmp_path / "0.gz.part").stat().st_size
    assert size >= 90_000
    first = fetch(what, tmp_path)[0]
    assert server.asked[-1] == ("slow", f"bytes={size}-")
    assert first.done > size
    assert (tmp_path / "0.gz").read_bytes() == BODY and names(tmp_path) == {"0.gz"}


@pytest.mark.parametrize("manner", ["good", "no_ranges", "shifted"])
def test_a_wrong_beginning_is_thrown_away(server: Server, tmp_path: Path, manner: str):
    (tmp_path / "0.gz.part").write_bytes(b"something else" * 1000)
    fetch(wanted(server.mirror(manner)), tmp_path)
    assert (tmp_path / "0.gz").read_bytes() == BODY and names(tmp_path) == {"0.gz"}


@pytest.mark.parametrize("length", [len(BODY), len(BODY) + 9])
def test_a_wrong_part_as_long_as_the_file_is_thrown_away(
    server: Server, tmp_path: Path, length: int
):
    (tmp_path / "0.gz.part").write_bytes(b"x" * length)
    fetch(wanted(server.mirror("good")), tmp_path)
    assert (tmp_path / "0.gz").read_bytes() == BODY and names(tmp_path) == {"0.gz"}


def test_a_complete_part_needs_no_server(tmp_path: Path):
    (tmp_path / "0.gz.part").write_bytes(BODY)
    assert fetch(wanted("http://127.0.0.1:9/"), tmp_path) == []
    assert names(tmp_path) == {"0.gz"}


@pytest.mark.parametrize(
    ("manner", "cause"),
    [
        ("missing", "404"),
        ("broken", "500"),
        ("garbage", "another one"),
        ("nonsense", "nobody understands"),
        ("hangs", "answer"),
        ("stalls", "stopped answering"),
        ("endless", "too long"),
        ("cut", "connection broke"),
        ("lies", "another one|connection broke|nobody understands"),
    ],
)
def test_another_mirror_helps_and_without_one_there_is_a_sentence(
    server: Server, tmp_path: Path, manner: str, cause: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "LARGEST", 4 * len(BODY))
    bad, good = server.mirror(manner), server.mirror("good")
    if manner != "lies":  # all bytes came, only their announced number was wrong
        with pytest.raises(DataError) as caught:
            fetch(wanted(bad), tmp_path, timeout=0.4)
        assert re.search(cause, str(caught.value)), caught.value
        assert "0.gz" not in names(tmp_path)
    fetch(wanted(bad, good), tmp_path, timeout=0.4)
    assert (tmp_path / "0.gz").read_bytes() == BODY and names(tmp_path) == {"0.gz"}


def test_what_a_connection_that_breaks_has_brought_stays(server: Server, tmp_path: Path):
    what = wanted(server.mirror("short"))
    for tries in range(1, 5):
        with pytest.raises(DataError, match="connection broke"):
            fetch(what, tmp_path)
        part = (tmp_path / "0.gz.part").read_bytes()
        assert part == BODY[: 70_000 * tries]
    fetch(what, tmp_path)
    assert (tmp_path / "0.gz").read_bytes() == BODY and names(tmp_path) == {"0.gz"}


def test_what_another_has_fetched_meanwhile_counts(server: Server, tmp_path: Path):
    coming = download(wanted(server.mirror("slow")), tmp_path, 5.0)
    next(coming)
    (tmp_path / "0.gz.part").rename(tmp_path / "0.gz")
    assert list(coming)[-1].done >= len(BODY)
    assert (tmp_path / "0.gz").read_bytes() == BODY


def test_no_network_is_a_sentence(tmp_path: Path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(DataError, match=r"no connection: .*; look at your network"):
        fetch(wanted(f"http://127.0.0.1:{port}/"), tmp_path)
    with pytest.raises(DataError, match="no connection"):
        fetch(wanted("http://no-such-host.invalid/"), tmp_path)


def test_a_place_that_cannot_be_written_is_a_sentence(server: Server, tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "0.gz.part").mkdir()
    for folder in (tmp_path / "file", tmp_path / "file" / "below", tmp_path):
        with pytest.raises(DataError, match="cannot be written"):
            fetch(wanted(server.mirror("good")), folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", SET_NAMES)
def test_the_sets_are_those_of_torchvision(name: str):
    found = remote_set(name)
    assert len(found.files) == 4 and found.mirrors
    assert all(re.fullmatch(r"https?://.*/", mirror) for mirror in found.mirrors)
    assert all(re.fullmatch("[0-9a-f]{32}", file.md5) for file in found.files)
    assert all(file.name.endswith("-ubyte.gz") for file in found.files)
