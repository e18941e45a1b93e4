"""A preview of a report on this machine: a small server on the loopback address."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tracer.errors import ReportError

ADDRESS = "127.0.0.1"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}


class _Handler(SimpleHTTPRequestHandler):
    """Serves the files of one folder to a browser on this machine."""

    extensions_map = _TYPES
    server_version = "tracer"
    sys_version = ""

    def send_head(self):
        """A file, if the request names this server: a page elsewhere could have a name of its own lead here."""
        host = self.headers.get("Host", "").partition(":")[0]
        if host not in (ADDRESS, "localhost"):
            self.send_error(421)
            return None
        if self.path.split("?")[0].endswith("/") and self.path.split("?")[0] != "/":
            self.send_error(404)
            return None
        try:
            return super().send_head()
        except ValueError:
            # A name that no file has: there is a zero byte in it.
            self.send_error(404)
            return None

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: the terminal belongs to the address."""


@contextmanager
def previewing(directory: Path, port: int) -> Generator[ThreadingHTTPServer]:
    """A server of the report in ``directory`` on the loopback address; port 0 takes any free one.

    Raises ReportError if there is no report, or the port is taken.
    """
    if not (directory / "index.html").is_file():
        hint = "Write one with `tracer report --html DIR`, or name its folder."
        raise ReportError("there is no report here", where=str(directory), hint=hint)
    try:
        server = ThreadingHTTPServer((ADDRESS, port), partial(_Handler, directory=str(directory)))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReportError(f"port {port} cannot be had: {reason}", hint="Name another with --port.") from error
    with server:
        yield server
