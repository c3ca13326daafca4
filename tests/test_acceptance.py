"""The public acceptance cases of ../shared, one by one, through the installed command."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

CASES_FILE = Path(__file__).resolve().parents[2] / "shared" / "accept" / "cases.py"

# The cases, which are not ours to change, leave a file open to the garbage collector.
pytestmark = [pytest.mark.acceptance, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


def load() -> ModuleType | None:
    if not CASES_FILE.is_file():
        return None
    spec = importlib.util.spec_from_file_location("acceptance_cases", CASES_FILE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MODULE = load()
CASES: dict[str, Callable[[str], None]] = MODULE.CASES if MODULE else {}


@pytest.fixture(scope="session")
def command() -> str:
    """The console script of the environment that the tests run in."""
    script = Path(sys.executable).with_name("plumbline")
    if not script.is_file():
        pytest.fail(f"{script} is not there: install the project, python -m pip install -e '.[test]'")
    return str(script)


@pytest.mark.skipif(MODULE is None, reason="../shared is not there: the acceptance cases lie beside the repository")
@pytest.mark.parametrize("name", CASES or ["absent"])
def test_case(name: str, command: str) -> None:
    CASES[name](command)
