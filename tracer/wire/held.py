"""Whether what a process start starts is held before its first instruction, and never let go on.

With ``Ptrace`` a process is traced by the one that starts it, and stops where the program would begin (package syscall,
SysProcAttr; ptrace(2), "PTRACE_TRACEME"). It goes on if its tracer lets it, or ends: then ``Pdeathsig`` may kill it. Programs do so
for what a process has besides a program, such as a user namespace.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tracer.golang.flow.outside import missing_packages
from tracer.golang.load.package import File
from tracer.golang.program import Analysis
from tracer.golang.summary.nodes import Site
from tracer.syntax import ast

_SIGKILL = 9
# What lets a traced process go on, in packages syscall and golang.org/x/sys/unix, by its name or by the system call's.
_LETS_GO = re.compile(rb"\.\s*(?:Ptrace(?:Cont|Detach|SingleStep|Syscall)|SYS_PTRACE)\b")
_DECLARING = frozenset(("golang.org/x/sys/unix",))


def is_held(analysis: Analysis, site: Site) -> bool:
    """Whether a call of ``os.StartProcess`` says that its process is traced and dies with its tracer, which lets none go on.

    Never where a package of the program is missing: that may let it.
    """
    if site.func is None or site.func.full_name != "os.StartProcess" or b"Ptrace" not in site.unit.file.source:
        return False
    details = analysis.details(site.unit)
    attributes = _fields(details.call(site).node.args[-1])
    system = _fields(attributes.get("Sys"))
    traced = details.info.constant(system.get("Ptrace")) is True
    return traced and details.info.constant(system.get("Pdeathsig")) == _SIGKILL and not _lets_go(analysis)


def _lets_go(analysis: Analysis) -> bool:
    if missing_packages(analysis.program):
        return True

    def wanted(file: File) -> bool:
        return not file.package.is_std and file.package.path not in _DECLARING

    return next(iter(analysis.text.search(_LETS_GO, wanted)), None) is not None


def _fields(e: ast.Expr | None) -> Mapping[str, ast.Expr]:
    """The fields that a literal of a struct names, or that of which the address is taken."""
    literal = e.x if isinstance(e, ast.Unary) and e.op == "&" else e
    if not isinstance(literal, ast.CompositeLit):
        return {}
    return {pair.key.name: pair.value for pair in literal.elements if isinstance(pair.key, ast.Ident)}
