"""A server on this machine that gives out the files of a folder."""

import functools
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from explorer.data.catalogue import RemoteFile, RemoteSet


class _Handler(SimpleHTTPRequestHandler):
    pace: float | None

    def copyfile(self, source: Any, outputfile: Any) -> None:
        if self.pace is None:
            super().copyfile(source, outputfile)
            return
        while chunk := source.read(4096):
            outputfile.write(chunk)
            outputfile.flush()
            time.sleep(self.pace)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: those who hang up are part of the tests."""


@contextmanager
def serving(folder: Path, pace: float | None = None) -> Iterator[RemoteSet]:
    """Give out the files of a folder as a set; every 4 KiB after `pace` seconds, if given."""
    files = tuple(
        RemoteFile(path.name, hashlib.md5(path.read_bytes()).hexdigest())
        for path in sorted(folder.iterdir())
    )
    kind = type("Handler", (_Handler,), {"pace": pace})
    with _Server(("127.0.0.1", 0), functools.partial(kind, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield RemoteSet("Few", (f"http://127.0.0.1:{server.server_address[1]}/",), files)
        finally:
            server.shutdown()
            thread.join()
