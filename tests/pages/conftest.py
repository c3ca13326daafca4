"""What every test of a page has: the app's frame, and a workspace of its file's own that the pages use."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner

from core.jobs.supervisor import Supervisor
from core.report.documents.alarms import alarms
from core.store.workspace import Workspace
from pages.components import session
from tests.pages.whole_app import inside_the_frame as inside_the_frame


@pytest.fixture(scope="session", autouse=True)
def one_look_at_what_is_installed() -> Iterator[None]:
    """A server looks once for packages with components; AppTest did so for every test, for as long as its pages ran."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def warm() -> bool:
    """Whether a process stands ready for the next job; a file with many jobs has its own answer."""
    return False


@pytest.fixture(scope="module")
def space(home: Path, warm: bool) -> Iterator[Workspace]:
    space = Workspace(home, Supervisor(home, slots=1, warm=warm), alarms=alarms)
    yield space
    space.close()


@pytest.fixture(autouse=True)
def one_workspace(monkeypatch: pytest.MonkeyPatch, space: Workspace) -> None:
    monkeypatch.setattr(session, "workspace", lambda: space)
