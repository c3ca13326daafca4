"""What every test shares: the public data beside the repository, and skips that say why."""

from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# The same examples on every run: a failure is the code's, never the draw's.
settings.register_profile("plumbline", derandomize=True, deadline=None, database=None)
settings.load_profile("plumbline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    has_gpu = Path("/dev/nvidia0").exists()
    for item in items:
        if item.get_closest_marker("gpu") and not has_gpu:
            item.add_marker(pytest.mark.skip(reason="no CUDA device on this machine"))
        # For `-n 2 --dist loadgroup`: a file's tests share its fixtures, the acceptance cases share nothing.
        if not item.get_closest_marker("acceptance"):
            item.add_marker(pytest.mark.xdist_group(str(item.path)))


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The public data, models and acceptance cases that lie beside the repository."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared is not there: these tests need the public data beside the repository")
    return folder
