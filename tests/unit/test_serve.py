"""The preview on the loopback address."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tracer.errors import ReportError
from tracer.report.serve import previewing

FILES = {
    "index.html": "text/html; charset=utf-8",
    "report.css": "text/css; charset=utf-8",
    "search.js": "text/javascript; charset=utf-8",
    "index.json": "application/json; charset=utf-8",
    "source/r/x.go.html": "text/html; charset=utf-8",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "site"


def test_types_and_what_is_not_served(folder: Path) -> None:
    with previewing(folder, 0) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address, port = server.server_address[:2]
        assert address == "127.0.0.1"
        base = f"http://127.0.0.1:{port}/"
        for name, kind in ({"": FILES["index.html"]} | FILES).items():
            with urllib.request.urlopen(base + name) as answer:
                assert answer.headers["Content-Type"] == kind
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.read().decode() == name or not name
        refused = [("source/", "127.0.0.1"), ("../secret.txt", "127.0.0.1"), ("%2e%2e/secret.txt", "127.0.0.1")]
        with urllib.request.urlopen(urllib.request.Request(base, headers={"Host": "localhost"})) as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(base + "%00")
        for name, host in (*refused, ("", "evil.example")):
            request = urllib.request.Request(base + name, headers={"Host": f"{host}:{port}"})
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(request)
        with pytest.raises(ReportError, match=f"port {port} cannot be had"), previewing(folder, port):
            pass
        server.shutdown()


def test_no_report(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no report here"), previewing(tmp_path, 0):
        pass
