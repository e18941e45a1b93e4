"""What it costs to mind what chains hand in: python bench/matching.py TREE PROGRAM ENTRY [TARGET [TIMES]]

PROGRAM is a main package's directory in TREE. All wires that ENTRY reaches are looked for in it, or a chain from ENTRY to TARGET: by
steps that one chain can take, and by any, each TIMES (3) times in a process of its own that begins where the program was opened and
the names were looked up. Prints seconds of the processor, git's not counted, and what was looked at; a first search of both kinds
is not counted, as it keeps what it read.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tracer import reach, trace
from tracer.contexts import ANY, Matching, Place, started_by
from tracer.golang import lookup
from tracer.graph import CallGraph, Node, Step
from tracer.investigation.reader import parse
from tracer.model import ProgramName
from tracer.session import Options, Session


class Loose(Matching):
    """All steps, whatever must have been handed in."""

    def before(self, step: Step, place: Place) -> list[Place]:
        return [Place(step.source, ANY, started=max(place.started, started_by(step)))]


def search(graph: CallGraph, entry: Node, target: Sequence[Node]) -> dict[str, int]:
    def progress(_name: str, _count: int) -> None:
        pass

    found = trace.between(graph, entry, [target], progress) if target else reach.to_wires(graph, entry, progress)
    return {
        "looked at": found.explored,
        "chains": len(found.chains),
        "hops": sum(map(len, found.chains)),
    }


def opened(tree: str, program: str) -> Session:
    text = (
        f'title = "matching"\n\n[repositories.tree]\nurl = "https://example.invalid/tree"\ncommit = "{"0" * 40}"\n'
        f'programs = ["{program}"]\n'
    )
    return Session(parse(text, "matching", "matching"), Options({"tree": tree}, offline=True))


def once(tree: str, program: str, names: Sequence[str], kind: type[Matching]) -> tuple[float, dict[str, int]]:
    """The seconds of one search in a process of its own, and what it says of it."""
    out = Path(os.environ["TRACER_CACHE"]) / "said.json"
    if (child := os.fork()) == 0:
        trace.Matching = reach.Matching = kind
        with opened(tree, program) as session:
            graph = CallGraph([session.program(ProgramName("tree", program))])
            entry, *target = (graph.node(*lookup.lookup(graph.analyses, name)) for name in names)
            before = resource.getrusage(resource.RUSAGE_SELF)
            said = search(graph, entry, target)
            after = resource.getrusage(resource.RUSAGE_SELF)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        out.write_text(json.dumps([seconds, said]), encoding="utf-8")
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        raise SystemExit("the search failed")
    seconds, said = json.loads(out.read_text(encoding="utf-8"))
    return seconds, said


def main() -> None:
    tree, program, entry, *more = sys.argv[1:]
    names, times = [entry, *more[:1]], int(more[1]) if more[1:] else 3
    # As on the command line: what is found is kept to the end.
    gc.disable()
    with tempfile.TemporaryDirectory() as cache:
        os.environ["TRACER_CACHE"] = cache
        kinds = {"with": Matching, "without": Loose}
        seconds: dict[str, list[float]] = {name: [] for name in kinds}
        for turn in range(times + 1):
            for name, kind in kinds.items():
                taken, said = once(tree, program, names, kind)
                told = ", ".join(f"{count} {what}" for what, count in said.items())
                print(f"{name}: {taken:.1f} s, {told}{'' if turn else ' (not counted)'}", flush=True)
                if turn:
                    seconds[name].append(taken)
    least, mid = ({name: of(every) for name, every in seconds.items()} for of in (min, median))
    print(
        f"ratio {least['with'] / least['without']:.2f} of the least, {mid['with'] / mid['without']:.2f} of the median"
    )


if __name__ == "__main__":
    main()
