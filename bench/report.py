"""Times and weighs the site of an investigation: python bench/report.py [-i FILE] --source NAME=PATH[@REV]…

Prints the seconds of the build with warm traces, the bytes of the site, of its zip and of its first page, and, where
Playwright and Chromium are, when the largest page is painted first and when it answers keys (medians of five, in
milliseconds), at full speed and on a processor slowed down four times.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def paint(page: Path, slowed: int) -> tuple[float, float]:
    """When a page is painted first, and when its scripts have run."""
    from playwright.sync_api import sync_playwright

    painted = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    ready = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
    times: list[tuple[float, float]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for _ in range(5):
            opened = browser.new_page()
            opened.context.new_cdp_session(opened).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
            opened.goto(page.as_uri())
            opened.wait_for_timeout(500)
            times.append((opened.evaluate(painted), opened.evaluate(ready)))
            opened.close()
        browser.close()
    first, second = zip(*times, strict=True)
    return statistics.median(first), statistics.median(second)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        command = [sys.executable, "-m", "tracer", "report", "--html", str(site), *sys.argv[1:]]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        before = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - before
        files = [path for path in site.rglob("*") if path.is_file()]
        total = sum(path.stat().st_size for path in files)
        packed = Path(shutil.make_archive(str(Path(folder) / "packed"), "zip", site)).stat().st_size
        pages = [path for path in files if path.suffix == ".html"]
        largest = max(pages, key=lambda path: path.stat().st_size)
        first = (site / "index.html").stat().st_size
        print(
            f"{len(files)} files, {total / 1e6:.2f} MB, zipped {packed / 1e6:.2f} MB, first page {first / 1e3:.0f} kB"
        )
        print(f"whole command {seconds:.2f} s")
        if shutil.which("chromium"):
            print(f"largest page: {largest.name}, {largest.stat().st_size / 1e3:.0f} kB")
            for slowed in (1, 4):
                painted, ready = paint(largest, slowed)
                print(f"  slowed {slowed} times: painted after {painted:.0f} ms, ready after {ready:.0f} ms")


if __name__ == "__main__":
    main()
