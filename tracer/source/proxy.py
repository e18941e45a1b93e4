"""Modules asked of module proxies (Go reference, "GOPROXY protocol")."""

from __future__ import annotations

import base64
import contextlib
import tempfile
import urllib.error
import urllib.request
from collections.abc import Generator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import url2pathname

from tracer.codes import Lack, Message
from tracer.errors import SourceError
from tracer.source.goenv import Proxy
from tracer.source.modzip import MAX_MOD, MAX_ZIP, escaped

_SECONDS = 60
_NONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Refused(Exception):  # noqa: N818
    """Why none of the proxies gave a file."""

    why: Message


class _NoneThereError(Exception):
    """The proxy has no such file."""


def get(places: tuple[Proxy, ...], path: str, version: str, kind: str, to: Path) -> None:
    """Writes the ``mod``, ``zip`` or ``info`` file of a module's version to a path, which is whole or not there.

    Raises Refused where no place has it, and SourceError for names that no module has and files that are too large.
    """
    name = f"{escaped(path)}/@v/{escaped(version, is_version=True)}.{kind}"
    why = Message(Lack.SWITCHED_OFF)
    for place in places:
        if place.address == "off":
            why = Message(Lack.SWITCHED_OFF)
            break
        if place.address == "direct":
            why = Message(Lack.DIRECT)
            break
        try:
            _copy(f"{_with_scheme(place.address).rstrip('/')}/{name}", to, MAX_ZIP if kind == "zip" else MAX_MOD)
        except _NoneThereError:
            why = Message(Lack.NO_SUCH_VERSION)
        except (OSError, HTTPException, ValueError) as error:
            why = Message(Lack.FAILED, (_shown(place.address), str(error)[:200]))
            if place.only_after_none:
                break
        else:
            return
    raise Refused(why)


def _with_scheme(address: str) -> str:
    return address if "://" in address else f"https://{address}"


def _shown(address: str) -> str:
    """An address without user and password."""
    parts = urlsplit(_with_scheme(address))
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _copy(url: str, to: Path, most: int) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=to.parent, prefix=".", suffix=".part", delete=False) as out:
        part = Path(out.name)
        try:
            with _opened(url) as source:
                left = most
                while chunk := source.read(min(1 << 20, left + 1)):
                    left -= len(chunk)
                    if left < 0:
                        raise SourceError(f"it is larger than {most >> 20} MiB", where=_shown(url))
                    out.write(chunk)
            out.close()
            part.replace(to)
        finally:
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def _opened(url: str) -> Generator[IO[bytes]]:
    parts = urlsplit(url)
    if parts.scheme == "file":
        try:
            with Path(url2pathname(unquote(parts.path))).open("rb") as source:
                yield source
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise _NoneThereError from error
        return
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"{parts.scheme}: is no scheme of a proxy")
    request = urllib.request.Request(_shown(url), headers={"User-Agent": "tracer"})  # noqa: S310
    if "@" in parts.netloc:
        secret = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}".encode()
        request.add_unredirected_header("Authorization", "Basic " + base64.b64encode(secret).decode())
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            yield answer
    except urllib.error.HTTPError as error:
        if error.code in _NONE:
            raise _NoneThereError from error
        raise
