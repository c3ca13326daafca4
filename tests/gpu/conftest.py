"""What needs a GPU, in one command of under ten minutes: `pytest tests/gpu -m gpu`. Its figures are printed at its end.

Every check runs on the CPU too, on fewer rows, in the ordinary suite: so that none of them rots where no GPU is.
"""

from collections.abc import Callable
from typing import Any

import pytest

_FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture(params=["cpu", pytest.param("cuda", marks=[pytest.mark.gpu, pytest.mark.process])])
def device(request: pytest.FixtureRequest) -> str:
    """Where the check runs."""
    name: str = request.param
    return name


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Notes a line of the table that is printed at the end, ready for tests/benchmarks/README.md."""
    lines = request.config.stash.setdefault(_FIGURES, [])
    return lambda what, measured: lines.append(f"| {what} | {measured} |")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the figures, with what they were measured on."""
    lines = config.stash.get(_FIGURES, [])
    if not lines:
        return
    import torch

    chip = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    terminalreporter.section("figures")
    terminalreporter.write_line(f"| measured on {chip}, torch {torch.__version__} | |\n|---|---|\n" + "\n".join(lines))
