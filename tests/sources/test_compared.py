"""Programs of real code: our edges against x/tools' for the calls of the programs' own packages."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from edges import Difference, Edge, by_site, differences, package
from oracle import Toolchain, module
from ours import Ours
from support import analysis, commit

from scripts.callgraph import NEEDS, VERSION, module_cache

GOPATH = Path("/usr/share/gocode")
OFF = {"GO111MODULE": "off", "GOPATH": str(GOPATH)}
SHOWN = 40


@dataclass(frozen=True)
class Bounds:
    """The least that is accepted, of 1: how much of theirs is ours, and how much of ours is theirs."""

    interface_recall: float
    interface_precision: float
    value_recall: float
    value_precision: float


# Errors that vta has at every err.Error() of etcd, since it keeps one node for all maps, slices and channels of errors. Where each is made
# was read in the source: nothing hands it to one of the calls that are compared.
ELSEWHERE = {
    "(*github.com/gogo/protobuf/proto.ParseError).Error": "of the reader of texts, which etcd does not use",
    "(*github.com/golang/protobuf/proto.ParseError).Error": "of the reader of texts, which etcd does not use",
    "(github.com/gorilla/websocket.HandshakeError).Error": "goes to who upgrades a connection",
    "(github.com/soheilhy/cmux.ErrNotMatched).Error": "goes to the handler of errors of a listener",
    "(github.com/soheilhy/cmux.errListenerClosed).Error": "goes to who accepts connections",
    "(go.etcd.io/bbolt.panicked).Error": "of DB.Batch, which etcd does not call",
    "(go.etcd.io/etcd/etcdserver.DiscoveryError).Error": "of a server that starts (server.go:401)",
    "(go.etcd.io/etcd/etcdserver/api/v2auth.Error).Error": "of the second version of the API",
    "(go.etcd.io/etcd/etcdserver/api/v2error.Error).Error": "of the second version of the API",
    "(golang.org/x/crypto/bcrypt.HashVersionTooNewError).Error": "only compared with nil (auth/store.go:381)",
    "(golang.org/x/crypto/bcrypt.InvalidHashPrefixError).Error": "only compared with nil (auth/store.go:381)",
    "(golang.org/x/net/http2.goAwayFlowError).Error": "stays in the loop of http2's server",
    "(golang.org/x/net/http2/hpack.DecodingError).Error": "http2 gives a ConnectionError instead (frame.go:1580)",
    "(golang.org/x/net/http2/hpack.InvalidIndexError).Error": "http2 gives a ConnectionError instead (frame.go:1580)",
}

# Program, the packages whose calls are compared, and what was measured, rounded down. ginkgo hands functions to flag.Var,
# whose facts do not tell that Set is called on them; 50 of the 53 edges that etcd's interfaces lack stand at one call, of an
# error out of a map: vta has one node for all maps of a type.
DEBIAN = {
    "toml": ("github.com/pelletier/go-toml/cmd/tomll", ["github.com/pelletier/go-toml"], Bounds(0, 0, 1, 1)),
    "ginkgo": ("github.com/onsi/ginkgo/ginkgo", ["github.com/onsi/ginkgo"], Bounds(1, 1, 0.93, 1)),
    "etcd": (
        "go.etcd.io/etcd",
        ["go.etcd.io/etcd/lease", "go.etcd.io/etcd/raft", "go.etcd.io/etcd/etcdserver/api/v3rpc"],
        Bounds(0.955, 0.94, 1, 1),
    ),
}
READ = {"etcd": ELSEWHERE}


@pytest.mark.parametrize("case", DEBIAN)
def test_a_program_of_debian(case: str, tools: Toolchain, tmp_path: Path) -> None:
    program, prefixes, bounds = DEBIAN[case]
    if not (GOPATH / "src" / program).is_dir():
        pytest.skip(f"{program} is in no installed Debian package")
    rows = go_list(tools, GOPATH, program, "{{.ImportPath}}\t{{.Dir}}", **OFF)
    paths: list[str] = []
    for path, directory in rows:
        if Path(directory).is_relative_to(GOPATH):
            copy(Path(directory), tmp_path / Path(directory).relative_to(GOPATH))
            paths.append(path)
    commit(tmp_path)
    read = READ.get(case, {})
    found = tools.edges(GOPATH, [program], prefixes, **OFF)
    assert read.keys() <= {e.callee for e in found}, "a row that was read is none any more"
    ours = Ours(analysis(tmp_path, f"src/{program}", name="debian", whole=True, all_code=True), below(paths, prefixes))
    compare(ours, {e for e in found if e.callee not in read}, bounds)


def test_a_module_of_the_proxy(tools: Toolchain, tmp_path: Path) -> None:
    """x/tools' own callgraph, of the version that is compared with: what built it is in Go's module cache."""
    cache = {"GOMODCACHE": module_cache(), "GOFLAGS": "-mod=mod"}
    root = Path(cache["GOMODCACHE"]) / "golang.org/x" / f"tools@{VERSION}"
    if not root.is_dir():
        pytest.skip(f"golang.org/x/tools {VERSION} is not in Go's module cache")
    # Asked from a module that needs it: x/tools itself needs more than callgraph does.
    asking, folder = tmp_path / "asking", tmp_path / "tools"
    program = "golang.org/x/tools/cmd/callgraph"
    need = f"require golang.org/x/tools {VERSION}"
    module(asking, {}, f"asking\n\n{need}", "{}.{}".format(*NEEDS))
    paths: list[str] = []
    for path, directory, name in go_list(
        tools, asking, program, "{{.ImportPath}}\t{{.Dir}}\t{{with .Module}}{{.Path}}{{end}}", **cache
    ):
        if name == "golang.org/x/tools":
            copy(Path(directory), folder / Path(directory).relative_to(root))
            paths.append(path)
        elif name:
            copy(Path(directory), folder / "vendor" / path)
    shutil.copyfile(root / "go.mod", folder / "go.mod")
    commit(folder)
    theirs = tools.edges(asking, [program], ["golang.org/x/tools"], root, **cache)
    # What vta has besides comes from functions that callgraph does not use.
    bounds = Bounds(0.99, 0.995, 0.955, 1)
    compare(Ours(analysis(folder, "cmd/callgraph", name="tools", whole=True, all_code=True), paths), theirs, bounds)


def go_list(tools: Toolchain, folder: Path, program: str, form: str, **environment: str) -> list[list[str]]:
    """What ``go list`` tells of the packages that a program is built from."""
    rows = tools.run([str(tools.go), "list", "-deps", f"-f={form}", program], folder, **environment)
    return [row.split("\t") for row in rows.splitlines()]


def copy(package: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for file in package.glob("*.go"):
        shutil.copyfile(file, target / file.name)


def below(paths: Iterable[str], prefixes: Iterable[str]) -> list[str]:
    return [path for path in paths if any((path + "/").startswith(prefix + "/") for prefix in prefixes)]


def compare(ours: Ours, theirs: set[Edge], bounds: Bounds) -> None:
    # A function that nothing mentions is not in go/ssa's program. What the standard library has ready behind an
    # interface differs between the release that our facts were made of and the go command's.
    built = {e.caller for e in theirs}
    dynamic = {s for s, k in ours.kinds.items() if k in ("interface", "value")}
    left = {e for e in ours.edges if e.caller in built and not (e.site in dynamic and is_standard(e.callee))}
    theirs = {e for e in theirs if not (e.site in dynamic and is_standard(e.callee))}
    found = differences(left, theirs)
    static = [d for d in found if kind(ours, d.edge) == "static"]
    assert not static, "\n".join(map(str, static[:SHOWN]))
    numbers = Bounds(*score(ours, left, theirs, "interface"), *score(ours, left, theirs, "value"))
    print(counts(ours, theirs), numbers)
    worst = [d for d in found if kind(ours, d.edge) != "static"]
    told = "\n".join([f"{numbers}, wanted {bounds}", *listed(worst)])
    assert all(got >= least for got, least in zip(vars(numbers).values(), vars(bounds).values(), strict=True)), told


def is_standard(name: str) -> bool:
    return "." not in package(name).split("/")[0]


def kind(ours: Ours, edge: Edge) -> str:
    found = ours.kinds.get(edge.site, "static")
    return found if found in ("interface", "value") else "static"


def score(ours: Ours, left: Iterable[Edge], theirs: Iterable[Edge], which: str) -> tuple[float, float]:
    """Recall and precision at the calls of a kind for which x/tools has any callee."""
    wanted = {s: c for s, c in by_site(theirs).items() if ours.kinds.get(s) == which}
    had = by_site(left)
    both = sum(len(c & had.get(s, set())) for s, c in wanted.items())
    all_wanted = sum(map(len, wanted.values()))
    all_had = sum(len(had.get(s, set())) for s in wanted)
    return both / max(1, all_wanted), both / max(1, all_had)


def counts(ours: Ours, theirs: set[Edge]) -> dict[str, int]:
    out: dict[str, int] = {}
    for site in by_site(theirs):
        which = ours.kinds.get(site, "unseen")
        out[which] = out.get(which, 0) + 1
    return out


def listed(found: list[Difference]) -> list[str]:
    """Differences by call, the calls with most of them last."""
    sites: dict[tuple[str, int, int], list[Difference]] = {}
    for difference in found:
        sites.setdefault(difference.edge.site, []).append(difference)
    rows = sorted(sites.items(), key=lambda row: len(row[1]))[-SHOWN:]
    return [
        f"{file}:{line}:{column}: "
        + ", ".join(f"{'+' if d.side == 'ours' else '-'}{d.edge.callee}" for d in each[:4])
        + (f" and {len(each) - 4} more" if len(each) > 4 else "")
        for (file, line, column), each in rows
    ]
