"""Times a chain cold and warm, in one run: python bench/chain.py ENTRY REPO NAME=PATH[@REV]…

Prints seconds and peak memory of the first run with an empty cache, the seconds of the second, and their ratio.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time


def once(arguments: list[str], cache: str) -> tuple[float, float]:
    before = time.perf_counter()
    command = [sys.executable, "-m", "tracer", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"TRACER_CACHE": cache})
    return time.perf_counter() - before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    entry, repository, *sources = sys.argv[1:]
    arguments = ["follow", entry, "--repo", repository, *(a for s in sources for a in ("--source", s))]
    with tempfile.TemporaryDirectory() as cache:
        cold, peak = once(arguments, cache)
        warm, _ = once(arguments, cache)
    print(f"cold {cold:.2f} s, peak {peak:.0f} MB; second run {warm:.2f} s; ratio {cold / warm:.1f}")


if __name__ == "__main__":
    main()
