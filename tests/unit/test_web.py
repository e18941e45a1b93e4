"""Addresses that are read over TLS, from a server that only a certificate of its own vouches for."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
import urllib.error
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tracer.source import web
from tracer.source.credentials import Credentials

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="there is no openssl to make a certificate with"
)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the library's
        pass


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    made = tmp_path / "server.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(made), "-out", str(tmp_path / "cert.pem")]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    made.write_text(made.read_text() + (tmp_path / "cert.pem").read_text())
    return made


@pytest.fixture
def address(tmp_path: Path, certificate: Path) -> Iterator[str]:
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "list").write_text("v1.0.0\n")
    server = ThreadingHTTPServer(("localhost", 0), partial(_Quiet, directory=str(folder)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://localhost:{server.server_port}/list"
    server.shutdown()
    server.server_close()
    thread.join()


def _read(address: str) -> bytes:
    with web.opened(address, Credentials("off", None)) as answer:
        return answer.read()


def test_whom_to_trust_is_read_once(address: str, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[ssl.SSLContext] = []
    create = ssl.create_default_context

    def counted() -> ssl.SSLContext:
        made.append(create())
        return made[-1]

    monkeypatch.setattr(ssl, "create_default_context", counted)
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        _read(address)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert [_read(address) for _ in range(3)] == [b"v1.0.0\n"] * 3
    assert len(made) <= 2
