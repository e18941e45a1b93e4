"""Pages -> files. The site is written aside and moved into place."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tracer.errors import ReportError
from tracer.model import Trace
from tracer.report import exports
from tracer.report.views import Read, page

_MARKER = ".tracer-report"


def data_root() -> Path:
    """Where ``reports/`` stands: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parent.parent
    for root in (package / "_data", package.parent):
        if (root / "reports" / "templates").is_dir():
            return root / "reports"
    raise ReportError("the report's templates are missing from this installation", hint="install tracer again")


def write_site(traces: Sequence[Trace], read: Read, directory: Path) -> Path:
    """Writes the site of some traces to ``directory``, over an earlier report but over nothing else.

    ``read`` gives the bytes of a file at its pin. Returns the index page's path; raises ReportError.
    """
    if directory.exists() and not directory.is_dir():
        raise ReportError("this is a file, not a folder", where=str(directory))
    if directory.is_dir() and any(directory.iterdir()) and not (directory / _MARKER).exists():
        raise ReportError("the folder is not empty and holds no earlier report", where=str(directory), hint="name another folder")
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory.parent, prefix=".tracer-") as aside:
            built = Path(aside) / "site"
            _build(traces, read, built)
            if directory.exists():
                directory.rename(Path(aside) / "old")
            built.rename(directory)
    except OSError as error:
        raise ReportError(f"the report cannot be written: {error.strerror}", where=str(directory)) from error
    return directory / "index.html"


def _build(traces: Sequence[Trace], read: Read, out: Path) -> None:
    root = data_root()
    environment = Environment(
        loader=FileSystemLoader(root / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    out.mkdir()
    (out / _MARKER).write_text("", encoding="utf-8")
    shutil.copyfile(root / "static" / "report.css", out / "report.css")
    single = len(traces) == 1
    pages = [page(trace, read, "index" if single else f"trace-{i}") for i, trace in enumerate(traces, 1)]
    template = environment.get_template("trace.html")
    version = exports.tool_version()
    for view, trace in zip(pages, traces, strict=True):
        html = template.render(page=view, version=version, single=single)
        (out / f"{view.slug}.html").write_text(html, encoding="utf-8")
        (out / f"{view.slug}.json").write_text(exports.dumps(exports.to_json(trace)) + "\n", encoding="utf-8")
    if not single:
        html = environment.get_template("index.html").render(pages=pages, version=version)
        (out / "index.html").write_text(html, encoding="utf-8")
