"""Modules from their own repositories: where those are, what of them is the module, and what users' credentials open."""

from __future__ import annotations

import base64
import http.server
import io
import json
import os
import subprocess
import threading
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support import commit, git

from tracer.codes import Lack
from tracer.errors import SourceError
from tracer.model import Pin
from tracer.source.credentials import Credentials
from tracer.source.goenv import Settings, settings
from tracer.source.modpath import directive, is_major, split_major
from tracer.source.modules import ModuleStore
from tracer.source.modzip import hashed
from tracer.source.roots import RepoRoot, Roots, UnknownRootError

LIB = "package lib\n\nfunc Lift() {}\n"
NOW = "2024-01-01T00:00:00Z"


@dataclass
class World:
    """Repositories that git has instead of https ones, a server that answers for all hosts, and what it was asked."""

    folder: Path
    pages: dict[str, str] = field(default_factory=dict[str, str])
    asked: list[str] = field(default_factory=list[str])

    def repository(self, path: str, files: Mapping[str, str], *tags: str) -> str:
        """Adds files to the repository at ``https://path`` as a commit with tags; its SHA."""
        at = self.folder / "remotes" / path
        for name, text in files.items():
            target = at / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="")
        sha = commit(at)
        for tag in tags:
            git(at, "tag", "-a", "-m", "release", tag)
        return sha

    def settings(self, **more: str) -> Settings:
        asked = {"GOPROXY": "direct", "GOENV": "off", "GOMODCACHE": str(self.folder / "none"), "HOME": str(self.folder)}
        return settings(asked | {"GOINSECURE": "*.example.org"} | more)

    def store(self, *, offline: bool = False, **more: str) -> ModuleStore:
        return ModuleStore(self.settings(**more), self.folder / "cache", offline=offline)

    def files(self, path: str, version: str, sums: Mapping[str, frozenset[str]] | None = None) -> list[str]:
        modules = self.store()
        tree = modules.tree(path, version, sums or {})
        assert tree is not None, modules.why(path, version)
        return sorted(_names(self.folder / "cache", tree.name))

    def refused(self, path: str, version: str, **more: str) -> str:
        modules = self.store(**more)
        assert modules.tree(path, version, {}) is None
        return str(modules.why(path, version).arguments)


def _names(cache: Path, module: str) -> Iterator[str]:
    """The files in the kept zip of a module, ``path@version``, in which all names begin with that."""
    for path in cache.rglob("*.zip"):
        with zipfile.ZipFile(path) as kept:
            yield from (name.removeprefix(f"{module}/") for name in kept.namelist() if name.startswith(f"{module}/"))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World(tmp_path)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(f"{self.path} {self.headers.get('Authorization', '')}".strip())
            page = made.pages.get(self.path.partition("://")[2] or self.path)
            self.send_response(200 if page is not None else 404)
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, *_: object) -> None:
            pass

    remotes = (tmp_path / "remotes").as_uri()
    (tmp_path / "gitconfig").write_text(f'[url "{remotes}/"]\n\tinsteadOf = https://\n', encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{running.server_address[1]}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        yield made
        running.shutdown()


def meta(*contents: str) -> str:
    tags = "".join(f'<META content="{content}" name="go-import">' for content in contents)
    # A browser shows what stands behind the head; the go command does not read it.
    body = '<body><meta name="go-import" content="go.example.org git https://no.org">'
    return f"<!doctype html><html><head><title>x</title>{tags}</head>{body}"


def pseudo(sha: str, base: str = "v0.0.0") -> str:
    return f"{base}-20240101000000-{sha[:12]}"


# What a module is made of


def test_a_tag_of_a_known_host(world: World) -> None:
    files = {
        "go.mod": "module github.com/Me/lib\n\ngo 1.21\n",
        "lib.go": LIB,
        "sub/sub.go": LIB,
        "other/go.mod": "module github.com/Me/lib/other\n",
        "other/other.go": LIB,
        "vendor/x.org/a/a.go": LIB,
        "vendor/modules.txt": "# x.org/a v1.0.0\n",
        # None of these has a say: the files are as the commit has them.
        ".gitattributes": "*.go export-ignore\nversion.txt export-subst\n*.bat text eol=crlf\n",
        "version.txt": "$Format:%H$\n",
    }
    sha = world.repository("github.com/Me/lib", files, "v1.2.0")
    expected = [n for n in files if not n.startswith(("other/", "vendor/x.org"))]
    wanted = hashed({f"github.com/Me/lib@v1.2.0/{n}": lambda n=n: io.BytesIO(files[n].encode()) for n in expected})
    sums = {"github.com/Me/lib v1.2.0": frozenset((wanted,))}
    assert world.files("github.com/Me/lib", "v1.2.0", sums) == sorted(expected)
    # It is at hand without a network now, and its places lead to the commit.
    kept = world.store(offline=True)
    assert kept.tree("github.com/Me/lib", "v1.2.0", sums) is not None
    name = "github.com/Me/lib@v1.2.0"
    assert kept.pins()[name] == Pin(name, "https://github.com/Me/lib", sha, "")
    info = next((world.folder / "cache" / "modules").rglob("*.info"))
    assert json.loads(info.read_text())["Time"] == NOW
    # What is not what go.sum has is refused, and not kept.
    with pytest.raises(SourceError, match=r"is not what go\.sum says"):
        world.store().tree("github.com/Me/lib", "v1.2.0", {"github.com/Me/lib v1.2.0": frozenset(("h1:other",))})


def test_vendored_packages_since_go_1_24(world: World) -> None:
    files = {
        "go.mod": 'module "github.com/me/lib" // here\n\ngo 1.24.1\n',
        "vendor/modules.txt": "",
        "pkg/vendor/vendor.go": LIB,
        "pkg/vendor/x/x.go": LIB,
    }
    world.repository("github.com/me/lib", files, "v1.0.0")
    assert world.files("github.com/me/lib", "v1.0.0") == ["go.mod", "pkg/vendor/vendor.go"]
    world.repository("github.com/me/lib", {"go.mod": "module github.com/me/lib\n\ngo 1.23\n"}, "v1.0.1")
    assert world.files("github.com/me/lib", "v1.0.1") == ["go.mod", "vendor/modules.txt"]


def test_a_module_below_the_root_has_its_own_tags_and_the_licence_of_the_root(world: World) -> None:
    files = {
        "LICENSE": "free\n",
        "go.mod": "module github.com/me/repo\n",
        "api/go.mod": "module github.com/me/repo/api\n",
        "api/api.go": LIB,
        "api/v2/go.mod": "module github.com/me/repo/api/v2\n",
        "api/v2/api.go": LIB,
    }
    world.repository("github.com/me/repo", files, "v1.0.0", "api/v1.1.0", "api/v2.0.0")
    assert world.files("github.com/me/repo/api", "v1.1.0") == ["LICENSE", "api.go", "go.mod"]
    assert world.files("github.com/me/repo/api/v2", "v2.0.0") == ["LICENSE", "api.go", "go.mod"]
    assert "has no tags/api/v1.0.0" in world.refused("github.com/me/repo/api", "v1.0.0")
    modules = world.store()
    assert modules.requirements("github.com/me/repo/api/v2", "v2.0.0", {}) == b"module github.com/me/repo/api/v2\n"
    name = "github.com/me/repo/api@v1.1.0"
    assert modules.tree("github.com/me/repo/api", "v1.1.0", {}) is not None
    assert modules.pins()[name].folder == "api"


def test_a_major_version_is_a_branch_or_a_folder_and_not_both(world: World) -> None:
    world.repository("github.com/me/a", {"go.mod": "module github.com/me/a/v2\n", "a.go": LIB}, "v2.0.0")
    assert world.files("github.com/me/a/v2", "v2.0.0") == ["a.go", "go.mod"]
    assert "its go.mod says" in world.refused("github.com/me/a", "v2.0.0+incompatible")
    world.repository("github.com/me/a", {"v2/go.mod": "module github.com/me/a/v2\n"}, "v2.1.0")
    assert "both have its major version" in world.refused("github.com/me/a/v2", "v2.1.0")
    world.repository("github.com/me/a", {"v2/go.mod": "module github.com/me/a/v3\n"}, "v2.2.0")
    assert "have another one" not in world.refused("github.com/me/a/v2", "v2.1.0")
    world.repository("github.com/me/old", {"a.go": LIB}, "v3.0.0")
    assert world.files("github.com/me/old", "v3.0.0+incompatible") == ["a.go"]
    assert world.store().requirements("github.com/me/old", "v3.0.0+incompatible", {}) == b"module github.com/me/old\n"
    assert "it has no go.mod" in world.refused("github.com/me/old/v3", "v3.0.0")


def test_a_pseudo_version_names_a_commit(world: World) -> None:
    first = world.repository("github.com/me/lib", {"go.mod": "module github.com/me/lib\n", "lib.go": LIB})
    world.repository("github.com/me/lib", {"more.go": LIB}, "v0.1.0")
    # Neither a branch nor a tag is at the first.
    assert world.files("github.com/me/lib", pseudo(first)) == ["go.mod", "lib.go"]
    assert "is of another time" in world.refused("github.com/me/lib", f"v0.0.0-20230101000000-{first[:12]}")
    assert "has no 0123456789ab" in world.refused("github.com/me/lib", pseudo("0123456789ab"))


def test_links_and_submodules_are_no_files_of_a_module(world: World) -> None:
    at = world.folder / "remotes/github.com/me/lib"
    at.mkdir(parents=True)
    (at / "link.go").symlink_to("lib.go")
    world.repository("github.com/me/lib", {"go.mod": "module github.com/me/lib\n", "lib.go": LIB}, "v1.0.0")
    assert world.files("github.com/me/lib", "v1.0.0") == ["go.mod", "lib.go"]


def test_a_repository_made_to_harm_is_an_error_and_nothing_is_written(world: World) -> None:
    world.repository("github.com/me/a", {"go.mod": "module github.com/me/a\n", "aux.go": LIB}, "v1.0.0")
    world.repository("github.com/me/a", {"Go.mod": ""}, "v1.0.1")
    world.repository("github.com/me/b", {"go.mod": "module github.com/me/b\n", "a.go": LIB, "A.go": LIB}, "v1.0.0")
    for path, version in (("github.com/me/a", "v1.0.0"), ("github.com/me/b", "v1.0.0")):
        with pytest.raises(SourceError, match=r"is no path of a file|are one file where"):
            world.store().tree(path, version, {})
    assert not list((world.folder / "cache" / "modules").rglob("*.zip"))


# Where a repository is


def test_pages_tell_where_a_repository_is(world: World) -> None:
    files = {
        "go.mod": "module go.example.org/tools\n",
        "lib.go": LIB,
        "cmd/go.mod": "module go.example.org/tools/cmd\n",
    }
    world.repository("code.host.org/tools", files, "v1.0.0", "cmd/v1.0.0")
    world.pages["go.example.org/tools?go-get=1"] = meta("go.example.org/tools git https://code.host.org/tools")
    assert world.files("go.example.org/tools", "v1.0.0") == ["go.mod", "lib.go"]
    # A page that speaks of a path above it is believed if the page there says the same.
    world.pages["go.example.org/tools/cmd?go-get=1"] = meta("go.example.org/tools git https://evil.org/tools")
    assert "disagree about its repository" in world.refused("go.example.org/tools/cmd", "v1.0.0")
    world.pages["go.example.org/tools/cmd?go-get=1"] = world.pages["go.example.org/tools?go-get=1"]
    assert world.files("go.example.org/tools/cmd", "v1.0.0") == ["go.mod"]
    # The folder in which the modules of a repository begin.
    world.pages["go.example.org/cmd?go-get=1"] = meta("go.example.org/cmd git https://code.host.org/tools cmd")
    assert world.files("go.example.org/cmd", "v1.0.0") == ["go.mod"]


def test_a_page_may_name_a_proxy(world: World) -> None:
    world.pages["go.example.org/a?go-get=1"] = meta(
        "go.example.org/a git https://code.host.org/a", "go.example.org/a mod http://proxy.example.org/m"
    )
    world.pages["proxy.example.org/m/go.example.org/a/@v/v1.0.0.mod"] = "module go.example.org/a\n"
    assert world.store().requirements("go.example.org/a", "v1.0.0", {}) == b"module go.example.org/a\n"


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (None, "there is no page"),
        (meta(), "no go-import meta tag"),
        (meta("go.example.org/b git https://x.org"), "no go-import meta tag for"),
        (meta("go.example.org/a git https://x.org", "go.example.org git https://y.org"), "several go-import meta tags"),
        (meta("go.example.org/a hg https://x.org"), "kept in hg"),
        (meta("go.example.org/a git file:///etc"), "is not secure"),
        (meta("go.example.org/a git git+ext://x.org"), "is not secure"),
        (meta("go.example.org/a git https://x.org -c"), "names the folder"),
    ],
)
def test_pages_that_lead_nowhere(page: str | None, why: str, world: World) -> None:
    if page is not None:
        world.pages["go.example.org/a?go-get=1"] = page
    assert why in world.refused("go.example.org/a", "v1.0.0")


def test_only_what_goinsecure_names_is_asked_without_encryption(world: World) -> None:
    modules = world.store(GOINSECURE="other.org")
    assert modules.tree("go.example.org/a", "v1.0.0", {}) is None
    assert modules.why("go.example.org/a", "v1.0.0").code is Lack.FAILED
    assert world.asked == []


def test_paths_that_tell_their_repository(world: World) -> None:
    roots = Roots(world.settings(), Credentials("off", None))
    assert roots.of("github.com/me/lib/sub/v2") == RepoRoot("https://github.com/me/lib", "github.com/me/lib")
    assert roots.of("bitbucket.org/me/lib") == RepoRoot("https://bitbucket.org/me/lib", "bitbucket.org/me/lib")
    assert roots.of("host.org/team/lib.git/sub") == RepoRoot("https://host.org/team/lib.git", "host.org/team/lib.git")
    for path in ("github.com/me", "github.com/me/lib.git", "host.org/lib.hg"):
        with pytest.raises(UnknownRootError):
            roots.of(path)
    assert world.asked == []


def test_govcs_may_forbid_git(world: World) -> None:
    world.repository("github.com/me/lib", {"go.mod": "module github.com/me/lib\n", "lib.go": LIB}, "v1.0.0")
    for rules in ("public:off", "github.com:hg|svn,*:git", "*:off"):
        assert "GOVCS forbids git" in world.refused("github.com/me/lib", "v1.0.0", GOVCS=rules)
    for rules in ("private:off", "github.com/me:git,*:off", "public:all", ""):
        assert world.store(GOVCS=rules).tree("github.com/me/lib", "v1.0.0", {}) is not None


def test_private_modules_are_taken_from_their_repositories(world: World) -> None:
    world.repository("github.com/me/lib", {"go.mod": "module github.com/me/lib\n", "lib.go": LIB}, "v1.0.0")
    private = {"GOPROXY": "http://proxy.example.org", "GOPRIVATE": "github.com/me"}
    assert world.store(**private).tree("github.com/me/lib", "v1.0.0", {}) is not None
    assert world.asked == []
    offline = world.store(offline=True)
    assert offline.tree("github.com/me/lib", "v1.1.0", {}) is None
    assert offline.why("github.com/me/lib", "v1.1.0").code is Lack.OFFLINE


def test_a_repository_that_is_not_there_may_be_there_later(world: World) -> None:
    modules = world.store()
    assert modules.tree("github.com/me/none", "v1.0.0", {}) is None
    why = modules.why("github.com/me/none", "v1.0.0")
    assert why.code is Lack.FAILED
    assert modules.may_have("github.com/me/none", "v1.0.0", why)


# Paths


def test_paths_and_their_major_versions() -> None:
    for path, expected in {
        "x.org/a": ("x.org/a", ""),
        "x.org/a/v2": ("x.org/a", "/v2"),
        "x.org/av2": ("x.org/av2", ""),
        "gopkg.in/yaml.v3": ("gopkg.in/yaml", ".v3"),
        "gopkg.in/me/a.v0": ("gopkg.in/me/a", ".v0"),
        "gopkg.in/a.v2-unstable": ("gopkg.in/a", ".v2-unstable"),
    }.items():
        assert split_major(path) == expected
    for path in ("x.org/a/v1", "x.org/a/v0", "x.org/a/v02", "gopkg.in/yaml", "gopkg.in/yaml.v02"):
        with pytest.raises(SourceError):
            split_major(path)
    asked = {("gopkg.in/a.v1", ""), ("x.org/a/v2", "/v2"), ("gopkg.in/b.v2", ".v2")}
    assert {pair for pair in asked if is_major(*pair)} == asked
    assert not [p for p in (("", ""), ("x.org/a/v2", ""), ("x.org/a", "/v2"), ("x.org/a/v1", "")) if is_major(*p)]
    assert directive(b"// module no\nmodule `x.org/a` // yes\n", "module") == "x.org/a"
    assert directive(b"", "module") == ""


# Credentials


def basic(text: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


def test_netrc(tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text(
        "machine a.org login me password one\nmachine a.org login me password two\n"
        "macdef init\nmachine macro.org login x password y\n\n"
        "machine b.org\n\tlogin you\n\tpassword p#w\ndefault login any password any\nmachine late.org login a password b\n"
    )
    known = Credentials("netrc", tmp_path / "netrc")
    assert known.of("https://a.org/x/y") == basic("me:one")
    assert known.of("https://b.org") == basic("you:p#w")
    for url in ("http://a.org/x", "https://macro.org/", "https://c.org/", "https://late.org/x"):
        assert known.of(url) == ({} if "late" not in url else basic("a:b")), url
    assert Credentials("off", tmp_path / "netrc").of("https://a.org/") == {}
    assert Credentials("netrc", tmp_path / "none").of("https://a.org/") == {}


def test_goauth_commands(tmp_path: Path) -> None:
    script = tmp_path / "auth.py"
    script.write_text(
        "import sys\n"
        "said = sys.stdin.read()\n"
        "if len(sys.argv) > 1:\n"
        "    print('https://c.org/deep/\\n\\nAuthorization: Bearer', said.split()[1], '\\n')\n"
        "else:\n"
        "    print('https://a.org\\nhttps://b.org/x/\\n\\nAuthorization: Bearer t\\nX-More: 1\\n')\n"
    )
    known = Credentials(f"python3 '{script}'; netrc", None)
    assert known.of("https://a.org/any") == {"Authorization": "Bearer t", "X-More": "1"}
    assert known.of("https://b.org/x/y") == known.of("https://a.org")
    assert known.of("https://b.org/y") == {}
    assert known.again("https://c.org/deep/er", "HTTP/1.1 401 Unauthorized\n\n") == {"Authorization": "Bearer 401"}
    assert Credentials("false", None).of("https://a.org") == {}
    for auth in ("", "off;netrc", "git", "git relative", f"git {tmp_path}/none"):
        with pytest.raises(SourceError, match="GOAUTH is not understood"):
            Credentials(auth, None).of("https://a.org")


def test_goauth_of_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    subprocess.run(["git", "init", "-q", "--template=", str(tmp_path)], check=True)
    (tmp_path / "passwords").write_text("https://me:secret@a.org\n")
    git(tmp_path, "config", "credential.helper", f"store --file={tmp_path}/passwords")
    known = Credentials(f"git {tmp_path}", None)
    # git is asked only for an address that was refused.
    assert known.of("https://a.org/x") == {}
    assert known.again("https://a.org/x", "") == basic("me:secret")
    assert known.again("https://b.org/x", "") == {}
