"""What the product imports is what a fresh machine installs."""

import ast
import functools
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXTRAS = ("cluster", "mlflow", "tensorboard", "text")
SOURCES = [ROOT / "streamlit_app.py", *(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]


def imported(source: Path) -> set[str]:
    """Top-level names of every package a file imports, also inside functions."""
    names = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module)
    return {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"core", "pages"}


@functools.cache
def installed() -> dict[str, list[str]]:
    """The distributions of each package, from what every installed one says of itself."""
    return {name: list(homes) for name, homes in packages_distributions().items()}


@functools.cache
def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    needs = [*project["dependencies"], *(need for extra in EXTRAS for need in extras[extra])]
    return {re.split(r"[<>=!;\[ ]", need)[0].lower().replace("_", "-") for need in needs}


@pytest.mark.parametrize("package", sorted(set().union(*map(imported, filter(Path.exists, SOURCES)))))
def test_every_import_is_declared(package: str) -> None:
    if package in ("distributed", *EXTRAS) and package not in installed():
        pytest.skip(f"the extra {package} is not installed")
    homes = {home.lower().replace("_", "-") for home in installed().get(package, [package])}
    assert homes & declared()
