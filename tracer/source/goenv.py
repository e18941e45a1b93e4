"""The settings of the go command that say where modules come from: the environment, then its own file (``go help environment``)."""

from __future__ import annotations

import fnmatch
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_DEFAULT_PROXY = "https://proxy.golang.org,direct"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A place to ask for modules: an address, ``direct`` or ``off``. ``is_last`` unless it says that it has none: what follows a comma."""

    address: str
    only_after_none: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """``proxies`` in their order; ``private`` are the patterns of GONOPROXY; ``module_cache`` is GOMODCACHE.

    ``insecure`` are the patterns of GOINSECURE, ``vcs`` is GOVCS, ``auth`` is GOAUTH; ``netrc`` is the file of the user's passwords.
    """

    proxies: tuple[Proxy, ...]
    private: tuple[str, ...]
    module_cache: Path
    insecure: tuple[str, ...] = ()
    vcs: str = ""
    auth: str = "off"
    netrc: Path | None = None
    own: tuple[str, ...] = ()

    def places(self, path: str) -> tuple[Proxy, ...]:
        """Where a module is asked for."""
        return (Proxy("direct", True),) if matches(self.private, path) else self.proxies

    def is_insecure(self, path: str) -> bool:
        """Whether a module may be asked for without encryption."""
        return matches(self.insecure, path)

    def allows_git(self, path: str) -> bool:
        """Whether GOVCS lets a module be taken from git: the first rule that fits, else git is allowed (``go help vcs``)."""
        for rule in self.vcs.split(","):
            pattern, _, kinds = (part.strip() for part in rule.partition(":"))
            is_own = matches(self.own, path)
            fits = {"public": not is_own, "private": is_own}.get(pattern)
            if matches((pattern,), path) if fits is None else fits:
                return not {"all", "git"}.isdisjoint(kinds.split("|"))
        return True


def settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of an environment."""
    written = _file(environment)

    def get(name: str, default: str) -> str:
        return environment.get(name) or written.get(name) or default

    home = Path(environment.get("HOME") or environment.get("USERPROFILE") or "~").expanduser()
    gopath = get("GOPATH", str(home / "go")).split(os.pathsep)[0]
    own = get("GOPRIVATE", "")
    return Settings(
        _proxies(get("GOPROXY", _DEFAULT_PROXY)),
        _patterns(get("GONOPROXY", own)),
        Path(get("GOMODCACHE", f"{gopath}/pkg/mod")),
        _patterns(get("GOINSECURE", "")),
        get("GOVCS", ""),
        get("GOAUTH", "netrc"),
        _netrc(environment, home),
        _patterns(own),
    )


def _patterns(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip() and part.strip() != "none")


def _netrc(environment: Mapping[str, str], home: Path) -> Path:
    """The file of passwords (cmd/go/internal/auth, netrc.go)."""
    given = environment.get("NETRC")
    if given:
        return Path(given)
    older = home / "_netrc"
    return older if sys.platform == "win32" and older.exists() else home / ".netrc"


def _file(environment: Mapping[str, str]) -> dict[str, str]:
    """What ``go env -w`` wrote; nothing where GOENV is off, or there is no such file."""
    given = environment.get("GOENV", "")
    if given == "off":
        return {}
    try:
        text = (Path(given) if given else _configuration(environment) / "go" / "env").read_text("utf-8", "replace")
    except OSError:
        return {}
    rows = (line.strip().partition("=") for line in text.splitlines() if not line.lstrip().startswith("#"))
    return {name: value for name, found, value in rows if found}


def _configuration(environment: Mapping[str, str]) -> Path:
    """The user's folder for settings (os.UserConfigDir)."""
    home = Path(environment.get("HOME") or "~").expanduser()
    if sys.platform == "win32":
        return Path(environment.get("AppData") or home)
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    return Path(environment.get("XDG_CONFIG_HOME") or home / ".config")


def _proxies(text: str) -> tuple[Proxy, ...]:
    """GOPROXY's list: after a comma the next is asked where a module is not there, after a bar whatever went wrong."""
    found: list[Proxy] = []
    address = ""
    for c in text + ",":
        if c not in ",|":
            address += c
            continue
        if address.strip():
            found.append(Proxy(address.strip(), c == ","))
        address = ""
    return tuple(found)


def matches(patterns: Iterable[str], path: str) -> bool:
    """Whether a pattern fits the first parts of a module's path (module.MatchPrefixPatterns)."""
    parts = path.split("/")
    for pattern in patterns:
        globs = pattern.rstrip("/").split("/")
        if len(globs) <= len(parts) and all(
            fnmatch.fnmatchcase(part, glob.replace("[^", "[!")) for part, glob in zip(parts, globs, strict=False)
        ):
            return True
    return False
