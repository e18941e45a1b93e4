"""An investigation opened: its sources, programs and call graphs, each made when it is first asked for.

What knows Go is imported with the first program: where the answer is kept there is none.
"""

from __future__ import annotations

import functools
import hashlib
import posixpath
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tracer import keeping
from tracer.codes import Lack, Message
from tracer.errors import ResolutionError, SourceError
from tracer.investigation.model import Investigation, Repository
from tracer.model import STANDARD_LIBRARY, MissingModule, Pin, Position, ProgramName
from tracer.source.candidates import declared_methods
from tracer.source.clones import cache_dir, ensure, open_local, open_tree
from tracer.source.pinning import is_commit, is_url, split_url
from tracer.source.pinning import pinned as pinned
from tracer.source.pinning import split_source as split_source
from tracer.source.pins import Progress
from tracer.source.snapshot import Snapshot
from tracer.store import Store

if TYPE_CHECKING:
    from tracer.golang.load.linking import Packages
    from tracer.golang.load.program import Program as LinkedProgram
    from tracer.golang.load.shelf import Shelf
    from tracer.golang.load.supply import Supply
    from tracer.golang.program import Analysis
    from tracer.graph import CallGraph
    from tracer.source.modules import ModuleStore
    from tracer.syntax.reader import Reader

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Options:
    """How sources are had and read.

    ``sources`` maps a repository's name to ``PATH`` or ``PATH@REV`` of a local clone, or ``URL`` or ``URL@REV``; ``assume_closed`` as in ``Analysis``.
    """

    sources: Mapping[str, str] = field(default_factory=dict[str, str])
    offline: bool = False
    cache: Path | None = None
    progress: Progress | None = None
    assume_closed: bool = False


@functools.cache
def own_source() -> str:
    """A hash of tracer's own source and data, since every rule has a say in an answer."""
    package = Path(__file__).parent
    paths = sorted([*package.rglob("*.py"), *package.rglob("*.zip")])
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


class Session:
    """The sources and programs of one investigation, opened once and looked at on demand. Close it when done."""

    def __init__(self, investigation: Investigation, options: Options) -> None:
        self.investigation = investigation
        self.options = options
        self.cache = options.cache or cache_dir()
        self.store = Store(self.cache / "facts.sqlite")
        self._reader: Reader | None = None
        self.snapshots: dict[str, Snapshot] = {}
        self.analyses: dict[tuple[ProgramName, bool, bool], Analysis] = {}
        self.graphs: dict[tuple[str, str | None, tuple[str, ...]], CallGraph] = {}
        self._linked: dict[ProgramName, LinkedProgram] = {}
        self._packages_of: dict[tuple[str, str | None, str | None, str | None], Packages] = {}
        self._told: list[MissingModule] = []
        self._found_in = set[str]()
        self._methods: dict[tuple[str, str], list[tuple[Position, str]]] = {}

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Keeps what was found, and lets go of the sources."""
        for analysis in self.analyses.values():
            analysis.save()
        if self._reader is not None:
            self._reader.close()
        self.store.close()
        for snapshot in self.snapshots.values():
            snapshot.close()
        if "modules" in self.__dict__:
            self.modules.close()

    def release(self, analysis: Analysis) -> None:
        """Keeps what an analysis found, and lets go of it: for who asks many programs one after the other. What it lacks is told all the same."""
        from tracer.golang.load.missing import missing_modules

        analysis.save()
        self._told += missing_modules(analysis.program)
        self.analyses = {key: one for key, one in self.analyses.items() if one is not analysis}

    @functools.cached_property
    def modules(self) -> ModuleStore:
        """The modules that programs are built from and that are in none of the repositories."""
        from tracer.source.goenv import settings
        from tracer.source.modules import ModuleStore

        options = self.options
        return ModuleStore(settings(), self.cache, offline=options.offline, progress=options.progress)

    @functools.cached_property
    def supply(self) -> Supply:
        """What programs take modules from that are not in their own tree: the other repositories first."""
        from tracer.golang.load.supply import Supply

        def others() -> list[Snapshot]:
            known = self.investigation.repositories
            return [self.snapshot(name) for name, of in known.items() if of.programs or name in self.options.sources]

        return Supply(others, self.modules)

    def module_pins(self) -> dict[str, Pin]:
        """The pins of the modules that were used."""
        return self.modules.pins() if "modules" in self.__dict__ else {}

    def pin(self, name: str) -> Pin:
        """The pin of a repository or of a module, by its name in positions."""
        return self.snapshot(name).pin if name in self.investigation.repositories else self.modules.pins()[name]

    @functools.cached_property
    def shelf(self) -> Shelf:
        """The texts of packages, which programs share."""
        from tracer.golang.load.shelf import Shelf

        return Shelf()

    @property
    def reader(self) -> Reader:
        """What parses files."""
        from tracer.syntax.reader import Reader

        if self._reader is None:
            self._reader = Reader(self.store)
        return self._reader

    def repository(self, name: str) -> Repository:
        found = self.investigation.repositories.get(name)
        if found is None:
            known = ", ".join(self.investigation.repositories)
            raise ResolutionError(
                f"there is no repository {name!r}", hint=f"known: {known}; or add it by --source {name}=PATH"
            )
        return found

    def named(self, repository: str) -> tuple[str, ...]:
        """What the investigation's chains name that start in a repository: where they start, and then where they lead."""
        chains = [chain for chain in self.investigation.chains if chain.repository == repository]
        return tuple(dict.fromkeys((*(c.entry for c in chains), *(n for c in chains for n in (*c.via, c.target)))))

    def name_programs(self, name: str, programs: tuple[str, ...]) -> None:
        """Makes main packages the programs of a repository of which none were known."""
        self._found_in.add(name)
        named = replace(self.repository(name), programs=programs)
        repositories = {**self.investigation.repositories, name: named}
        self.investigation = replace(self.investigation, repositories=repositories)

    def snapshot(self, name: str) -> Snapshot:
        """The files of a repository at its pin, or of the local clone that --source names."""
        if name not in self.snapshots:
            repository = self.repository(name)
            given = self.options.sources.get(name)
            if given is not None and is_url(given):
                self.snapshots[name] = self._cloned(name, given)
            elif given is not None:
                path, rev = split_source(given)
                if rev is None and not repository.commit:
                    # Nobody has said which commit: it is asked about as it stands.
                    self.snapshots[name] = open_tree(name, path, repository.url)
                else:
                    self.snapshots[name] = open_local(name, path, rev, repository.url, repository.commit or None)
            else:
                pin = Pin(name, repository.url, repository.commit)
                directory = ensure(pin, self.cache, offline=self.options.offline, progress=self.options.progress)
                self.snapshots[name] = Snapshot(name, repository.url, directory, repository.commit)
        return self.snapshots[name]

    def _cloned(self, name: str, given: str) -> Snapshot:
        """The files of ``URL[@REV]``, which is asked what REV is unless it is a full SHA."""
        url, rev = split_url(given)
        if self.options.offline and not is_commit(rev or ""):
            hint = f"name the commit: --source {name}={url}@SHA, or a clone: --source {name}=PATH"
            raise SourceError(f"what {rev or 'HEAD'} of {url} is, --offline forbids asking", where=name, hint=hint)
        pin, _ = pinned(name, given)
        directory = ensure(pin, self.cache, offline=self.options.offline, progress=self.options.progress)
        return Snapshot(name, pin.url, directory, pin.commit)

    def program(self, name: ProgramName, *, whole: bool = False, all_code: bool = False) -> Analysis:
        """A program of a repository; ``whole`` and ``all_code`` as in ``Analysis``."""
        from tracer.golang.program import Analysis

        name = replace(name, directory=main_directory(name.directory))
        key = (name, whole, all_code)
        if key not in self.analyses:
            closed = self.options.assume_closed
            analysis = Analysis(self.linked(name), whole, all_code=all_code, assume_closed=closed)
            analysis.keep_in(self.store, own_source())
            self.analyses[key] = analysis
        return self.analyses[key]

    def linked(self, name: ProgramName) -> LinkedProgram:
        """The packages of a program, of which nothing is analysed yet."""
        from tracer.golang.load.program import Program

        name = replace(name, directory=main_directory(name.directory))
        if name not in self._linked:
            program = Program(name, self._packages(name))
            program.closure()
            self._linked[name] = program
        return self._linked[name]

    def _packages(self, name: ProgramName) -> Packages:
        """The packages of a program, which are those of all programs of its module."""
        from tracer.golang.load.build import Build
        from tracer.golang.load.gomods import nearest
        from tracer.golang.load.linking import Packages
        from tracer.golang.load.modules import read_layout
        from tracer.golang.load.program import tested_directories

        repository, snapshot = self.repository(name.repository), self.snapshot(name.repository)
        directory = name.home
        module = nearest(snapshot, directory, "go.mod")
        # Without a go.mod it is the folder that tells where a GOPATH begins.
        work = nearest(snapshot, directory, "go.work") if module is not None else directory
        key = (name.repository, module, work, name.directory if name.is_tests else None)
        if key not in self._packages_of:
            build = Build(repository.goos, repository.goarch, frozenset(repository.tags))
            layout = read_layout(snapshot, directory, self.supply)
            tested = tested_directories(snapshot, layout, name)
            self._packages_of[key] = Packages(snapshot, layout, build, self.reader, self.shelf, tested)
        return self._packages_of[key]

    def programs(self, name: str, only: str | None = None) -> list[Analysis]:
        """The programs of a repository, or the one named."""
        directories = (only,) if only is not None else self.repository(name).programs
        if not directories:
            raise ResolutionError(
                f"no program of {name} is known", hint="name a main package's directory with --program"
            )
        opened: list[Analysis] = []
        for directory in directories:
            needed = only is not None or (directory == directories[-1] and not opened)
            analysis = self.loaded(ProgramName(name, directory), needed=needed)
            opened += [analysis] if analysis is not None else []
        return opened

    def loaded(self, name: ProgramName, *, needed: bool = False) -> Analysis | None:
        """A program; None for one that cannot be loaded and that nobody has named, unless it is ``needed``: others are asked without it, which is told."""
        try:
            return self.program(name)
        except ResolutionError as error:
            if needed or name.repository not in self._found_in:
                raise
            why = Message(Lack.NOT_LOADED, (f"{error.where}: {error.message}" if error.where else error.message,))
            self._told.append(MissingModule(name.repository, name.directory or ".", "", (), 0, why))
            return None

    def graph(self, name: str, only: str | None = None, peers: Sequence[str] = ()) -> CallGraph:
        """The call graph over all programs: those of ``name``, or the one named, and those of the investigation.

        ``peers`` are repositories, programs or their directories; over a wire the search goes to them where they answer.
        """
        key = (name, only, tuple(peers))
        if key not in self.graphs:
            self.graphs[key] = self._graph(name, only, peers)
        return self.graphs[key]

    def _graph(self, name: str, only: str | None, peers: Sequence[str]) -> CallGraph:
        own = self.programs(name, only)
        graph = self.graph_of(own)
        known = {str(found): found for found in self._every_program(own)}
        picked = set[str]()
        for peer in peers:
            fitting = {t for t, of in known.items() if peer in (t, of.repository, of.directory or ".")}
            if not fitting:
                raise ResolutionError(f"no program is called {peer!r}", hint=f"a peer is one of: {', '.join(known)}")
            picked |= fitting
        graph.peers = picked
        return graph

    def graph_of(self, analyses: Sequence[Analysis]) -> CallGraph:
        """The call graph that begins with some programs, over all of the investigation: others are opened when a wire leads to them."""
        from tracer.graph import CallGraph
        from tracer.peers import Peers

        return CallGraph(list(analyses), others=Peers(self._every_program(analyses), self.linked, self.program))

    def _every_program(self, first: Sequence[Analysis]) -> list[ProgramName]:
        """Some programs and then all others that are known."""
        known = self.investigation.repositories
        others = [ProgramName(name, main_directory(d)) for name, of in known.items() for d in of.programs]
        return list(dict.fromkeys((*(a.program.name for a in first), *others)))

    def declared_methods(self, repository: str, name: str) -> list[tuple[Position, str]]:
        """The positions of every method of this name in a repository, tests included, with the receiver's type."""
        self.look_for_methods(repository, (name,))
        return self._methods[repository, name]

    def look_for_methods(self, repository: str, names: Collection[str]) -> None:
        """Looks for the declarations of several methods at once: each look reads all of a repository."""
        wanted = [name for name in names if (repository, name) not in self._methods]
        if not wanted:
            return
        read = {
            file.path: file.source
            for analysis in self.analyses.values()
            for package in analysis.program.closure()
            if package.origin.repository == repository
            for file in package.files
        }
        found = declared_methods(self.snapshot(repository), wanted, read)
        self._methods |= {(repository, name): places for name, places in found.items()}

    def kept(self, made: Callable[[], _T], of: type[_T], *question: object) -> _T:
        """The kept answer to a question, or else the one that is ``made``, which is kept."""
        found = self.found(of, *question)
        if found is not None:
            return found
        answer = made()
        self.keep(answer, *question)
        return answer

    def found(self, of: type[_T], *question: object) -> _T | None:
        """The kept answer to a question, if there is one."""
        key, lacking = self._key(*question), self._key("missing", question)
        found = self.store.get_many("answers", [key, lacking])
        if key not in found or lacking not in found:
            return None
        missing = keeping.read(found[lacking], tuple[MissingModule, ...])
        if any(row.version and self.modules.may_have(row.module, row.version, row.why) for row in missing):
            return None
        self._told += missing
        return keeping.read(found[key], of)

    def keep(self, answer: object, *question: object) -> None:
        """Keeps the answer to a question, and what was missing for it."""
        lacking = keeping.written(self.missing())
        self.store.put_many(
            "answers", {self._key(*question): keeping.written(answer), self._key("missing", question): lacking}
        )

    def missing(self) -> tuple[MissingModule, ...]:
        """The modules that the answers of this session lack, dearest first."""
        found = [*self._told]
        if self.analyses:
            from tracer.golang.load.missing import missing_modules

            for analysis in self.analyses.values():
                found += missing_modules(analysis.program)
        return _together(found)

    def _key(self, *question: object) -> str:
        """What an answer depends on, as one hash: the question, the pins, the investigation and tracer's own source."""
        pins = [self.snapshot(name).pin for name in self.investigation.repositories]
        return hashlib.sha256(
            repr((question, self.options.assume_closed, pins, self.investigation, own_source())).encode()
        ).hexdigest()

    def read(self, repository: str, path: str) -> bytes:
        """The bytes of a file at its pin. Raises SourceError for a file that is not there, and for one of Go's own."""
        if repository == STANDARD_LIBRARY and repository not in self.investigation.repositories:
            from tracer.golang.stdlib import archive as std

            raise SourceError(f"of {std.release()}'s own source only the declarations are here", where=path)
        if repository not in self.investigation.repositories and "@" in repository:
            path_of, _, version = repository.rpartition("@")
            tree = self.modules.tree(path_of, version, {})
            if tree is not None:
                return tree.read(path)
        return self.snapshot(repository).read(path)


def _together(found: Collection[MissingModule]) -> tuple[MissingModule, ...]:
    """One row for each module that programs of a repository lack."""
    rows: dict[tuple[object, ...], MissingModule] = {}
    for row in found:
        key = (row.repository, row.module, row.version, row.why)
        known = rows.get(key, row)
        packages = tuple(sorted({*known.packages, *row.packages}))
        rows[key] = replace(known, packages=packages, files=max(known.files, row.files))
    return tuple(sorted(rows.values(), key=lambda row: (-row.files, row.repository, row.module)))


def main_directory(text: str) -> str:
    """A main package's directory as it is written everywhere else: ``./cmd/x/`` is ``cmd/x``, the root is empty."""
    clean = posixpath.normpath(text.strip("/") or ".")
    return "" if clean == "." else clean
