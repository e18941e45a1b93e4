"""What a command asks about where nobody has said it: the repository one stands in, an investigation's file, or one that ships."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tracer.errors import InvestigationError, Remedy, ResolutionError
from tracer.investigation.model import Investigation, Repository
from tracer.investigation.reader import builtin, load
from tracer.model import STANDARD_LIBRARY
from tracer.source.clones import has_commit, origin_of, work_tree_of
from tracer.source.pinning import address_of, at_revision, is_url, pinned, split_source, split_url

FILE = "investigation.toml"
SHIPPED = "pause"
_OTHER = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """An investigation, the clones that it is read from, and the repository that is asked about, where one is.

    ``open_ended`` are repositories of which no file says what is in them; ``folder`` is where one stands in the repository.
    """

    investigation: Investigation
    sources: Mapping[str, str]
    repository: str | None
    open_ended: frozenset[str] = frozenset()
    folder: str = ""


def ask(
    given: str | None, sources: Mapping[str, str], repository: str | None, here: Path, rev: str | None = None
) -> Asked:
    """What is asked about, the repository at ``rev`` where that is given. Raises as ``_found`` does, and SourceError."""
    asked = _found(given, sources, repository, here)
    if rev is None:
        return asked
    name, known = asked.repository, asked.investigation.repositories
    if name is None:
        remedies = tuple(Remedy(options=(("--repo", one),)) for one in known)
        raise ResolutionError("--rev is of one repository: say which", remedies=remedies)
    if name not in known:
        raise ResolutionError(f"there is no repository {name!r}", hint=f"known: {', '.join(known)}")
    if name in sources or name in asked.open_ended:
        moved = at_revision(name, asked.sources[name], rev)
    elif name in asked.sources:
        # The clone one stands in, which has the pin.
        moved = f"{split_source(asked.sources[name])[0]}@{rev}"
    else:
        moved = f"{known[name].url}@{pinned(name, f'{known[name].url}@{rev}')[0].commit}"
    return replace(asked, sources={**asked.sources, name: moved})


def _found(given: str | None, sources: Mapping[str, str], repository: str | None, here: Path) -> Asked:
    """What is asked about: of these the first that there is.

    1. the investigation that is named; 2. the one that a file in the folder has, ``investigation.toml`` or the only
    ``*.tracer.toml``; 3. one that ships, where ``repository`` is one of its own, and its chains start there or no source
    is given for it; 4. the repositories of ``sources``, and the one that the folder stands in. Raises InvestigationError,
    and ResolutionError where there is nothing to ask about.
    """
    if given is not None:
        return _of_file(load(given), sources, repository, here)
    file = file_in(here)
    if file is not None:
        found = load(file)
        if repository is None or repository in found.repositories or repository in sources:
            return _of_file(found, sources, repository, here)
    if repository is not None:
        shipped = _shipped(repository, sources)
        if shipped is not None:
            return _of_file(shipped, sources, repository, here)
    return _of_folder(sources, repository, here)


def file_in(here: Path) -> Path | None:
    """The investigation's file of a folder. Raises InvestigationError where there are several."""
    if (here / FILE).is_file():
        return Path(FILE)
    found = sorted(path.name for path in here.glob("*.tracer.toml"))
    if len(found) > 1:
        hint = "name one of them:\n" + "\n".join(f"  -i {name}" for name in found)
        raise InvestigationError("several investigations are in this folder", where=str(here), hint=hint)
    return Path(found[0]) if found else None


def _shipped(repository: str, sources: Mapping[str, str]) -> Investigation | None:
    for name in (SHIPPED, *builtin()):
        found = load(name)
        starts = any(chain.repository == repository for chain in found.chains)
        if repository in found.repositories and (starts or repository not in sources):
            return found
    return None


def _of_file(found: Investigation, sources: Mapping[str, str], repository: str | None, here: Path) -> Asked:
    """An investigation, with the repositories that only sources name; the one asked about is that of all its chains.

    What the clone one stands in has of it is read from there, and not fetched.
    """
    added = {name: Repository(name, "", "") for name in sources if name not in found.repositories}
    starts = {chain.repository for chain in found.chains} or set(found.repositories)
    if repository is None and len(starts) == 1:
        repository = next(iter(starts))
    at_hand = {**_at_hand(found, here), **sources}
    return Asked(replace(found, repositories={**found.repositories, **added}), at_hand, repository)


def _at_hand(found: Investigation, here: Path) -> dict[str, str]:
    """The repositories of an investigation whose pins the clone has that a folder stands in, by their addresses."""
    root = work_tree_of(here)
    if root is None:
        return {}
    own = address_of("here", root)
    same = (one for one in found.repositories.values() if one.url == own and has_commit(root, one.commit))
    return {one.name: f"{root}@{one.commit}" for one in same}


def _of_folder(sources: Mapping[str, str], repository: str | None, here: Path) -> Asked:
    root = work_tree_of(here)
    clones = dict(sources)
    own: str | None = None
    folder = ""
    if root is not None:
        paths = {name: split_source(text)[0] for name, text in sources.items() if not is_url(text)}
        taken = (name for name, path in paths.items() if path.resolve() == root.resolve())
        own = next(taken, None) or _name_of(root)
        # A source of the same name that is elsewhere is what was asked for.
        clones.setdefault(own, str(root))
        relative = here.resolve().relative_to(root.resolve()).as_posix()
        folder = "" if relative == "." else relative
        if repository in sources and own not in sources:
            # What one stands in has nothing to do with it.
            del clones[own]
    if repository is None:
        repository = own or (next(iter(clones)) if len(clones) == 1 else None)
    if not clones:
        raise ResolutionError(
            "there is no repository to ask about: this folder is in none, and none is named",
            hint="ask in a clone of one, or name one: --repo NAME --source NAME=PATH or URL; or an investigation: -i FILE, "
            + ", ".join(f"-i {name}" for name in builtin()),
        )
    found = {name: Repository(name, _url(name, text), "") for name, text in clones.items()}
    asked = Investigation("", "", found, (), ())
    return Asked(asked, clones, repository, frozenset(clones), folder if repository == own else "")


def _url(name: str, text: str) -> str:
    if is_url(text):
        return split_url(text)[0]
    path = split_source(text)[0]
    return origin_of(name, path) if path.exists() else ""


def _name_of(root: Path) -> str:
    name = _OTHER.sub("-", root.resolve().name).lstrip("-._") or "repository"
    return f"{name}-source" if name == STANDARD_LIBRARY else name
