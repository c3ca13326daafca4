"""The public acceptance cases of ../shared, one by one, through the command."""

import contextlib
import importlib.util
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from core import cli

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


# Asked of the installed command in processes of its own, one for each kind of file and answer. The others are asked of
# the same function in this process, and their jobs are forked: they differ in what is asked and in the numbers.
INSTALLED = (
    *("compas_propublica", "adult_lr_rawcolumns.onnx", "compas_lr.skops", "compas_mlp.pt2"),
    *("refuse_state_dict", "refuse_missing_column"),
)


@pytest.fixture(scope="session")
def command() -> str:
    """The console script of the environment that the tests run in."""
    script = Path(sys.executable).with_name("plumbline")
    if not script.is_file():
        pytest.fail(f"{script} is not there: install the project, python -m pip install -e '.[test]'")
    return str(script)


def run_here(command: str, *arguments: object, timeout: float) -> "subprocess.CompletedProcess[str]":
    """What the command says and its exit code, without a process for it."""
    said, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        code = cli.main([str(one) for one in arguments])
    return subprocess.CompletedProcess([command, *arguments], code, said.getvalue(), complained.getvalue())


absent = pytest.mark.skipif(MODULE is None, reason="../shared is not there: the cases lie beside the repository")


@absent
@pytest.mark.process
@pytest.mark.parametrize("name", INSTALLED)
def test_the_installed_command_passes(name: str, command: str) -> None:
    CASES[name](command)


@absent
@pytest.mark.parametrize("name", [name for name in CASES if name not in INSTALLED] or ["absent"])
def test_the_command_passes(name: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "run", run_here)
    CASES[name](command)
