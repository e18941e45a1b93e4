"""Positions as links to the exact line at the exact commit."""

from __future__ import annotations

import re
from urllib.parse import quote

from tracer.model import Pin, Position

_HOSTED = re.compile(r"^(?:https?://|git@|ssh://git@)(github\.com|gitlab\.com)[/:]([\w.\-]+(?:/[\w.\-]+)+?)(?:\.git)?/?$")


def permalink(pin: Pin, position: Position) -> str | None:
    """``https://github.com/<owner>/<repo>/blob/<sha>/<path>#L<n>``; None for hosts whose form is not known."""
    match = _HOSTED.match(pin.url)
    if match is None:
        return None
    host, project = match.groups()
    blob = "blob" if host == "github.com" else "-/blob"
    path = quote(position.path, safe="/", errors="surrogatepass")
    return f"https://{host}/{project}/{blob}/{pin.commit}/{path}#L{position.line}"
