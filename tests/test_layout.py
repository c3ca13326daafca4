"""The house keeps its shape: short files, few rooms, folders by subject, a short import rule."""

import ast
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [path for folder in ("core", "pages", "tests") for path in (ROOT / folder).rglob("*.py")]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
MOST_LINES, MOST_ROOMS, MOST_TOGETHER, MOST_LAYERS = 300, 17, 12, 10


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_long() -> None:
    assert len(SOURCES) > 500
    lines = {named(path): path.read_text(encoding="utf-8").count("\n") for path in SOURCES}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_core_has_few_rooms() -> None:
    rooms = {path.name for path in (ROOT / "core").iterdir()} - {"__init__.py", "__pycache__"}
    assert len(rooms) <= MOST_ROOMS, rooms


def test_many_files_of_a_package_are_sorted_into_folders() -> None:
    together = Counter(path.parent for path in SOURCES if path.name != "__init__.py")
    flat = {
        named(folder): count
        for folder, count in together.items()
        if count > MOST_TOGETHER and not any((each / "__init__.py").is_file() for each in folder.iterdir())
    }
    assert {name: count for name, count in flat.items() if name.startswith(("core", "pages"))} == {}


def test_the_import_rule_is_short() -> None:
    (layers,) = (contract["layers"] for contract in CONTRACTS if contract["type"] == "layers")
    assert len(layers) <= MOST_LAYERS


def test_no_class_name_means_two_things() -> None:
    defined = Counter(
        node.name
        for path in SOURCES
        if named(path).startswith(("core", "pages"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert len(defined) > 200
    assert {name: count for name, count in defined.items() if count > 1} == {}
