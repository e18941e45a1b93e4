"""In a repository of one's own nothing is written down first: not the repository, not its programs, not an investigation."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from command import tracer
from fixture import CLIENT_FILES, INVESTIGATION, SERVER_FILES
from support import git, repository

GO_MOD = "module example.org/shop\n\ngo 1.24\n"
SHARED = "package stock\n\n// Count counts.\nfunc Count() int { return few() }\n\nfunc few() int { return 3 }\n"
MAIN = 'package main\n\nimport "example.org/shop/stock"\n\nfunc main() { run() }\n\nfunc run() { stock.Count() }\n'
SHOP = {
    "go.mod": GO_MOD,
    "stock/stock.go": SHARED,
    "cmd/shop/main.go": MAIN,
    "cmd/audit/main.go": MAIN,
    "cmd/other/main.go": "package main\n\nfunc main() { alone() }\n\nfunc alone() {}\n",
    # None of these is a program of the build.
    "hack/gen.go": "//go:build ignore\n\npackage main\n\nfunc main() {}\n",
    "cmd/win/main_windows.go": "package main\n\nfunc main() {}\n",
    "cmd/shop/testdata/x/main.go": "package main\n\nfunc main() {}\n",
    "tools/vendor/example.org/tool/main.go": "package main\n\nfunc main() {}\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    repository(tmp_path / "shop", SHOP)
    return tmp_path / "shop"


def ask(folder: Path, *arguments: str, expect: int = 0, cache: Path | None = None) -> CompletedProcess[str]:
    done = tracer(*arguments, folder=folder, cache=cache or folder.parent / "cache")
    assert done.returncode == expect, done.stdout + done.stderr
    return done


def callers(done: CompletedProcess[str]) -> list[str]:
    return [row["caller"] for row in json.loads(done.stdout)["edges"]]


def test_the_repository_that_one_is_in(shop: Path) -> None:
    for folder in (shop, shop / "stock"):
        done = ask(folder, "callers", "few", "--json")
        assert callers(done) == ["example.org/shop/stock.Count"]
        assert f"shop: HEAD {git(shop, 'rev-parse', 'HEAD')[:7]}\n" in done.stderr


def test_every_verb_asks_about_it(shop: Path) -> None:
    for question in (
        ("callees", "run"),
        ("find", "Count"),
        ("explain", "stock/stock.go:4"),
        ("explain", "Count", "few"),
        ("edges", "--package", "./stock"),
    ):
        assert "stock" in ask(shop, *question).stdout, question
    assert ask(shop, "follow", "run", "--to", "few").stdout.count("call") == 2
    ask(shop, "wires")
    assert ask(shop, "sync", "--modules").stdout == f"shop {git(shop, 'rev-parse', 'HEAD')}\n0 modules\n"


def test_a_program_is_the_one_that_links_the_symbol(shop: Path) -> None:
    assert "program" not in ask(shop, "callers", "alone").stderr
    # Of several that do, first the one that is named like the repository.
    done = ask(shop, "callees", "run")
    assert "program cmd/shop, named like the repository, of 2 programs that have run; another:\n" in done.stderr
    assert "  tracer callees run --program cmd/audit\n" in done.stderr
    below = ask(shop / "cmd" / "audit", "callees", "run")
    assert "program cmd/audit, below the folder you are in, of 2 programs" in below.stderr
    assert "audit" in ask(shop, "callees", "run", "--program", "cmd/audit").stdout


def test_programs_for_users_come_before_others_and_deep_ones_are_not_near(tmp_path: Path) -> None:
    run = 'package {}\n\nimport "example.org/x/{}"\n\nfunc {}() {{ {}.{}() }}\n'
    files = {
        "go.mod": "module example.org/x\n",
        "cmd/b/use/app/app.go": "package app\n\nfunc App() {}\n",
        "cmd/b/in/more/more.go": run.format("more", "cmd/b/use/app", "More", "app", "App"),
        "cmd/b/main.go": run.format("main", "cmd/b/in/more", "main", "more", "More"),
        "cmd/b/use/in/the/test/main.go": run.format("main", "cmd/b/use/app", "main", "app", "App"),
        "pkg/deep.go": "package pkg\n\nfunc Deep() {}\n",
        "hack/main.go": run.format("main", "pkg", "main", "pkg", "Deep"),
        "cmd/all/all.go": run.format("all", "pkg", "All", "pkg", "Deep"),
        "cmd/main.go": run.format("main", "cmd/all", "main", "all", "All"),
    }
    repository(tmp_path / "y", files)
    assert "program cmd/b, the nearest to where it is declared, of 2" in ask(tmp_path / "y", "callees", "App").stderr
    assert "program cmd, in cmd, where programs for users are, of 2" in ask(tmp_path / "y", "callees", "Deep").stderr


def test_of_programs_that_link_it_the_nearest_or_smallest_is_taken(tmp_path: Path) -> None:
    run = 'package {}\n\nimport "example.org/x/{}"\n\nfunc {}() {{ {}.{}() }}\n'
    files = {
        "go.mod": "module example.org/x\n",
        "pkg/deep/deep.go": "package deep\n\nfunc Deep() {}\n",
        "cmd/b/app/app.go": run.format("app", "pkg/deep", "App", "deep", "Deep"),
        "cmd/b/main.go": run.format("main", "cmd/b/app", "main", "app", "App"),
        "cmd/c/more/more.go": run.format("more", "cmd/b/app", "More", "app", "App"),
        "cmd/c/main.go": run.format("main", "cmd/c/more", "main", "more", "More"),
        "a/main.go": run.format("main", "cmd/c/more", "main", "more", "More"),
    }
    repository(tmp_path / "x", files)
    assert "program cmd/b, the nearest to where it is declared, of 3" in ask(tmp_path / "x", "callees", "App").stderr
    assert "program cmd/b, the one of fewest packages, of 3" in ask(tmp_path / "x", "callers", "Deep").stderr
    assert "program cmd/c, the nearest" in ask(tmp_path / "x", "callers", "More").stderr


def test_of_programs_that_link_it_one_that_has_the_target_is_taken(tmp_path: Path) -> None:
    run = 'package main\n\nimport "example.org/z/pkg"\n\nfunc main() { pkg.Open() }\n'
    more = 'package more\n\nimport "example.org/z/pkg"\n\nfunc init() { pkg.Hook = last }\n\nfunc last() {}\n'
    files = {
        "go.mod": "module example.org/z\n",
        "pkg/pkg.go": "package pkg\n\nvar Hook func()\n\nfunc Open() { Hook() }\n",
        "more/more.go": more,
        "cmd/a/main.go": run,
        "cmd/b/main.go": run.replace("import ", 'import _ "example.org/z/more"\nimport '),
    }
    repository(tmp_path / "z", files)
    for _ in range(2):
        done = ask(tmp_path / "z", "follow", "Open", "--to", "last")
        assert "program cmd/b, which has what --to names, of 2 programs that have Open; another:" in done.stderr
    # Where none has it, or nobody asks for it, the others are told apart as ever.
    assert "program cmd/a, the one of fewest packages" in ask(tmp_path / "z", "callees", "Open").stderr


def test_only_programs_that_are_built_are_programs(shop: Path) -> None:
    assert "of 3 programs;" in ask(shop, "edges").stderr


def test_a_name_that_means_nothing(shop: Path) -> None:
    done = ask(shop, "callers", "Cuont", expect=2)
    assert "nothing is called 'Cuont' in the 3 programs of shop; like it are:\n" in done.stderr
    assert "  tracer callers stock.Count  # func  stock/stock.go:4\n" in done.stderr
    assert "no program of shop has a file gone.go" in ask(shop, "explain", "gone.go:4", expect=2).stderr


def test_the_work_tree_is_read_as_it_stands(shop: Path) -> None:
    git(shop, "remote", "add", "origin", "https://github.com/example/shop")
    (shop / "stock/stock.go").write_text(SHARED + "\nfunc Twice() int { return few() + few() }\n", encoding="utf-8")
    (shop / "stock/more.go").write_text("package stock\n\nfunc More() int { return few() }\n", encoding="utf-8")
    (shop / "stock/notes.txt").write_text("nothing", encoding="utf-8")
    (shop / "cmd/audit/main.go").unlink()
    (shop / ".gitignore").write_text("ignored.go\n", encoding="utf-8")
    (shop / "stock/ignored.go").write_text("package stock\n\nfunc Ignored() int { return few() }\n", encoding="utf-8")
    done = ask(shop, "callers", "few", "--json")
    named = [f"example.org/shop/stock.{name}" for name in ("Count", "More", "Twice", "Twice")]
    assert sorted(callers(done)) == named
    assert f"HEAD {git(shop, 'rev-parse', 'HEAD')[:7]} + 3 changed files" in done.stderr
    # What is kept is kept by what was read.
    (shop / "stock/more.go").unlink()
    assert len(callers(ask(shop, "callers", "few", "--json"))) == 3
    git(shop, "add", "stock/stock.go")
    assert len(callers(ask(shop, "callers", "few", "--json"))) == 3


def test_what_was_changed_has_no_link(shop: Path) -> None:
    git(shop, "remote", "add", "origin", "https://github.com/example/shop")
    (shop / "stock/stock.go").write_text(SHARED + "\n// More.\n", encoding="utf-8")
    trace = json.loads(ask(shop, "follow", "main.run", "--to", "few", "--json").stdout)
    links = [hop["call"]["permalink"] for hop in trace["hops"]]
    head = git(shop, "rev-parse", "HEAD")
    assert links == [f"https://github.com/example/shop/blob/{head}/cmd/shop/main.go#L7", None]
    assert trace["pins"][0]["changed"] == ["stock/stock.go"]
    told = ask(shop, "follow", "main.run", "--to", "few").stdout
    assert "stock/stock.go:4 (changed since HEAD)" in told
    assert "cmd/shop/main.go:7 (changed" not in told


def test_the_index_is_left_alone(shop: Path) -> None:
    index = (shop / ".git/index").read_bytes()
    (shop / "stock/stock.go").touch()
    ask(shop, "callers", "few")
    assert (shop / ".git/index").read_bytes() == index


LIBRARIES = {
    "a/go.mod": "module example.org/r/a\n",
    "a/a.go": 'package a\n\nimport "example.org/r/a/in"\n\nfunc Open() { in.Step() }\n',
    "a/in/in.go": "package in\n\nfunc Step() { last() }\n\nfunc last() {}\n",
    "b/go.mod": "module example.org/r/b\n\nrequire example.org/r/a v0.0.0\n\nreplace example.org/r/a => ../a\n",
    "b/b.go": 'package b\n\nimport "example.org/r/a"\n\nfunc Use() { a.Open() }\n',
}


def test_libraries_whose_modules_are_all_below_the_root(tmp_path: Path) -> None:
    repository(tmp_path / "r", LIBRARIES)
    done = ask(tmp_path / "r", "follow", "Use", "--to", "last")
    assert "r:b/..." in done.stdout
    assert "not among the sources" not in done.stdout
    near = ask(tmp_path / "r", "callers", "last")
    assert "program a/..., the nearest to where it is declared, of 2 programs that have last" in near.stderr
    ask(tmp_path / "r", "wires")


def test_a_program_that_cannot_be_loaded_is_left_out_and_said(tmp_path: Path) -> None:
    broken = {"c/go.mod": "module example.org/r/c\n\nrequire (\n", "c/main.go": "package main\n\nfunc main() {}\n"}
    main = {
        "d/go.mod": "module example.org/r/d\n",
        "d/main.go": "package main\n\nfunc main() { run() }\n\nfunc run() {}\n",
    }
    repository(tmp_path / "r", broken | main)
    for _ in range(2):
        done = ask(tmp_path / "r", "wires")
        assert "left out: c: the program cannot be loaded, and the others are asked without it: r@" in done.stdout
        assert "c/go.mod: the block of require has no end" in done.stdout
    assert callers(ask(tmp_path / "r", "callers", "run", "--json")) == ["example.org/r/d.main"]
    assert (
        "c/go.mod: the block of require has no end"
        in ask(tmp_path / "r", "callers", "main.main", "--program", "c", expect=2).stderr
    )


def test_a_library_is_a_program_of_what_it_exports(tmp_path: Path) -> None:
    files = {
        "go.mod": "module example.org/lib\n",
        "lib.go": 'package lib\n\nimport "example.org/lib/in"\n\nfunc Open() { in.Step() }\n',
        "in/in.go": "package in\n\nfunc Step() { last() }\n\nfunc last() {}\n",
    }
    repository(tmp_path / "lib", files)
    done = ask(tmp_path / "lib", "follow", "Open", "--to", "last")
    assert "lib:..." in done.stdout
    assert callers(ask(tmp_path / "lib", "callers", "last", "--program", "./...", "--json")) == [
        "example.org/lib/in.Step"
    ]


def test_no_go_code(tmp_path: Path) -> None:
    repository(tmp_path / "book", {"README.md": "words"})
    assert "there is no Go code in book" in ask(tmp_path / "book", "callers", "X", expect=2).stderr


def test_no_repository(tmp_path: Path) -> None:
    done = ask(tmp_path, "follow", "X", expect=2)
    assert "no repository to ask about" in done.stderr
    assert "--source NAME=PATH" in done.stderr


# Several repositories


@pytest.fixture
def both(tmp_path: Path) -> Path:
    for name, files in {"client": CLIENT_FILES, "server": SERVER_FILES}.items():
        repository(tmp_path / name, files)
    return tmp_path


def test_sources_add_repositories(both: Path) -> None:
    done = ask(both / "client", "follow", "Sync", "--to", "DefaultLabel", "--source", "server=../server")
    assert "══> server:cmd/box" in done.stdout
    assert ask(both / "client", "follow", "Sync", "--source", "server=../server").stdout.count("demo.v1.Box/Open") == 1
    assert "server: HEAD" in done.stderr


def test_sources_alone(both: Path) -> None:
    sources = ("--source", "client=client", "--source", "server=server")
    assert "══> server:cmd/box" in ask(both, "follow", "Sync", "--repo", "client", *sources).stdout
    assert "say which repository is meant: client, server" in " ".join(
        ask(both, "follow", "Sync", *sources, expect=2).stderr.replace("│", " ").split()
    )
    assert ask(both, "callers", "label", "--source", "server=server").stdout
    # What one stands in has nothing to do with a question about another.
    other = ask(both / "client", "callers", "label", "--repo", "server", "--source", "server=../server")
    assert "client" not in other.stderr


def test_a_source_at_a_revision(both: Path) -> None:
    (both / "server/cmd/box/main.go").write_text("package main\n\nfunc main() {}\n", encoding="utf-8")
    assert ask(both, "callers", "label", "--source", "server=server@HEAD").stdout
    assert "nothing is called 'label'" in ask(both, "callers", "label", "--source", "server=server", expect=2).stderr


def test_a_source_that_is_fetched(both: Path) -> None:
    """A URL stands for a repository as it is at the other end, at HEAD or at a revision."""
    first = git(both / "server", "rev-parse", "HEAD")
    url = (both / "server").resolve().as_uri()
    assert ask(both / "client", "follow", "Sync", "--source", f"server={url}").stdout.count("══> server:cmd/box") == 1
    (both / "server/cmd/box/main.go").write_text("package main\n\nfunc main() {}\n", encoding="utf-8")
    git(both / "server", "commit", "-q", "-a", "-m", "less")
    assert "nothing is called 'label'" in ask(both, "callers", "label", "--source", f"server={url}", expect=2).stderr
    assert ask(both, "callers", "label", "--source", f"server={url}", "--rev", first).stdout
    shutil.rmtree(both / "server")
    # A commit that was fetched needs nobody to tell what it is; a branch does.
    assert ask(both, "callers", "label", "--source", f"server={url}@{first}", "--offline").stdout
    offline = ask(both, "callers", "label", "--source", f"server={url}@main", "--offline", expect=3)
    assert f"name the commit: --source server={url}@SHA" in offline.stderr


def test_a_revision_of_the_repository_that_one_is_in(shop: Path) -> None:
    git(shop, "tag", "v1.0.0")
    (shop / "stock/stock.go").write_text(SHARED.replace("few", "lot"), encoding="utf-8")
    git(shop, "commit", "-q", "-a", "-m", "more")
    (shop / "stock/stock.go").write_text(SHARED.replace("few", "all"), encoding="utf-8")
    for rev, name in ((), "all"), (("--rev", "HEAD"), "lot"), (("--rev", "v1.0.0"), "few"):
        assert callers(ask(shop, "callers", name, "--json", *rev)) == ["example.org/shop/stock.Count"], rev
    for question in (
        ("callees", "run"),
        ("find", "few"),
        ("explain", "stock/stock.go:4"),
        ("wires",),
    ):
        assert "shop: HEAD" not in ask(shop, *question, "--rev", "v1.0.0").stderr
    assert f"shop {git(shop, 'rev-parse', 'v1.0.0')}" in ask(shop, "sync", "--rev", "v1.0.0").stdout
    assert "has no commit none" in ask(shop, "callers", "few", "--rev", "none", expect=3).stderr
    twice = ask(shop, "callers", "few", "--source", f"shop={shop}@HEAD", "--rev", "v1.0.0", expect=3)
    assert "two revisions are named for shop: HEAD and v1.0.0" in twice.stderr


def test_a_name_of_a_shipped_investigation_with_a_source_is_that_source(both: Path) -> None:
    shutil.move(both / "server", both / "containerd")
    done = ask(both, "callers", "label", "--repo", "containerd", "--source", "containerd=containerd", "--offline")
    assert "Open" in done.stdout


def test_a_shipped_investigation_is_used_where_its_repository_is_asked_for(both: Path) -> None:
    done = ask(both / "client", "find", "Sync", "--repo", "kubernetes", "--offline", expect=3)
    assert "kubernetes" in done.stderr


# Investigations of a folder


def investigation(folder: Path, *names: str) -> None:
    shas = {repo: git(folder.parent / repo, "rev-parse", "HEAD") for repo in ("client", "server")}
    for name in names:
        (folder / name).write_text(INVESTIGATION.format(**shas), encoding="utf-8")


@pytest.mark.parametrize("name", ["investigation.toml", "label.tracer.toml"])
def test_an_investigation_of_the_folder_is_taken(both: Path, name: str) -> None:
    investigation(both / "client", name)
    sources = ("--source", "client=.", "--source", "server=../server")
    done = ask(both / "client", "follow", "Sync", *sources)
    assert "What does Sync come to?" in done.stdout
    assert "HEAD" not in done.stderr


def test_claims_of_the_folder_are_checked(both: Path) -> None:
    investigation(both / "client", "investigation.toml")
    done = ask(both / "client", "check", "--source", "client=.", "--source", "server=../server", expect=2)
    assert "there is no claim in it" in done.stderr


def test_of_several_investigations_one_has_to_be_named(both: Path) -> None:
    investigation(both / "client", "a.tracer.toml", "b.tracer.toml")
    assert "-i a.tracer.toml" in ask(both / "client", "follow", "Sync", expect=2).stderr


def test_claims_and_pages_at_a_revision(shop: Path) -> None:
    """A clone that has the pin is read at another revision; what an investigation pins is told beside it."""
    first = git(shop, "rev-parse", "HEAD")
    ask(shop, "follow", "run", "--to", "stock.few", "--program", "cmd/shop", "--save", "investigation.toml")
    assert "1 of 1 claim holds" in ask(shop, "check").stdout
    (shop / "stock/stock.go").write_text(SHARED.replace("return few()", "return 3"), encoding="utf-8")
    git(shop, "commit", "-q", "-a", "-m", "less")
    assert "1 of 1 claim holds" in ask(shop, "check").stdout
    for name in ((), ("--repo", "shop")):
        broken = ask(shop, "check", "--rev", "HEAD", *name, expect=1).stdout
        assert f"which is not the pin {first}" in broken
    assert "which is not the pin" not in ask(shop, "check", "--rev", first).stdout
    ask(shop, "report", "--html", "old")
    ask(shop, "report", "--html", "new", "--rev", "HEAD", expect=1)
    assert "stock.few" in (shop / "old/index.html").read_text(encoding="utf-8")
    assert "there is no repository 'none'" in ask(shop, "check", "--rev", "HEAD", "--repo", "none", expect=2).stderr


def test_a_revision_is_of_one_repository(both: Path) -> None:
    chain = '\n[[chains]]\nname = "more"\nrepository = "server"\nentry = "x"\ntarget = "y"\n'
    pins = {name: git(both / name, "rev-parse", "HEAD") for name in ("client", "server")}
    text = (
        INVESTIGATION.format(**pins)
        + chain
        + '\n[[claims]]\nclaim = "x"\nsymbol = "x"\nrepository = "server"\nplace = "x.go"\n'
    )
    (both / "investigation.toml").write_text(text, encoding="utf-8")
    for verb in ("check", "report"):
        error = ask(both, verb, "--rev", "v1", expect=2).stderr
        assert "--rev is of one repository: say which" in error
        assert f"  tracer {verb} --rev v1 --repo client\n  tracer {verb} --rev v1 --repo server\n" in error
