"""Known chains on real sources: Debian's Go packages in CI, and the shipped investigation where its sources are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from support import analysis, commit

from tracer import api, trace
from tracer.graph import CallGraph
from tracer.investigation.reader import load
from tracer.model import Hop, Trace

GOCODE = Path("/usr/share/gocode/src")
ETCD = "src/go.etcd.io/etcd"
CONTAINERD = "src/github.com/containerd/containerd"


@pytest.fixture(scope="session")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed Go sources of Debian as one repository, a GOPATH tree."""
    if not (GOCODE / "go.etcd.io/etcd").is_dir():
        pytest.skip("Debian's golang-etcd-server-dev is not installed")
    folder = tmp_path_factory.mktemp("debian")

    def unwanted(at: str, names: list[str]) -> list[str]:
        return [n for n in names if not n.endswith(".go") and not (Path(at) / n).is_dir()]

    for part in ("go.etcd.io", "google.golang.org", "github.com", "golang.org", "go.uber.org"):
        if (GOCODE / part).is_dir():
            shutil.copytree(GOCODE / part, folder / "src" / part, ignore=unwanted, ignore_dangling_symlinks=True)
    commit(folder)
    return folder


def chain(folder: Path, programs: list[str], names: list[str]) -> list[tuple[str, str, str]]:
    analyses = [analysis(folder, p, name="debian") for p in programs]
    graph = CallGraph(analyses)
    points = [graph.node(*api.lookup(analyses, name)) for name in names]
    found = trace.between(graph, points, lambda _name, _count: None)
    assert found.chains, [s.reason for s in found.stops]
    hops: tuple[Hop, ...] = trace.hops(graph, found.chains[0])
    return [(h.edge.kind.value, h.target.short, h.edge.wire) for h in hops]


def test_etcd_put_over_the_wire(debian: Path) -> None:
    names = ["clientv3.kv.Put", "etcdserverpb._KV_Put_Handler", "etcdserver.EtcdServer.Put"]
    found = chain(debian, [ETCD], names)
    assert [f for f in found if f[0] == "rpc"] == [("rpc", "etcdserverpb._KV_Put_Handler", "/etcdserverpb.KV/Put")]
    assert [name for _, name, _ in found[-4:]] == [
        "etcdserverpb._KV_Put_Handler",
        "(*v3rpc.quotaKVServer).Put",
        "(*v3rpc.kvServer).Put",
        "(*etcdserver.EtcdServer).Put",
    ]


def test_containerd_tasks(debian: Path) -> None:
    if not (GOCODE / "github.com/containerd/containerd/services/tasks").is_dir():
        pytest.skip("Debian's golang-github-containerd-containerd-dev is not installed")
    names = ["containerd.task.Start", "services/tasks.local.Start"]
    assert chain(debian, [CONTAINERD, CONTAINERD + "/services/tasks"], names) == [
        ("interface", "(*v1.tasksClient).Start", ""),
        ("rpc", "v1._Tasks_Start_Handler", "/containerd.services.tasks.v1.Tasks/Start"),
        ("interface", "(*tasks.service).Start", ""),
        ("interface", "(*tasks.local).Start", ""),
    ]


def shipped(name: str, cache: Path, *repositories: str) -> Trace:
    """The trace of SyncPod in an investigation that ships, over clones at the pins."""
    variables = {n: f"TRACER_TEST_{n.upper().replace('-', '_')}" for n in repositories}
    sources = {n: os.environ.get(variable, "") for n, variable in variables.items()}
    if not all(sources.values()):
        pytest.skip(f"{', '.join(variables.values())} (PATH[@REV] of clones at the pins) are not all set")
    with api.Session(load(name), api.Options(sources, offline=True, cache=cache)) as session:
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
    notes = " ".join(n.note for n in found.chains[0][-1].notes)
    assert 'PinnedImage("sandbox")' in notes
    assert "DefaultImageConfig" in notes


def test_the_shipped_branches(tmp_path: Path) -> None:
    found = shipped("runtimes", tmp_path, "kubernetes", "containerd", "cri-dockerd")
    assert [short(chain) for chain in found.chains] == [KUBELET + IN_CONTAINERD, KUBELET + IN_DOCKER]
    assert [t.value for t in found.targets] == ['"registry.k8s.io/pause:3.9"', '"registry.k8s.io/pause:3.10"']
    assert found.chains[0][:4] == found.chains[1][:4]
    assert [[n.note for n in chain[4].notes] for chain in found.chains] == [
        ["also served by cri-dockerd: (*core.dockerService).RunPodSandbox"],
        ["also served by containerd:cmd/containerd: (*instrument.instrumentedService).RunPodSandbox"],
    ]
    assert [n.note for n in found.chains[1][-1].notes[:2]] == [
        "overridden by another assignment: image = podSandboxImage",
        "podSandboxImage comes from: podSandboxImage := ds.podSandboxImage",
    ]
