"""What every test shares: the public data beside the repository, and skips that say why."""

import gc
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from tests.worlds.jobs.forked import fork_jobs

ROOT = Path(__file__).resolve().parents[1]

# Read when torch is first imported: two workers whose threads wait for each other's cores were twice as slow.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# The same examples on every run: a failure is the code's, never the draw's.
settings.register_profile("plumbline", derandomize=True, deadline=None, database=None)
settings.load_profile("plumbline")


_KEPT = pytest.StashKey[Path]()


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """What jobs found is kept for all workers of this run."""
    own: Path = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    kept = (own.parent if hasattr(session.config, "workerinput") else own) / "kept"
    kept.mkdir(exist_ok=True)
    session.config.stash[_KEPT] = kept


class _BySubject(LoadFileScheduling):
    """For `-n`: a file's tests share its fixtures, the browser's one app and one Chromium, the acceptance's nothing."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith("tests/browser/"):
            return "tests/browser"
        return nodeid if nodeid.startswith("tests/test_acceptance.py") else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    config.option.loadscopereorder = False  # what lasts longest begins first, see `_longest_first`
    return _BySubject(config, log)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """No name of a test holds bytes: two workers that pack the same file a second apart would disagree on it."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Modules and tests stay to the end: looking through them for garbage again and again took a third of this."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    kept = item.config.stash[_KEPT] if item.get_closest_marker("apart") is None else None
    fork_jobs(item.get_closest_marker("process") is None, kept)


# What a file's tests are marked with, that whose files last longest first.
_LONGEST_FIRST = ("browser", "acceptance", "crash", "jobs")


def _longest_first(items: list[pytest.Item]) -> None:
    """Put the files that last longest first, so that all workers of a run end together."""
    begins: dict[Path, int] = {}
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        place = next((place for place, name in enumerate(_LONGEST_FIRST) if name in marks), len(_LONGEST_FIRST))
        begins[item.path] = min(place, begins.get(item.path, place))
    items.sort(key=lambda item: begins[item.path])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    _longest_first(items)
    has_gpu = Path("/dev/nvidia0").exists()
    for item in items:
        if item.get_closest_marker("gpu") and not has_gpu:
            item.add_marker(pytest.mark.skip(reason="no CUDA device on this machine"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def kept(request: pytest.FixtureRequest) -> Path:
    """Where the run keeps what jobs found."""
    return request.config.stash[_KEPT]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The public data, models and acceptance cases that lie beside the repository."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared is not there: these tests need the public data beside the repository")
    return folder
