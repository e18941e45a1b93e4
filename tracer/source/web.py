"""Addresses of http, https and files, read with the user's credentials."""

from __future__ import annotations

import base64
import contextlib
import functools
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Generator
from http.client import HTTPMessage
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import url2pathname

from tracer.source.credentials import Credentials, Headers

_SECONDS = 60
_NONE = (404, 410)


class NoneThereError(Exception):
    """The server has no such file."""


def shown(address: str) -> str:
    """An address without user and password."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


@contextlib.contextmanager
def opened(url: str, credentials: Credentials, *, is_secure: bool = False) -> Generator[IO[bytes]]:
    """What stands at an address; a user and password in it go to its server alone.

    With ``is_secure`` no redirection leaves https. Raises NoneThereError, OSError, http.client.HTTPException, and ValueError for other schemes.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        try:
            with Path(url2pathname(unquote(parts.path))).open("rb") as source:
                yield source
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise NoneThereError from error
        return
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"{parts.scheme}: is no scheme of a proxy")
    try:
        with _asked(url, credentials, is_secure=is_secure) as answer:
            yield answer
    except urllib.error.HTTPError as error:
        if error.code in _NONE:
            raise NoneThereError from error
        raise


def _asked(url: str, credentials: Credentials, *, is_secure: bool) -> IO[bytes]:
    """The answer of a server. One that refuses is asked once more, with what GOAUTH's commands have for its address then."""
    authorities = (os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    handlers = [urllib.request.HTTPSHandler(context=_context(*authorities)), *([_OnlySecure()] if is_secure else [])]
    opener = urllib.request.build_opener(*handlers)
    request = _request(url)
    if "@" in urlsplit(url).netloc or not url.startswith("https://"):
        return opener.open(request, timeout=_SECONDS)
    given = credentials.of(request.full_url)
    _give(request, given)
    try:
        return opener.open(request, timeout=_SECONDS)
    except urllib.error.HTTPError as error:
        if not 400 <= error.code < 500:
            raise
        lines = [f"HTTP/1.1 {error.code} {error.reason}", *(f"{k}: {v}" for k, v in error.headers.items()), "", ""]
        found = credentials.again(request.full_url, "\n".join(lines))
        if found == given:
            raise
        request = _request(url)
        _give(request, found)
        return opener.open(request, timeout=_SECONDS)


@functools.cache
def _context(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    """Whom connections trust, read once: that takes longer than most answers."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _request(url: str) -> urllib.request.Request:
    request = urllib.request.Request(shown(url), headers={"User-Agent": "tracer"})  # noqa: S310
    parts = urlsplit(url)
    if "@" in parts.netloc:
        secret = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}".encode()
        request.add_unredirected_header("Authorization", "Basic " + base64.b64encode(secret).decode())
    return request


def _give(request: urllib.request.Request, headers: Headers) -> None:
    for name, value in headers.items():
        request.add_unredirected_header(name, value)


class _OnlySecure(urllib.request.HTTPRedirectHandler):
    """Follows no redirection to where others may read along (cmd/go/internal/web, checkRedirect)."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        if not newurl.startswith("https://"):
            raise ValueError(f"it leads to {shown(newurl)[:200]}, which is not https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)
