"""Programs are opened when a wire leads to them: which those are, and that answers are the same as if all were open."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixture import API, CLIENT, GRPC, SERVER

from tests.support import repository
from tracer import api
from tracer.codes import Reason
from tracer.golang.load.build import Build
from tracer.graph import CallGraph, Node
from tracer.investigation.model import Investigation, Repository
from tracer.model import ProgramName

# An agent that asks a box, the box that serves, one that links the same generated code and only asks, one whose function
# that would serve nothing calls, one that registers the description itself, and one that starts the agent.
ASKING = CLIENT.replace("_ = newAgent", "_ = api.UnimplementedBoxServer{}\n\t_ = newAgent")
IDLE = SERVER.replace("func main() {\n\tapi", "func main() {}\n\nfunc serve() {\n\tapi")
DIRECT = SERVER.replace(
    'api.RegisterBoxServer(&grpc.Server{}, guard(&service{labels: map[string]string{"box": DefaultLabel}}))',
    "(&grpc.Server{}).RegisterService(&api.Box_ServiceDesc, &service{})",
).replace("func guard(s api.BoxServer) api.BoxServer { return &guarded{in: s} }", "")
STARTER = 'package main\n\nimport "os/exec"\n\nfunc main() { exec.Command("agent").Run() }\n'
FILES = {
    "go.mod": "module example.org/m\n\ngo 1.24\n",
    "vendor/google.golang.org/grpc/grpc.go": GRPC,
    "vendor/example.org/api/api.go": API,
    "cmd/agent/main.go": CLIENT,
    "cmd/asking/main.go": ASKING,
    "cmd/box/main.go": SERVER,
    "cmd/direct/main.go": DIRECT,
    "cmd/idle/main.go": IDLE,
    "cmd/lone/main.go": "package main\n\nfunc main() {}\n",
    "cmd/starter/main.go": STARTER,
}
PROGRAMS = tuple(f"cmd/{name}" for name in ("agent", "asking", "box", "direct", "idle", "lone", "starter"))


@pytest.fixture
def session(tmp_path: Path) -> api.Session:
    repository(tmp_path / "m", FILES)
    asked = Investigation("", "", {"m": Repository("m", "", "", programs=PROGRAMS)}, (), ())
    return api.Session(asked, api.Options({"m": str(tmp_path / "m")}, cache=tmp_path / "cache"))


def opened(session: api.Session) -> set[str]:
    return {name.directory.removeprefix("cmd/") for name, _, _ in session.analyses}


def test_only_what_may_answer_is_opened(session: api.Session) -> None:
    with session:
        trace = api.follow(session, "agent.Sync", "m", program="cmd/agent")
        # Of the one whose function nothing calls that is known when it is open.
        assert opened(session) == {"agent", "box", "direct", "idle"}
        assert "m:cmd/box" in {chain[-1].target.program for chain in trace.chains}


def test_what_leads_to_no_wire_opens_nothing(session: api.Session) -> None:
    with session:
        api.callees(session, "agent.prepare", "m", "cmd/agent")
        assert opened(session) == {"agent"}


def test_what_sends_is_opened_for_what_answers(session: api.Session) -> None:
    with session:
        _, edges, _ = api.callers(session, "_Box_Open_Handler", "m", "cmd/box")
        # All that link the stub; the one that starts processes is none of them.
        assert opened(session) == {"agent", "asking", "box", "direct", "idle"}
        assert {edge.wire for edge in edges} == {"/demo.v1.Box/Open"}
        _, edges, _ = api.callers(session, "agent.main", "m", "cmd/agent")
        assert "starter" in opened(session)
        assert [edge.caller for edge in edges] == ["example.org/m/cmd/starter.main"]


def test_a_target_in_another_program_is_found(session: api.Session) -> None:
    with session:
        trace = api.follow(session, "agent.Sync", "m", to="box.DefaultLabel", program="cmd/agent")
        assert trace.found
        assert trace.chains[0][-1].target.program == "m:cmd/box"


def test_nobody_answers_is_said_after_all_were_looked_at(session: api.Session) -> None:
    with session:
        names = [directory for directory in PROGRAMS if directory not in ("cmd/box", "cmd/direct")]
        session.name_programs("m", tuple(names))
        _, _, failed = api.callees(session, "boxClient.Open", "m", "cmd/agent")
        assert [row.reason for row in failed] == [Reason.NO_SERVER]


def test_the_answer_is_that_of_all_programs_in_any_order(session: api.Session) -> None:
    with session:
        every = [session.program(ProgramName("m", directory)) for directory in PROGRAMS]
        whole = CallGraph(every)
        agent, box = every[0], every[2]
        start = whole.node(agent, next(o for o in agent.find("boxClient.Open")))
        handler = whole.node(box, next(o for o in box.find("_Box_Open_Handler")))
        steps = [step.edge for step in whole.steps(start)]
        into = [step.edge for step in whole.steps_into(handler)]
    for first in ("forwards", "backwards"):
        with api.Session(session.investigation, session.options) as again:
            graph = again.graph("m", "cmd/agent")
            # What was asked before has opened other programs.
            if first == "backwards":
                assert [s.edge for s in graph.steps_into(_node(again, graph, "cmd/box", "_Box_Open_Handler"))] == into
            assert [s.edge for s in graph.steps(_node(again, graph, "cmd/agent", "boxClient.Open"))] == steps
            if first == "forwards":
                assert [s.edge for s in graph.steps_into(_node(again, graph, "cmd/box", "_Box_Open_Handler"))] == into


def _node(session: api.Session, graph: CallGraph, directory: str, name: str) -> Node:
    (analysis,) = [a for a in graph.having(name) if a.program.name.directory == directory]
    return graph.node(analysis, analysis.find(name)[0])


def test_programs_of_a_module_share_their_packages(session: api.Session) -> None:
    with session:
        one, other = (session.linked(ProgramName("m", f"cmd/{name}")) for name in ("agent", "box"))
        assert one.packages is other.packages
        assert one.package("example.org/api") is other.package("example.org/api")
        assert one.closure() != other.closure()
        assert one.build == Build()
