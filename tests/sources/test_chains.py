"""Known chains on real sources: Debian's Go packages in CI, and the shipped investigation where its sources are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from support import analysis, commit

from tracer import api, trace
from tracer.codes import Note
from tracer.errors import SourceError
from tracer.graph import CallGraph
from tracer.investigation.model import Repository
from tracer.investigation.reader import load
from tracer.model import Hop, Pin, Trace
from tracer.sentences import sentence
from tracer.source.clones import cache_dir, ensure

GOCODE = Path("/usr/share/gocode/src")
PARTS = (
    "github.com",
    "go.etcd.io",
    "go.opentelemetry.io",
    "go.uber.org",
    "golang.org",
    "google.golang.org",
    "gopkg.in",
)
ETCD = "src/go.etcd.io/etcd"

# Debian packages libraries: what has no main package there has one here.
ASKING = """package main

import (
	"context"

	"go.etcd.io/etcd/clientv3"
)

func main() {
	ctx := context.Background()
	client, _ := clientv3.New(clientv3.Config{Endpoints: []string{"localhost:2379"}})
	_, _ = client.Put(ctx, "a", "b")
	_ = client.Watch(ctx, "a")
	lease, _ := client.Grant(ctx, 5)
	_, _ = client.KeepAlive(ctx, lease.ID)
}
"""
RUNNING = """package main

import (
	"context"

	"github.com/containerd/containerd"
	"github.com/containerd/containerd/cio"
)

func main() {
	ctx := context.Background()
	client, _ := containerd.New("/run/containerd/containerd.sock")
	container, _ := client.LoadContainer(ctx, "box")
	task, _ := container.NewTask(ctx, cio.NullIO)
	_ = task.Start(ctx)
}
"""
DAEMON = """package main

import (
	"os"

	"github.com/containerd/containerd/cmd/containerd/command"
	_ "github.com/containerd/containerd/runtime/v2"
	_ "github.com/containerd/containerd/services/tasks"
)

func main() { _ = command.App().Run(os.Args) }
"""
SHIM = """package main

import (
	"context"

	"github.com/containerd/containerd/runtime/v2/runc/manager"
	_ "github.com/containerd/containerd/runtime/v2/runc/task/plugin"
	"github.com/containerd/containerd/runtime/v2/shim"
)

func main() { shim.RunManager(context.Background(), manager.NewShimManager("io.containerd.runc.v2")) }
"""
OWN = {"asking": ASKING, "running": RUNNING, "daemon": DAEMON, "containerd-shim-runc-v2": SHIM}
ASKED = ["src/example.org/asking", ETCD]
RUN = ["src/example.org/running", "src/example.org/daemon", "src/example.org/containerd-shim-runc-v2"]


@pytest.fixture(scope="session")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed Go sources of Debian as one repository, a GOPATH tree, with the programs of ``OWN``."""
    if not (GOCODE / "go.etcd.io/etcd").is_dir():
        pytest.skip("Debian's golang-etcd-server-dev is not installed")
    folder = tmp_path_factory.mktemp("debian")

    def unwanted(at: str, names: list[str]) -> list[str]:
        return [n for n in names if not n.endswith(".go") and not (Path(at) / n).is_dir()]

    for part in PARTS:
        if (GOCODE / part).is_dir():
            shutil.copytree(GOCODE / part, folder / "src" / part, ignore=unwanted, ignore_dangling_symlinks=True)
    for name, text in OWN.items():
        (folder / "src/example.org" / name).mkdir(parents=True)
        (folder / "src/example.org" / name / "main.go").write_text(text, encoding="utf-8")
    commit(folder)
    return folder


@pytest.fixture(scope="session")
def etcd(debian: Path) -> CallGraph:
    return CallGraph([analysis(debian, program, name="debian") for program in ASKED])


@pytest.fixture(scope="session")
def containerd(debian: Path) -> CallGraph:
    if not (GOCODE / "github.com/containerd/containerd/services/tasks").is_dir():
        pytest.skip("Debian's golang-github-containerd-containerd-dev is not installed")
    return CallGraph([analysis(debian, program, name="debian") for program in RUN])


def chain(graph: CallGraph, start: str, *names: str) -> list[tuple[str, str, str]]:
    first = graph.node(*api.lookup(graph.analyses, start))
    points = [[graph.node(*found) for found in api.lookup_all(graph.analyses, name)] for name in names]
    found = trace.between(graph, first, points, lambda _name, _count: None)
    assert found.chains, [s.message for s in found.stops]
    hops: tuple[Hop, ...] = trace.hops(graph, found.chains[0])
    return [(h.edge.kind.value, h.target.short, h.edge.wire) for h in hops]


def test_etcd_puts_a_key(etcd: CallGraph) -> None:
    assert chain(etcd, "asking.main", "etcdserver.EtcdServer.Put") == [
        ("interface", "(*clientv3.kv).Put", ""),
        ("call", "(*clientv3.kv).Do", ""),
        ("interface", "(*clientv3.retryKVClient).Put", ""),
        ("interface", "(*etcdserverpb.kVClient).Put", ""),
        ("rpc", "etcdserverpb._KV_Put_Handler", "/etcdserverpb.KV/Put"),
        ("interface", "(*v3rpc.quotaKVServer).Put", ""),
        ("interface", "(*v3rpc.kvServer).Put", ""),
        ("interface", "(*etcdserver.EtcdServer).Put", ""),
    ]


def test_etcd_watches_by_a_stream_in_both_directions(etcd: CallGraph) -> None:
    assert chain(etcd, "asking.main", "v3rpc.watchServer.Watch") == [
        ("interface", "(*clientv3.watcher).Watch", ""),
        ("call", "(*clientv3.watcher).newWatcherGrpcStream", ""),
        ("call", "(*clientv3.watchGrpcStream).run", ""),
        ("call", "(*clientv3.watchGrpcStream).newWatchClient", ""),
        ("call", "(*clientv3.watchGrpcStream).openWatchClient", ""),
        ("interface", "(*etcdserverpb.watchClient).Watch", ""),
        ("rpc", "etcdserverpb._Watch_Watch_Handler", "/etcdserverpb.Watch/Watch"),
        ("interface", "(*v3rpc.watchServer).Watch", ""),
    ]
    assert chain(etcd, "v3rpc.watchServer.Watch", "etcdserverpb.watchWatchServer.Recv") == [
        ("call", "(*v3rpc.watchServer).Watch$2", ""),
        ("call", "(*v3rpc.serverWatchStream).recvLoop", ""),
        ("interface", "(*etcdserverpb.watchWatchServer).Recv", ""),
    ]
    assert chain(etcd, "clientv3.watchGrpcStream.run", "etcdserverpb.watchWatchClient.Send") == [
        ("interface", "(*etcdserverpb.watchWatchClient).Send", "")
    ]


def test_etcd_grants_a_lease(etcd: CallGraph) -> None:
    assert chain(etcd, "asking.main", "etcdserver.EtcdServer.LeaseGrant") == [
        ("interface", "(*clientv3.lessor).Grant", ""),
        ("interface", "(*clientv3.retryLeaseClient).LeaseGrant", ""),
        ("interface", "(*etcdserverpb.leaseClient).LeaseGrant", ""),
        ("rpc", "etcdserverpb._Lease_LeaseGrant_Handler", "/etcdserverpb.Lease/LeaseGrant"),
        ("interface", "(*v3rpc.quotaLeaseServer).LeaseGrant", ""),
        ("interface", "(*v3rpc.LeaseServer).LeaseGrant", ""),
        ("interface", "(*etcdserver.EtcdServer).LeaseGrant", ""),
    ]


def test_etcd_keeps_a_lease_by_a_stream_in_both_directions(etcd: CallGraph) -> None:
    assert chain(etcd, "asking.main", "etcdserver.EtcdServer.LeaseRenew") == [
        ("interface", "(*clientv3.lessor).KeepAlive", ""),
        ("call", "(*sync.Once).Do", ""),
        ("call", "(*sync.Once).doSlow", ""),
        ("value", "(*clientv3.lessor).KeepAlive$1", ""),
        ("call", "(*clientv3.lessor).recvKeepAliveLoop", ""),
        ("call", "(*clientv3.lessor).resetRecv", ""),
        ("interface", "(*clientv3.retryLeaseClient).LeaseKeepAlive", ""),
        ("interface", "(*etcdserverpb.leaseClient).LeaseKeepAlive", ""),
        ("rpc", "etcdserverpb._Lease_LeaseKeepAlive_Handler", "/etcdserverpb.Lease/LeaseKeepAlive"),
        ("interface", "(*v3rpc.LeaseServer).LeaseKeepAlive", ""),
        ("call", "(*v3rpc.LeaseServer).LeaseKeepAlive$1", ""),
        ("call", "(*v3rpc.LeaseServer).leaseKeepAlive", ""),
        ("interface", "(*etcdserver.EtcdServer).LeaseRenew", ""),
    ]
    assert chain(etcd, "v3rpc.LeaseServer.leaseKeepAlive", "etcdserverpb.leaseLeaseKeepAliveServer.Send") == [
        ("interface", "(*etcdserverpb.leaseLeaseKeepAliveServer).Send", "")
    ]


TO_THE_DAEMON = [
    ("interface", "(*tasks.tasksClient).Create", ""),
    ("rpc", "tasks._Tasks_Create_Handler", "/containerd.services.tasks.v1.Tasks/Create"),
    ("interface", "(*tasks.service).Create", ""),
    ("interface", "(*tasks.local).Create", ""),
    ("interface", "(*v2.TaskManager).Create", ""),
]


def test_containerd_creates_a_task_in_the_shim(containerd: CallGraph) -> None:
    assert chain(containerd, "containerd.container.NewTask", "runc/task.service.Create") == [
        *TO_THE_DAEMON,
        ("call", "(*v2.shimTask).Create", ""),
        ("interface", "(*task.taskClient).Create", ""),
        ("rpc", "task.RegisterTaskService$2", "/containerd.task.v2.Task/Create"),
        ("interface", "(*task.service).Create", ""),
    ]


def test_containerd_starts_the_shim(containerd: CallGraph) -> None:
    assert chain(containerd, "containerd.container.NewTask", "containerd-shim-runc-v2.main") == [
        *TO_THE_DAEMON,
        ("call", "(*v2.ShimManager).Start", ""),
        ("call", "(*v2.ShimManager).startShim", ""),
        ("call", "(*v2.binary).Start", ""),
        ("call", "shim.Command", ""),
        ("call", "execabs.CommandContext", ""),
        ("exec", "containerd-shim-runc-v2.main", "exec containerd-shim-runc-v2"),
    ]


def test_containerd_starts_a_task(containerd: CallGraph) -> None:
    assert chain(containerd, "containerd.task.Start", "runc/task.service.Start") == [
        ("interface", "(*tasks.tasksClient).Start", ""),
        ("rpc", "tasks._Tasks_Start_Handler", "/containerd.services.tasks.v1.Tasks/Start"),
        ("interface", "(*tasks.service).Start", ""),
        ("interface", "(*tasks.local).Start", ""),
        ("interface", "(*v2.process).Start", ""),
        ("interface", "(*task.taskClient).Start", ""),
        ("rpc", "task.RegisterTaskService$3", "/containerd.task.v2.Task/Start"),
        ("interface", "(*task.service).Start", ""),
    ]


def opened(name: str, cache: Path, *repositories: str) -> api.Session:
    """An investigation that ships, over clones at the pins: those that variables name, or that tracer has fetched before."""
    asked = load(name)
    sources = {repository: clone(asked.repositories[repository]) for repository in repositories}
    missing = [repository for repository, found in sources.items() if not found]
    if missing:
        names = ", ".join(variable(repository) for repository in missing)
        pytest.skip(
            f"no clones of {', '.join(missing)}: {names} (PATH[@REV]) name some, or `tracer sync -i X` has them"
        )
    return api.Session(asked, api.Options(sources, offline=True, cache=cache))


def variable(repository: str) -> str:
    return f"TRACER_TEST_{repository.upper().replace('-', '_')}"


def clone(repository: Repository) -> str:
    """Where a repository is, and the commit to read there; nothing where it is not on this machine."""
    named = os.environ.get(variable(repository.name))
    if named:
        return named
    try:
        found = ensure(Pin(repository.name, repository.url, repository.commit), cache_dir(), offline=True)
    except SourceError:
        return ""
    return f"{found}@{repository.commit}"


def shipped(name: str, cache: Path, *repositories: str) -> Trace:
    """The trace of SyncPod in an investigation that ships."""
    with opened(name, cache, *repositories) as session:
        return api.follow(session, "SyncPod", "kubernetes")


def short(hops: Sequence[Hop]) -> list[tuple[str, str]]:
    return [(h.edge.kind.value, h.target.name.rsplit("/", 1)[-1]) for h in hops]


KUBELET = [
    ("call", "kuberuntime.kubeGenericRuntimeManager).createPodSandbox"),
    ("interface", "kuberuntime.instrumentedRuntimeService).RunPodSandbox"),
    ("interface", "remote.remoteRuntimeService).RunPodSandbox"),
    ("interface", "v1.runtimeServiceClient).RunPodSandbox"),
    ("rpc", "v1._RuntimeService_RunPodSandbox_Handler"),
]
IN_CONTAINERD = [
    ("interface", "instrument.instrumentedService).RunPodSandbox"),
    ("interface", "server.criService).RunPodSandbox"),
    ("interface", "server.criSandboxService).StartSandbox"),
    ("interface", "podsandbox.Controller).Start"),
    ("call", "podsandbox.Controller).getSandboxImageName"),
    ("read", "config.DefaultSandboxImage"),
]
IN_DOCKER = [("interface", "core.dockerService).RunPodSandbox"), ("read", "core.defaultSandboxImage")]


def test_the_shipped_chain(tmp_path: Path) -> None:
    found = shipped("pause", tmp_path, "kubernetes", "containerd")
    assert short(found.chains[0]) == KUBELET + IN_CONTAINERD
    assert [t.value for t in found.targets] == ['"registry.k8s.io/pause:3.9"']
    notes = " ".join(sentence(n.message) for n in found.chains[0][-1].notes)
    assert 'PinnedImage("sandbox")' in notes
    assert "where this holds: if c.imageService != nil {" in notes
    assert "DefaultImageConfig" in notes


def test_the_shipped_branches(tmp_path: Path) -> None:
    found = shipped("runtimes", tmp_path, "kubernetes", "containerd", "cri-dockerd")
    assert [short(chain) for chain in found.chains] == [KUBELET + IN_CONTAINERD, KUBELET + IN_DOCKER]
    assert [t.value for t in found.targets] == ['"registry.k8s.io/pause:3.9"', '"registry.k8s.io/pause:3.10"']
    assert found.chains[0][:4] == found.chains[1][:4]
    assert [[sentence(n.message) for n in chain[4].notes] for chain in found.chains] == [
        ["also served by cri-dockerd: (*core.dockerService).RunPodSandbox"],
        ["also served by containerd:cmd/containerd: (*instrument.instrumentedService).RunPodSandbox"],
    ]
    assert [sentence(n.message) for n in found.chains[1][-1].notes[:3]] == [
        "overridden by another assignment: image = podSandboxImage",
        "where this holds: if len(podSandboxImage) != 0 {",
        "podSandboxImage comes from: podSandboxImage := ds.podSandboxImage",
    ]


def test_the_shipped_processes(tmp_path: Path) -> None:
    found = shipped("processes", tmp_path, "kubernetes", "containerd", "runc")
    shim, runc = found.chains
    assert found.found
    assert [(h.edge.wire, h.target.program) for h in shim if h.edge.wire] == [
        ("/runtime.v1.RuntimeService/RunPodSandbox", "containerd:cmd/containerd"),
        ("exec containerd-shim-runc-v2", "containerd:cmd/containerd-shim-runc-v2"),
    ]
    assert [n.note for n in shim[-1].notes] == [Note.ARGUMENTS]
    assert [(h.edge.wire, h.target.program, h.target.short) for h in runc if h.edge.wire] == [
        ("/runtime.v1.RuntimeService/RunPodSandbox", "containerd:cmd/containerd", KUBELET[-1][1]),
        ("/containerd.task.v3.Task/Create", "containerd:cmd/containerd-shim-runc-v2", "v3.RegisterTTRPCTaskService$2"),
        ("exec runc", "runc", "runc.main"),
        ("exec runc", "runc", "runc.init#1"),
    ]
    assert "create.go" in [h.edge.site.path for h in runc]


@pytest.mark.parametrize(
    ("name", "repositories"),
    [
        ("pause", ("kubernetes", "containerd")),
        ("runtimes", ("kubernetes", "containerd", "cri-dockerd")),
        ("processes", ("kubernetes", "containerd", "runc")),
    ],
)
def test_the_shipped_claims(tmp_path: Path, name: str, repositories: tuple[str, ...]) -> None:
    with opened(name, tmp_path, *repositories) as session:
        found = api.check(session)
    assert [(v.claim, v.broken) for v in found.verdicts if not v.holds] == []
