"""Thirty people press "Try a sample" in the same moment: how long each waits for the answer.

    python -m tests.benchmarks.workshop [PEOPLE]

Run by hand from the project's root, in the project's environment. The people hold the conversation that a browser would
hold and draw nothing, so that the figures are the app's own. Settings can be compared by Streamlit's environment
variables, STREAMLIT_RUNNER_POST_SCRIPT_GC=true for one.
"""

import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from tests.browser.conftest import App, free_port
from tests.browser.visitor import visiting

PATIENCE_SECONDS = 1800.0


def visit(address: str, together: Barrier) -> float:
    """Seconds from the click to the answer."""
    with visiting(address, PATIENCE_SECONDS) as visitor:
        visitor.wait_for("Try a sample: loans")
        together.wait(PATIENCE_SECONDS)
        clicked = time.perf_counter()
        visitor.press("Try a sample: loans")
        visitor.wait_for("How sure is this")
        return time.perf_counter() - clicked


def main(people: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        app = App(Path(home), free_port(), as_it_is=True)
        app.start()
        try:
            together = Barrier(people)
            with ThreadPoolExecutor(people) as crowd:
                seconds = list(crowd.map(visit, [app.address] * people, [together] * people))
        finally:
            app.stop()
    middle = statistics.median(seconds)
    print(f"{people} people: first answer after {min(seconds):.1f} s, median {middle:.1f} s, last {max(seconds):.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
