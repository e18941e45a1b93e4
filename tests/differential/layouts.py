"""Random trees of modules, written in all the ways that go.mod and go.work allow, and where the go command finds their packages."""

from __future__ import annotations

import os
import posixpath
import subprocess
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

_SETTINGS = {"GOPROXY": "off", "GOTOOLCHAIN": "local", "GOSUMDB": "off", "CGO_ENABLED": "0"}
_DROPPED = ("GOFLAGS", "GOWORK", "GOROOT", "GOPATH", "GO111MODULE")
_DIRECTORIES = ("", "a", "a/b", "internal/x", "pkg/testdata", "vendored")
_PLACES = ("", "app", "lib", "third party", "services/front", "services/back", "api", "app/tools", "lib/nested/deep")
_VERSIONS = ("v0.0.0", "v0.1.0", "v0.2.0-rc.1", "v1.4.9", "v0.0.0-20240102030405-0123456789ab")


class GoError(Exception):
    """The go command takes a tree for wrong."""


def go(folder: Path, *arguments: str, **more: str) -> str:
    kept = {k: v for k, v in os.environ.items() if k not in _DROPPED}
    done = subprocess.run(
        ["go", *arguments], cwd=folder, env=kept | _SETTINGS | more, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise GoError(done.stderr)
    return done.stdout


@dataclass
class Module:
    """``needs`` are all modules that it is built from, directly or not."""

    path: str
    directory: str
    version: str
    go: str
    packages: list[str] = field(default_factory=list)
    needs: set[int] = field(default_factory=set)
    direct: set[int] = field(default_factory=set)


@dataclass
class Generated:
    """``mode`` is what -mod shall be, ``main`` the main package's directory."""

    files: dict[str, str]
    main: str
    mode: str
    vendors: str


def tree(random: Random) -> Generated:
    """A tree of some modules, of which the first has the main package."""
    modules = _modules(random)
    files: dict[str, str] = {}
    for i, module in enumerate(modules):
        _write_packages(random, modules, i, files)
        if random.random() < 0.2:
            files[posixpath.join(module.directory, "testdata/other/go.mod")] = "module not a module (\n"
            files[posixpath.join(module.directory, "testdata/other/x.go")] = "package other\n"
    for i in reversed(range(len(modules))):
        for j in modules[i].direct:
            modules[i].needs |= {j} | modules[j].needs
    work = random.random() < 0.45
    used = {0} | {i for i in range(1, len(modules)) if random.random() < 0.6} if work else {0}
    top = _common([modules[i].directory for i in used]) if work and random.random() < 0.3 else ""
    at_top = {i for i in modules[0].needs - used if random.random() < 0.5} if work else set[int]()
    for i, module in enumerate(modules):
        # In a workspace a main module at a version is looked for elsewhere all the same.
        unpublished = used - {0} if work else set[int]()
        rows = _requirements(random, modules, i, module.needs - unpublished)
        # Only main modules' replacements count; others have some all the same, which may lead elsewhere.
        replaced = module.needs - (used if work else set()) - at_top
        rows += [_replacement(random, module.directory, modules[j]) for j in sorted(replaced)]
        text = _written(random, [("module", _quoted(random, module.path)), ("go", module.go), *rows])
        files[posixpath.join(module.directory, "go.mod")] = text
    if work:
        rows = [("use", _quoted(random, _from(top, modules[i].directory))) for i in sorted(used)]
        rows += [_replacement(random, top, modules[j]) for j in sorted(at_top)]
        files[posixpath.join(top, "go.work")] = _written(random, [("go", "1.24"), *rows])
    vendors = random.choice(["", "", "work" if work else "mod"])
    return Generated(files, posixpath.join(modules[0].directory, "cmd"), "readonly" if work else "mod", vendors)


def _modules(random: Random) -> list[Module]:
    places = random.sample(_PLACES, random.randint(1, 6))
    base = random.choice(["example.com/r", "shop", "github.com/Some/shop"])
    modules: list[Module] = []
    for i, place in enumerate(places):
        spelt = place.replace(" ", "-")
        path = f"{base}/{spelt}" if place and random.random() < 0.6 else f"example.com/m{i}"
        version = random.choice(_VERSIONS)
        if random.random() < 0.2:
            path, version = f"{path}/v2", "v2.3.4"
        modules.append(Module(path, place, version, random.choice(["1.16", "1.17", "1.21", "1.24"])))
    # No module may need a later Go than the main module.
    modules[0].go = max(module.go for module in modules)
    return modules


def _write_packages(random: Random, modules: list[Module], i: int, files: dict[str, str]) -> None:
    """Packages import those that come later in their module, and those of later modules."""
    module = modules[i]
    others = {one.directory for one in modules} - {module.directory}
    chosen = [d for d in _DIRECTORIES if random.random() < 0.6 or not d]
    module.packages = [
        d for d in chosen if not _is_below(posixpath.join(module.directory, d), others, module.directory)
    ]
    for at, directory in enumerate(module.packages):
        imports = [f"{module.path}/{d}" for d in module.packages[at + 1 :] if random.random() < 0.5]
        later = [j for j in range(i + 1, len(modules)) if random.random() < 0.5]
        module.direct |= set(later)
        imports += [modules[j].path for j in later]
        text = f"package {'p' if directory else 'root'}\n\n" + "".join(f'import _ "{path}"\n' for path in imports)
        files[posixpath.join(module.directory, directory, "p.go")] = text
    if i == 0:
        paths = ["fmt", *(f"{module.path}/{d}".rstrip("/") for d in module.packages)]
        text = "package main\n\nimport (\n" + "".join(f'\t_ "{path}"\n' for path in paths) + ")\n\nfunc main() {}\n"
        files[posixpath.join(module.directory, "cmd/main.go")] = text


def _is_below(directory: str, others: set[str], own: str) -> bool:
    """Whether a directory is in another module that stands below its own."""
    return any((directory + "/").startswith(o + "/") and len(o) > len(own) for o in others if o)


def _requirements(random: Random, modules: list[Module], i: int, needs: set[int]) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    module = modules[i]
    for j in sorted(needs if i == 0 or module.go >= "1.17" else module.direct & needs):
        mark = "" if j in module.direct else " // indirect"
        rows.append(("require", f"{_quoted(random, modules[j].path)} {modules[j].version}{mark}"))
    return rows


def _replacement(random: Random, at: str, module: Module) -> tuple[str, str]:
    version = f" {module.version}" if random.random() < 0.5 else ""
    target = _quoted(random, _from(at, module.directory))
    return "replace", f"{_quoted(random, module.path)}{version} => {target}"


def _from(at: str, directory: str) -> str:
    path = posixpath.relpath(directory or ".", at or ".")
    return path if path.startswith(".") else f"./{path}"


def _common(directories: list[str]) -> str:
    return posixpath.commonpath([f"/{d}" for d in directories]).strip("/")


def _quoted(random: Random, text: str) -> str:
    must = " " in text
    return f'"{text}"' if must or random.random() < 0.2 else text


def _written(random: Random, rows: list[tuple[str, str]]) -> str:
    """Directives as lines or blocks, with comments, in either kind of line ends."""
    out = ["// a file (", ""] if random.random() < 0.3 else []
    blocks: dict[str, list[str]] = {}
    for verb, rest in rows:
        if verb not in ("module", "go") and random.random() < 0.6:
            blocks.setdefault(verb, []).append(rest)
        else:
            spaces = random.choice([" ", "\t", "  "])
            out.append(f"{verb}{spaces}{rest}{random.choice(['', '', ' // why'])}")
    for verb, lines in blocks.items():
        out += [f"{verb} (", *(f"\t{line}" for line in lines), random.choice(["\t// none", ""]), ")"]
    return random.choice(["\n", "\n", "\r\n"]).join([*out, ""])


# Modules with several versions, behind a proxy


def published(random: Random, proxy: Path) -> dict[str, str]:
    """Fills a proxy with modules in several versions, and gives the files of a tree that is built from them."""
    names = [f"example.com/{random.choice('abcXYZ')}{i}" for i in range(random.randint(2, 7))]
    versions = {name: sorted(random.sample(_RELEASES, random.randint(1, 4))) for name in names}
    for i, name in enumerate(names):
        for version in versions[name]:
            needs = {other: random.choice(versions[other]) for other in names[i + 1 :] if random.random() < 0.5}
            _publish(proxy, name, version, random.choice(["", "1.16", "1.17", "1.21"]), needs)
    mains = ["", "second"] if random.random() < 0.4 else [""]
    files: dict[str, str] = {}
    for main in mains:
        direct = [name for name in names if random.random() < 0.6] or names[:1]
        rows = [("require", f"{name} {random.choice(versions[name])}") for name in direct]
        if random.random() < 0.3:
            name = random.choice(names)
            rows.append(("exclude", f"{name} {random.choice(versions[name])}"))
        if random.random() < 0.3 and len(mains) == 1:
            name = random.choice(names)
            rows.append(("replace", f"{name} => {name} {random.choice(versions[name])}"))
        go_version = random.choice(["1.16", "1.21"]) if len(mains) == 1 else "1.21"
        text = _written(random, [("module", f"example.com/main/{main}".rstrip("/")), ("go", go_version), *rows])
        files[posixpath.join(main, "go.mod")] = text
        imports = "".join(f'import _ "{name}"\n' for name in direct)
        files[posixpath.join(main, "cmd/main.go")] = f"package main\n\n{imports}\nfunc main() {{}}\n"
    if len(mains) > 1:
        files["go.work"] = "go 1.21\n\nuse (\n\t.\n\t./second\n)\n"
    return files


_RELEASES = ["v0.9.0", "v1.0.0", "v1.1.0-rc.1", "v1.1.0", "v1.10.0", "v1.2.0", "v1.0.1-0.20240102030405-0123456789ab"]


def _publish(proxy: Path, path: str, version: str, go_version: str, needs: dict[str, str]) -> None:
    mod = f"module {path}\n" + (f"\ngo {go_version}\n" if go_version else "")
    mod += "".join(f"\nrequire {name} {wanted}\n" for name, wanted in needs.items())
    spelt = "".join("!" + c.lower() if c.isupper() else c for c in path)
    at = proxy / spelt / "@v"
    at.mkdir(parents=True, exist_ok=True)
    (at / f"{version}.mod").write_text(mod, encoding="utf-8")
    (at / f"{version}.info").write_text(f'{{"Version":"{version}","Time":"2024-01-02T03:04:05Z"}}', encoding="utf-8")
    with (at / "list").open("a", encoding="utf-8") as listed:
        listed.write(f"{version}\n")
    with zipfile.ZipFile(at / f"{version}.zip", "w") as out:
        out.writestr(f"{path}@{version}/go.mod", mod)
        text = "package p\n\n" + "".join(f'import _ "{name}"\n' for name in needs)
        out.writestr(f"{path}@{version}/p.go", text)
