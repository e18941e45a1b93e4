"""Credentials for addresses, as GOAUTH says (``go help goauth``; cmd/go/internal/auth). They go over https alone, and into no message."""

from __future__ import annotations

import base64
import contextlib
import os
import shlex
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

from tracer.errors import SourceError

Headers = Mapping[str, str]
_SECONDS = 60


class Credentials:
    """The headers that the commands of a GOAUTH give, by the beginning of the address that they are for.

    No command is run before the first address is asked for.
    """

    def __init__(self, auth: str, netrc: Path | None) -> None:
        self._commands = [command.strip() for command in auth.split(";")]
        self._netrc = netrc
        self._known: dict[str, Headers] = {}
        self._is_begun = False
        self._lock = threading.Lock()

    def of(self, url: str) -> Headers:
        """The headers for an address. Raises SourceError for a GOAUTH that is not understood."""
        with self._lock:
            if not self._is_begun:
                self._run("", b"")
                self._is_begun = True
            return self._found(url)

    def again(self, url: str, response: str) -> Headers:
        """The same after the server refused: the commands are run once more, with the address and the server's answer."""
        with self._lock:
            self._run(url, response.encode("utf-8", "replace"))
            return self._found(url)

    def _found(self, url: str) -> Headers:
        at = url.removeprefix("https://").rstrip("/")
        while url.startswith("https://") and at:
            if at in self._known:
                return self._known[at]
            at = at.rpartition("/")[0]
        return {}

    def _run(self, url: str, response: bytes) -> None:
        """Runs all commands, the last first, since what the first gives is what counts."""
        for command in reversed(self._commands):
            words = command.split()
            if command == "off" and len(self._commands) == 1:
                return
            if not words or words[0] == "off":
                raise _wrong(command)
            if words[0] == "netrc":
                self._known |= _of_netrc(_text(self._netrc))
            elif words[0] == "git":
                if len(words) != 2 or not Path(words[1]).is_absolute() or not Path(words[1]).is_dir():
                    raise _wrong(command)
                self._known |= _of_git(Path(words[1]), url) if url else {}
            else:
                self._known |= _of_command(command, url, response)


def _wrong(command: str) -> SourceError:
    return SourceError(
        f"GOAUTH is not understood: {command.split()[0] if command.split() else 'a command is empty'}",
        where="GOAUTH",
        hint="one of: off; netrc; git FOLDER, which is absolute; a command with its arguments; several with ; between them",
    )


def _basic(user: str, password: str) -> Headers:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def _text(path: Path | None) -> str:
    try:
        return path.read_text("utf-8", "replace") if path is not None else ""
    except OSError:
        return ""


def _of_netrc(text: str) -> dict[str, Headers]:
    """What a .netrc has for each machine; the first counts (netrc.go). ``default`` is for no machine, as there."""
    found: dict[str, Headers] = {}
    row: dict[str, str] = {}
    in_macro = False
    for line in text.split("\n"):
        words = line.split()
        if in_macro:
            in_macro = bool(line)
            continue
        for name, value in zip(words[::2], words[1::2], strict=False):
            if name == "machine":
                row = {}
            in_macro |= name == "macdef"
            row[name] = value
            if all(row.get(part) for part in ("machine", "login", "password")):
                found.setdefault(row["machine"], _basic(row["login"], row["password"]))
                row = {}
        if len(words) % 2 and words[-1] == "default":
            break
    return found


def _of_git(folder: Path, url: str) -> dict[str, Headers]:
    """What ``git credential fill`` has for an address (gitauth.go). Whether the server takes it is not told to git's helper."""
    out = _output(["git", "credential", "fill"], f"url={url}\n".encode(), folder)
    parts = (line.strip().partition("=") for line in out.splitlines())
    rows = {name: value for name, found, value in parts if found}
    prefix = f"{rows.get('protocol', '')}://{rows.get('host', '')}{'/' + rows['path'] if rows.get('path') else ''}"
    if not url.startswith(prefix) or not rows.get("host"):
        return {}
    return {prefix.removeprefix("https://").rstrip("/"): _basic(rows.get("username", ""), rows.get("password", ""))}


def _of_command(command: str, url: str, response: bytes) -> dict[str, Headers]:
    """What a command of the user's has: addresses, an empty line, headers, an empty line, and so on (userauth.go)."""
    found: dict[str, Headers] = {}
    urls: list[str] = []
    headers: dict[str, str] = {}
    in_headers = False
    with contextlib.suppress(ValueError):
        out = _output([*shlex.split(command), *([url] if url else [])], response, None)
        for line in out.split("\n"):
            if line and not in_headers:
                urls.append(line)
            elif line:
                name, separator, value = line.partition(": ")
                if not separator or not name.isprintable() or " " in name or not value.isprintable():
                    break
                headers[name] = value.strip()
            elif in_headers:
                found |= {one.removeprefix("https://").rstrip("/"): dict(headers) for one in urls}
                urls, headers, in_headers = [], {}, False
            else:
                in_headers = bool(urls)
    return found


def _output(command: list[str], text: bytes, folder: Path | None) -> str:
    """What a command prints; nothing where it fails, as with the go command, which goes on without."""
    environment = os.environ | ({"GIT_TERMINAL_PROMPT": os.environ.get("GIT_TERMINAL_PROMPT", "0")})
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, check=False, cwd=folder, env=environment, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
