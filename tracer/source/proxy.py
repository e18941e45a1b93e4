"""Modules asked of module proxies, and of repositories where the settings say so (Go reference, "GOPROXY protocol")."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from tracer.codes import Lack, Message
from tracer.errors import SourceError
from tracer.source.credentials import Credentials
from tracer.source.direct import Direct
from tracer.source.goenv import Proxy, Settings
from tracer.source.modpath import Refused
from tracer.source.modzip import MAX_MOD, MAX_ZIP, escaped
from tracer.source.pins import Progress
from tracer.source.roots import Roots
from tracer.source.web import NoneThereError, opened, shown


@dataclass(frozen=True, slots=True, eq=False)
class Proxies:
    """The places that settings name, asked with the credentials that they name."""

    settings: Settings
    credentials: Credentials
    direct: Direct

    def get(self, path: str, version: str, kind: str, to: Path) -> None:
        """Writes the ``mod``, ``zip`` or ``info`` file of a module's version to a path, which is whole or not there.

        Raises Refused where no place has it, and SourceError for names that no module has and files that are too large.
        """
        self._from(self.settings.places(path), path, version, kind, to)

    def _from(self, places: tuple[Proxy, ...], path: str, version: str, kind: str, to: Path) -> None:
        name = f"{escaped(path)}/@v/{escaped(version, is_version=True)}.{kind}"
        why = Message(Lack.SWITCHED_OFF)
        for place in places:
            if place.address == "off":
                why = Message(Lack.SWITCHED_OFF)
                break
            if place.address == "direct":
                return self._directly(path, version, kind, to)
            address = _with_scheme(place.address)
            try:
                self._copy(f"{address.rstrip('/')}/{name}", to, MAX_ZIP if kind == "zip" else MAX_MOD)
            except NoneThereError:
                why = Message(Lack.NO_SUCH_VERSION)
            except (OSError, HTTPException, ValueError) as error:
                why = Message(Lack.FAILED, (shown(address), str(error)[:200]))
                if place.only_after_none:
                    break
            else:
                return None
        raise Refused(why)

    def _directly(self, path: str, version: str, kind: str, to: Path) -> None:
        root = self.direct.root(path)
        if root.kind == "mod":
            return self._from((Proxy(root.url, True),), path, version, kind, to)
        return self.direct.get(root, path, version, kind, to)

    def _copy(self, url: str, to: Path, most: int) -> None:
        to.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=to.parent, prefix=".", suffix=".part", delete=False) as out:
            part = Path(out.name)
            try:
                with opened(url, self.credentials) as source:
                    left = most
                    while chunk := source.read(min(1 << 20, left + 1)):
                        left -= len(chunk)
                        if left < 0:
                            raise SourceError(f"it is larger than {most >> 20} MiB", where=shown(url))
                        out.write(chunk)
                out.close()
                part.replace(to)
            finally:
                part.unlink(missing_ok=True)


def proxies(settings: Settings, cache: Path, progress: Progress | None) -> Proxies:
    """The places of some settings; repositories are cloned into a cache."""
    credentials = Credentials(settings.auth, settings.netrc)
    return Proxies(settings, credentials, Direct(Roots(settings, credentials), cache, progress))


def _with_scheme(address: str) -> str:
    return address if "://" in address else f"https://{address}"
