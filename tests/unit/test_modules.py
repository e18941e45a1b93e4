"""Modules from caches and proxies: where they are asked for, what is checked, and that nothing bad is ever written."""

from __future__ import annotations

import http.server
import io
import os
import threading
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from command import World, tracer
from support import repository

from tracer.codes import Lack, Message
from tracer.errors import SourceError
from tracer.golang.load.build import Build
from tracer.golang.load.keys import PackageKeys
from tracer.golang.load.linking import Packages
from tracer.golang.load.modules import read_layout
from tracer.golang.load.program import Program
from tracer.golang.load.supply import Supply
from tracer.model import Pin, ProgramName
from tracer.report.links import permalink
from tracer.source.clones import open_local
from tracer.source.goenv import Settings, matches, settings
from tracer.source.modules import ModuleStore, read_sums
from tracer.source.modzip import checked, escaped, hashed
from tracer.store import Store
from tracer.syntax.reader import Reader

LIB = "package lib\n\nfunc Lift() {}\n"


def publish(proxy: Path, path: str, version: str, files: Mapping[str, str], raw: bytes | None = None) -> dict[str, str]:
    """Puts a module's version into a ``file://`` proxy; the lines of its go.sum."""
    at = proxy / escaped(path) / "@v"
    at.mkdir(parents=True, exist_ok=True)
    files = {"go.mod": f"module {path}\n\ngo 1.21\n", **files}
    (at / f"{escaped(version)}.mod").write_text(files["go.mod"], encoding="utf-8")
    target = at / f"{escaped(version)}.zip"
    if raw is not None:
        target.write_bytes(raw)
        return {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in files.items():
            out.writestr(f"{path}@{version}/{name}", text)
    mod = hashed({"go.mod": lambda: io.BytesIO(files["go.mod"].encode())})
    return {f"{path} {version}": checked(target, f"{path}@{version}"), f"{path} {version}/go.mod": mod}


def asked(proxy: Path | str, tmp: Path, **more: str) -> Settings:
    address = proxy.as_uri() if isinstance(proxy, Path) else proxy
    environment = {"GOPROXY": address, "GOENV": "off", "GOMODCACHE": str(tmp / "gomodcache"), "HOME": str(tmp), **more}
    return settings(environment)


def store(proxy: Path | str, tmp: Path, *, offline: bool = False, **more: str) -> ModuleStore:
    return ModuleStore(asked(proxy, tmp, **more), tmp / "cache", offline=offline)


def written(tmp: Path) -> list[str]:
    return sorted(p.name for p in (tmp / "cache").rglob("*") if p.is_file())


def opened(tmp: Path, files: Mapping[str, str], modules: ModuleStore, program: str = "") -> Program:
    folder = tmp / "repository"
    repository(folder, files)
    snapshot = open_local(tmp.name, folder, None, "", None)
    layout = read_layout(snapshot, program, Supply(tuple, modules))
    return Program(
        ProgramName(tmp.name, program),
        Packages(snapshot, layout, Build(), Reader(Store(Path(os.devnull) / "f"))),
    )


def stands(tmp: Path, files: Mapping[str, str], modules: ModuleStore, program: str = "") -> dict[str, str]:
    return {p.path: p.directory for p in opened(tmp, files, modules, program).closure()[1:] if not p.is_std}


MAIN = 'package main\n\nimport _ "x.org/A/lib"\n\nfunc main() {}\n'


def test_only_what_a_program_needs_is_fetched(tmp_path: Path) -> None:
    proxy = tmp_path / "proxy"
    publish(
        proxy,
        "x.org/A",
        "v1.1.0",
        {
            "go.mod": "module x.org/A\n\ngo 1.21\n\nrequire x.org/b v1.2.0\n",
            "lib/lib.go": 'package lib\n\nimport _ "x.org/b"\n',
        },
    )
    publish(proxy, "x.org/b", "v1.2.0", {"b.go": LIB})
    publish(proxy, "x.org/unused", "v1.0.0", {"u.go": LIB})
    files = {
        "go.mod": "module m\n\ngo 1.21\n\nrequire (\n\tx.org/A v1.1.0\n\tx.org/b v1.2.0 // indirect\n\tx.org/unused v1.0.0\n)\n",
        "main.go": MAIN,
    }
    found = stands(tmp_path, files, store(proxy, tmp_path))
    assert found == {"x.org/A/lib": "x.org/A@v1.1.0/lib", "x.org/b": "x.org/b@v1.2.0"}
    assert [name for name in written(tmp_path) if name.endswith(".zip")] == ["v1.1.0.zip", "v1.2.0.zip"]
    # What was fetched is at hand without a network, and is a proxy for others.
    assert (
        stands(tmp_path / "again", files, ModuleStore(asked("off", tmp_path), tmp_path / "cache", offline=True))
        == found
    )
    assert stands(tmp_path / "other", files, store(tmp_path / "cache" / "modules", tmp_path / "other")) == found


def test_what_is_known_of_a_version_is_shared(tmp_path: Path) -> None:
    """Whatever repository requires it, and whether it was unpacked or not."""
    publish(tmp_path / "proxy", "x.org/A", "v1.0.0", {"lib/lib.go": LIB})
    keys = set[str]()
    for i, path in enumerate(("m", "other.org/n")):
        files = {"go.mod": f"module {path}\n\ngo 1.21\n\nrequire x.org/A v1.0.0\n", f"{'d/' * i}main.go": MAIN}
        program = opened(tmp_path / path, files, store(tmp_path / "proxy", tmp_path), "d" * i)
        package = program.package("x.org/A/lib")
        assert package is not None
        keys.add(PackageKeys(program, "1", Store(tmp_path / "facts.sqlite")).of(package))
    unpacked = tmp_path / "gomodcache" / "x.org" / "!a@v1.0.0" / "lib"
    unpacked.mkdir(parents=True)
    (unpacked / "lib.go").write_text(LIB, encoding="utf-8")
    program = opened(tmp_path / "third", files, store("off", tmp_path), "d")
    package = program.package("x.org/A/lib")
    assert package is not None
    assert len({*keys, PackageKeys(program, "1", Store(tmp_path / "facts.sqlite")).of(package)}) == 1


def test_versions_are_selected_over_graphs(tmp_path: Path) -> None:
    """A module of before Go 1.17 does not list what it needs indirectly: its requirements are looked behind."""
    proxy = tmp_path / "proxy"
    publish(
        proxy,
        "x.org/A",
        "v1.0.0",
        {"go.mod": "module x.org/A\n\nrequire x.org/b v1.0.0\n", "lib/lib.go": 'package lib\n\nimport _ "x.org/c"\n'},
    )
    publish(proxy, "x.org/b", "v1.0.0", {"go.mod": "module x.org/b\n\nrequire x.org/c v1.3.0\n"})
    for version in ("v1.2.0", "v1.3.0", "v1.4.0"):
        publish(proxy, "x.org/c", version, {"c.go": LIB})
    files = {"go.mod": "module m\n\ngo 1.16\n\nrequire x.org/A v1.0.0\n", "main.go": MAIN}
    assert stands(tmp_path, files, store(proxy, tmp_path))["x.org/c"] == "x.org/c@v1.3.0"
    files["go.mod"] += "exclude x.org/c v1.3.0\nrequire x.org/c v1.2.0\n"
    assert stands(tmp_path / "2", files, store(proxy, tmp_path))["x.org/c"] == "x.org/c@v1.2.0"
    files["go.mod"] += "replace x.org/c => x.org/c v1.4.0\n"
    assert stands(tmp_path / "3", files, store(proxy, tmp_path))["x.org/c"] == "x.org/c@v1.4.0"


def test_a_wrong_sum_is_an_error_and_nothing_is_written(tmp_path: Path) -> None:
    proxy = tmp_path / "proxy"
    sums = publish(proxy, "x.org/a", "v1.0.0", {"a.go": LIB})
    right = {key: frozenset((value,)) for key, value in sums.items()}
    assert store(proxy, tmp_path).tree("x.org/a", "v1.0.0", right) is not None
    for key, ask in (("x.org/a v1.0.0", ModuleStore.tree), ("x.org/a v1.0.0/go.mod", ModuleStore.requirements)):
        other = tmp_path / ask.__name__
        with pytest.raises(SourceError, match=r"is not what go\.sum says"):
            ask(store(proxy, other), "x.org/a", "v1.0.0", {**right, key: frozenset(("h1:other",))})
        assert written(other) == []
    # Also where it was fetched before, for somebody who has no go.sum.
    with pytest.raises(SourceError, match=r"is not what go\.sum says"):
        store("off", tmp_path).tree("x.org/a", "v1.0.0", {"x.org/a v1.0.0": frozenset(("h1:other",))})


def zipped(names: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in names.items():
            file.writestr(name, data)
    return out.getvalue()


def huge() -> bytes:
    """A zip that says one of its files has a gigabyte."""
    raw = zipped({"x.org/a@v1.0.0/a.go": b"package a\n"})
    at = raw.index(b"PK\x01\x02") + 24
    return raw[:at] + (1 << 30).to_bytes(4, "little") + raw[at + 4 :]


P = "x.org/a@v1.0.0/"
EVIL = {
    "escapes": (zipped({P + "../../../../tmp/x.go": LIB.encode()}), "is no path of a file"),
    "is absolute": (zipped({"/etc/passwd": b""}), "is outside of the module"),
    "is of another module": (zipped({"x.org/b@v1.0.0/b.go": b""}), "is outside of the module"),
    "is reserved": (zipped({P + "aux.go": b""}), "is no path of a file"),
    "ends with a dot": (zipped({P + "a.go.": b""}), "is no path of a file"),
    "has a colon": (zipped({P + "a:b.go": b""}), "is no path of a file"),
    "clashes": (zipped({P + "a.go": b"", P + "A.go": b""}), "are one file where case does not count"),
    "clashes above": (zipped({P + "d/a.go": b"", P + "D/b.go": b""}), "are one file where case does not count"),
    "is file and folder": (zipped({P + "d": b"", P + "d/b.go": b""}), "are one file where case does not count"),
    "is huge": (huge(), "larger than 500 MiB"),
    "has a huge go.mod": (zipped({P + "go.mod": b"\n" * ((16 << 20) + 1)}), r"go\.mod is larger than 16 MiB"),
    "is no zip": (b"<html>sign in</html>", "its zip is damaged"),
    "is cut": (zipped({P + "a.go": LIB.encode()})[:-30], "its zip is damaged"),
}


@pytest.mark.parametrize("kind", EVIL)
def test_a_zip_made_to_harm_is_an_error_and_nothing_is_written(kind: str, tmp_path: Path) -> None:
    raw, message = EVIL[kind]
    publish(tmp_path / "proxy", "x.org/a", "v1.0.0", {}, raw)
    with pytest.raises(SourceError, match=message):
        store(tmp_path / "proxy", tmp_path).tree("x.org/a", "v1.0.0", {})
    assert written(tmp_path) == []


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(P + "a.go", "package a")
        file.writestr(P + "a.go", "package b")
    publish(tmp_path / "proxy", "x.org/a", "v1.0.0", {}, out.getvalue())
    with pytest.raises(SourceError, match="is in it twice"):
        store(tmp_path / "proxy", tmp_path).tree("x.org/a", "v1.0.0", {})


@pytest.mark.parametrize("path", ["../../etc", "x.org/../../etc", "x.org//a", "x.org/a b", "x.org/ä"])
def test_a_path_that_no_module_has_asks_nobody(path: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is no name of a module"):
        store(tmp_path / "proxy", tmp_path).tree(path, "v1.0.0", {})
    with pytest.raises(SourceError, match="is no name of a module"):
        store(tmp_path / "proxy", tmp_path).tree("x.org/a", "v1/../../2", {})


# Where modules are asked for


class _Answers(http.server.BaseHTTPRequestHandler):
    asked: list[str]
    codes: dict[str, int]

    def do_GET(self) -> None:
        first = self.path.split("/")[1]
        self.asked.append(f"{self.path} {self.headers.get('Authorization', '')}".strip())
        self.send_response(self.codes.get(first, 404))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A proxy that has nothing (``/none``), or is out of order (``/broken``), and what it was asked."""
    asked: list[str] = []
    handler = type("Handler", (_Answers,), {"asked": asked, "codes": {"none": 404, "gone": 410, "broken": 500}})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{running.server_address[1]}", asked
        running.shutdown()


@pytest.mark.parametrize(
    ("proxies", "found"),
    [
        ("http://HOST/none,FILE", True),
        ("http://HOST/gone,FILE", True),
        ("http://HOST/broken|FILE", True),
        ("http://HOST/broken,FILE", Lack.FAILED),
        ("http://HOST/none,off,FILE", Lack.SWITCHED_OFF),
        ("http://HOST/none,direct", Lack.DIRECT),
        ("direct", Lack.DIRECT),
        ("off", Lack.SWITCHED_OFF),
        ("http://HOST/none", Lack.NO_SUCH_VERSION),
        ("http://127.0.0.1:1/,FILE", Lack.FAILED),
        ("ftp://HOST/|FILE", True),
    ],
)
def test_the_forms_of_goproxy(proxies: str, found: bool | Lack, server: tuple[str, list[str]], tmp_path: Path) -> None:
    publish(tmp_path / "proxy", "corp/a", "v1.0.0", {"a.go": LIB})
    text = proxies.replace("HOST", server[0]).replace("FILE", (tmp_path / "proxy").as_uri())
    modules = store(text, tmp_path)
    # No repository is told by a path that does not begin with a host.
    assert (modules.tree("corp/a", "v1.0.0", {}) is not None) == (found is True)
    if isinstance(found, Lack):
        assert modules.why("corp/a", "v1.0.0").code is found


def test_a_password_goes_to_its_proxy_and_into_no_message(server: tuple[str, list[str]], tmp_path: Path) -> None:
    modules = store(f"http://me:secret@{server[0]}/broken", tmp_path)
    assert modules.tree("x.org/a", "v1.0.0", {}) is None
    assert server[1] == ["/broken/x.org/a/@v/v1.0.0.zip Basic bWU6c2VjcmV0"]
    assert "secret" not in str(modules.why("x.org/a", "v1.0.0"))


def test_private_modules_and_offline_ask_nobody(server: tuple[str, list[str]], tmp_path: Path) -> None:
    private = store(f"http://{server[0]}/none", tmp_path, GOPRIVATE="*.corp,x/a")
    assert private.tree("x/a/b", "v1.0.0", {}) is None
    assert private.why("x/a/b", "v1.0.0") == Message(Lack.DIRECT, ("x/a/b does not begin with a host",))
    offline = store(f"http://{server[0]}/none", tmp_path, offline=True)
    assert offline.tree("y.org/a", "v1.0.0", {}) is None
    assert offline.why("y.org/a", "v1.0.0") == Message(Lack.OFFLINE)
    assert server[1] == []


def test_settings_are_those_of_the_environment_then_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text(
        "# written by go env -w\nGOPROXY=https://a.org|off\nGONOPROXY=none\nGOPATH=/gopath\n", encoding="utf-8"
    )
    found = settings({"GOENV": str(file), "HOME": "/home/x", "GOPRIVATE": "x.org"})
    assert [p.address for p in found.proxies] == ["https://a.org", "off"]
    assert [p.only_after_none for p in found.proxies] == [False, True]
    assert (found.private, found.module_cache) == ((), Path("/gopath/pkg/mod"))
    over = settings({"GOENV": str(file), "HOME": "/home/x", "GOPROXY": "direct", "GOMODCACHE": "/cache"})
    assert ([p.address for p in over.proxies], over.module_cache) == (["direct"], Path("/cache"))
    plain = settings({"GOENV": "off", "HOME": "/home/x"})
    assert [p.address for p in plain.proxies] == ["https://proxy.golang.org", "direct"]
    assert plain.module_cache == Path("/home/x/go/pkg/mod")
    assert matches(("*.corp.org/team", "x.org"), "git.corp.org/team/repo/v2")
    assert not matches(("*.corp.org/team", "x.org/a"), "git.corp.org/other")


# Go's module cache


def test_gos_module_cache_unpacked_and_as_zip(tmp_path: Path) -> None:
    sums = publish(tmp_path / "proxy", "x.org/A", "v1.0.0", {"lib/lib.go": LIB, "lib/.hidden/x.go": LIB})
    sums |= publish(tmp_path / "gomodcache" / "cache" / "download", "x.org/b", "v1.0.0", {"b.go": LIB})
    unpacked = tmp_path / "gomodcache" / "x.org" / "!a@v1.0.0" / "lib"
    unpacked.mkdir(parents=True)
    (unpacked / "lib.go").write_text(LIB, encoding="utf-8")
    modules = store("off", tmp_path)
    told = {key: frozenset((value,)) for key, value in sums.items()}
    folder = modules.tree("x.org/A", "v1.0.0", told)
    assert folder is not None
    assert folder.listdir("x.org/A@v1.0.0/lib") == ("lib.go",)
    assert [folder.resolve(f"x.org/A@v1.0.0/{p}") for p in ("../../x", "lib/../lib", "LIB", "lib/none.go")] == [
        None
    ] * 4
    file = modules.tree("x.org/b", "v1.0.0", told)
    assert file is not None
    ((path, blob, data),) = file.read_blobs(["x.org/b@v1.0.0/b.go"])
    assert (path, data) == ("x.org/b@v1.0.0/b.go", LIB.encode())
    assert blob == open_blob(tmp_path)
    assert written(tmp_path) == []
    # The hash that the go command wrote beside it is compared as well.
    beside = tmp_path / "gomodcache" / "cache" / "download" / "x.org" / "!a" / "@v"
    beside.mkdir(parents=True)
    (beside / "v1.0.0.ziphash").write_text("h1:other", encoding="utf-8")
    with pytest.raises(SourceError, match=r"is not what go\.sum says"):
        store("off", tmp_path).tree("x.org/A", "v1.0.0", told)


def open_blob(tmp: Path) -> str:
    repository(tmp / "blob", {"b.go": LIB})
    return open_local("b", tmp / "blob", None, "", None).files["b.go"]


# Links


def test_links_lead_to_the_tag_or_to_the_commit_that_the_proxy_names(tmp_path: Path) -> None:
    proxy = tmp_path / "proxy"
    named = {
        "github.com/o/r": ("v1.2.3", "https://github.com/o/r/blob/v1.2.3/a.go#L1"),
        "github.com/o/r/sub": ("v1.2.3", "https://github.com/o/r/blob/sub/v1.2.3/sub/a.go#L1"),
        "github.com/o/p": ("v0.0.0-20240102030405-0123456789ab", "https://github.com/o/p/blob/0123456789ab/a.go#L1"),
        "github.com/o/i": ("v2.0.0+incompatible", "https://github.com/o/i/blob/v2.0.0/a.go#L1"),
        "github.com/o/r/v2": ("v2.0.0", None),
        "x.org/vanity": ("v1.0.0", None),
    }
    modules = store(proxy, tmp_path)
    for path, (version, _) in named.items():
        publish(proxy, path, version, {"a.go": LIB})
        assert modules.tree(path, version, {}) is not None
    commit = "3f2a1bc" * 5 + "01234"
    publish(proxy, "x.org/told", "v1.0.0", {"a.go": LIB})
    info = f'{{"Version":"v1.0.0","Origin":{{"VCS":"git","URL":"https://github.com/o/t","Subdir":"sub","Hash":"{commit}"}}}}'
    (proxy / "x.org/told/@v/v1.0.0.info").write_text(info, encoding="utf-8")
    assert modules.tree("x.org/told", "v1.0.0", {}) is not None
    pins = modules.pins()
    for path, (version, link) in named.items():
        name = f"{path}@{version}"
        assert permalink(pins[name], f"{name}/a.go", 1) == link
    told = pins["x.org/told@v1.0.0"]
    assert told == Pin("x.org/told@v1.0.0", "https://github.com/o/t", commit, "sub")
    assert permalink(told, "x.org/told@v1.0.0/d/a.go", 7) == f"https://github.com/o/t/blob/{commit}/sub/d/a.go#L7"


def test_what_go_sum_has() -> None:
    text = "x.org/a v1.0.0 h1:a=\nx.org/a v1.0.0/go.mod h1:b=\nx.org/a v1.0.0 h1:c=\nx.org/a v1.0.0 h9:d\nbroken\n"
    assert read_sums(text) == {"x.org/a v1.0.0": {"h1:a=", "h1:c="}, "x.org/a v1.0.0/go.mod": {"h1:b="}}


# The whole of it


INVESTIGATION = """title = "poly"
[repositories.app]
url = "https://example.org/app"
commit = "{app}"
programs = ["."]
[repositories.lib]
url = "https://example.org/lib"
commit = "{lib}"
"""
APP = {
    "go.mod": "module x.org/app\n\ngo 1.21\n\nrequire x.org/lib v1.0.0\n",
    "main.go": 'package main\n\nimport "x.org/lib/box"\n\nfunc main() { box.Open() }\n',
}
BOX = {"box/box.go": "package box\n\nfunc Open() { lift() }\n\nfunc lift() {}\n"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    app = repository(tmp_path / "app", APP)
    lib = repository(tmp_path / "lib", {"sub/go.mod": "module x.org/lib\n", **{f"sub/{p}": t for p, t in BOX.items()}})
    (tmp_path / "poly.toml").write_text(INVESTIGATION.format(app=app, lib=lib), encoding="utf-8")
    return World(tmp_path, tmp_path / "poly.toml", ("app", "lib"))


def test_a_module_of_another_repository_of_the_question(world: World) -> None:
    done = world.run("follow", "main.main", "--to", "box.lift", "--repo", "app")
    assert "sub/box/box.go:3" in done.stdout
    assert "not among the sources: x.org/lib v1.0.0: in its place lib at" in done.stdout


def test_a_module_that_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer without it is not kept for when it is there."""
    publish(tmp_path / "proxy", "x.org/lib", "v1.0.0", BOX)
    app = repository(tmp_path / "app", APP)
    text = INVESTIGATION.format(app=app, lib="").split("[repositories.lib]")[0]
    (tmp_path / "poly.toml").write_text(text, encoding="utf-8")
    world = World(tmp_path, tmp_path / "poly.toml", ("app",))
    question = ("follow", "main.main", "--to", "box.lift", "--repo", "app")
    monkeypatch.setenv("GOPROXY", (tmp_path / "proxy").as_uri())
    offline = world.run("callees", "main.main", "--repo", "app", "--offline")
    assert (
        "x.org/lib v1.0.0  1 package, imported in 1 file of app: it is in no module cache, and --offline"
        in offline.stdout
    )
    assert "\n1 modules\n" in world.run("sync", "--modules", sources=True).stdout
    for _ in range(2):
        done = world.run(*question, "--offline")
        assert "x.org/lib@v1.0.0/box/box.go:3" in done.stdout
        assert "not among the sources" not in done.stdout
        assert "not checked: x.org/lib v1.0.0: it is read, and not checked: no go.sum of the program" in done.stdout


def test_a_module_with_a_line_in_go_sum_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sums = publish(tmp_path / "proxy", "x.org/lib", "v1.0.0", BOX)
    lines = "".join(f"{name} {value}\n" for name, value in sums.items())
    repository(tmp_path / "app", {**APP, "go.sum": lines})
    monkeypatch.setenv("GOPROXY", (tmp_path / "proxy").as_uri())
    done = tracer("callees", "main.main", folder=tmp_path / "app", cache=tmp_path / "cache")
    assert "box.Open" in done.stdout
    assert "not checked" not in done.stdout
