"""Hostile `.pt2` files: each way in that torch.export.load offers is refused, and nothing they hold runs."""

import contextlib
import io
import json
import os
import pickle
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.errors import ModelError
from core.models import open_model
from core.models.pt2.sanitiser import sanitise

Edit = Callable[[dict[str, bytes]], None]
FOLDER = "model/"


class Bomb:
    """Unpickling this makes a folder."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> Any:
        return (os.mkdir, (str(self.canary),))


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "canary"


@pytest.fixture
def good(pt2_of: Callable[..., Path], affine: Any) -> Path:
    return pt2_of(torch.nn.Sequential(affine(3, 4, torch.relu), affine(4)), torch.zeros(2, 3))


def entries_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {info.filename.partition("/")[2]: archive.read(info) for info in archive.infolist()}


def packed(entries: dict[str, bytes], path: Path, compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(FOLDER + name, data)
    return path


def program(entries: dict[str, bytes]) -> Any:
    return json.loads(entries["models/model.json"])


def with_program(entries: dict[str, bytes], change: Callable[[Any], None]) -> None:
    document = program(entries)
    change(document)
    entries["models/model.json"] = json.dumps(document).encode()


def with_config(entries: dict[str, bytes], change: Callable[[Any], None]) -> None:
    name = "data/weights/model_weights_config.json"
    config = json.loads(entries[name])
    change(config["config"])
    entries[name] = json.dumps(config).encode()


def graph(document: Any) -> Any:
    return document["graph_module"]["graph"]


def node(document: Any) -> Any:
    return graph(document)["nodes"][0]


def first_size(document: Any) -> Any:
    return next(
        size["as_expr"]
        for value in graph(document)["tensor_values"].values()
        for size in value["sizes"]
        if "as_expr" in size
    )


def rename(document: Any, old: str, new: str) -> Any:
    return json.loads(json.dumps(document).replace(json.dumps(old), json.dumps(new)))


# Operators that see memory that is not the model's, or hand it out as it lies there.
MEMORY = (
    "as_strided.default",
    "as_strided_.default",
    "_reshape_alias.default",
    "set_.source_Storage_storage_offset",
    "resize_.default",
    "empty.memory_format",
    "empty_like.default",
    "new_empty.default",
    "empty_strided.default",
    "_pad_packed_sequence.default",
    "embedding_bag.default",
    "add.out",
)


def hostile(canary: Path) -> dict[str, Edit]:
    """Every known way to make torch.export.load run code, read or write a file."""
    bomb = pickle.dumps(Bomb(canary))
    code = f"__import__('os').mkdir({str(canary)!r})"
    torch_bomb = io.BytesIO()
    torch.save(Bomb(canary), torch_bomb)

    def use_pickle(entries: dict[str, bytes]) -> None:
        with_config(entries, lambda config: next(iter(config.values())).update(use_pickle=True))
        entries["data/weights/weight_0"] = torch_bomb.getvalue()

    def constant(prefix: str) -> Edit:
        def edit(entries: dict[str, bytes]) -> None:
            meta = {"path_name": f"{prefix}_0", "is_param": False, "use_pickle": True, "tensor_meta": None}
            entries["data/constants/model_constants_config.json"] = json.dumps({"config": {"c": meta}}).encode()
            entries[f"data/constants/{prefix}_0"] = bomb

        return edit

    def changed(change: Callable[[Any], None]) -> Edit:
        return lambda entries: with_program(entries, change)

    def renamed(entries: dict[str, bytes]) -> None:
        document = rename(program(entries), "p_0_linear_weight", f"x:({code})")
        entries["models/model.json"] = json.dumps(document).encode()

    def file_target(document: Any) -> None:
        node(document)["target"] = "torch.ops.aten.from_file.default"

    def tree(document: Any) -> None:
        signature = document["graph_module"]["module_call_graph"][0]["signature"]
        signature["in_spec"] = json.dumps([1, {"type": "torch.Size", "context": "null", "children_spec": []}])

    def counting_symbol(document: Any) -> None:
        document["range_constraints"]["u99999999999"] = {"min_val": 0, "max_val": None}

    return {
        "weight_by_pickle": use_pickle,
        "opaque_constant": constant("opaque_obj"),
        "custom_constant": constant("custom_obj"),
        "pickled_tensor_constant": constant("tensor"),
        "legacy_weights": lambda entries: entries.update({"data/weights/model.pt": bomb}),
        "legacy_constants": lambda entries: entries.update({"data/constants/model.pt": bomb}),
        "native_code": lambda entries: entries.update({"data/aotinductor/model/a.so": b"\x7fELF"}),
        "second_program": lambda entries: entries.update({"models/other.json": entries["models/model.json"]}),
        "stranger": lambda entries: entries.update({"code/run.py": b"print()"}),
        "path": lambda entries: entries.update({"../../outside": b""}),
        "expression": changed(lambda d: first_size(d).update(expr_str=code)),
        "hidden_expression": changed(lambda d: first_size(d).update(expr_str=f"Symbol('s1') + ({code})")),
        "attribute_expression": changed(lambda d: first_size(d).update(expr_str="Symbol('s1').__class__")),
        "text_expression": changed(lambda d: first_size(d).update(expr_str=f"Integer({code!r})")),
        "power_expression": changed(lambda d: first_size(d).update(expr_str="9**9**9**9")),
        "operator_outside": changed(lambda d: node(d).update(target="torch.hub.load")),
        "operator_loads": changed(lambda d: node(d).update(target="torch.load")),
        "operator_dunder": changed(lambda d: node(d).update(target="torch.ops.aten.__class__.default")),
        "operator_attrgetter": changed(lambda d: node(d).update(target="_operator.attrgetter")),
        "operator_files": changed(file_target),
        **{
            f"operator_{name}": changed(lambda d, name=name: node(d).update(target=f"torch.ops.aten.{name}"))
            for name in MEMORY
        },
        "operator_argument": changed(
            lambda d: node(d)["inputs"].append({"name": "x", "arg": {"as_operator": "torch.load"}, "kind": 2})
        ),
        "subgraph": changed(lambda d: node(d)["inputs"].append({"name": "x", "arg": {"as_graph": {}}, "kind": 2})),
        "text_argument": changed(
            lambda d: node(d)["inputs"].append({"name": "x", "arg": {"as_string": "/etc/passwd"}, "kind": 2})
        ),
        "name_is_code": renamed,
        "keyword_is_code": changed(lambda d: node(d)["inputs"][0].update(name=f"x={code}, y")),
        "node_name_is_code": changed(lambda d: node(d).update(name=f"x = {code} #")),
        "layer_path_is_code": changed(
            lambda d: node(d)["metadata"].update(nn_module_stack=f'k,a", {code}) #,torch.nn.Linear')
        ),
        "module_name_is_code": changed(lambda d: d["graph_module"]["module_call_graph"][1].update(fqn=f'a", {code}')),
        "verifier": changed(lambda d: d.update(verifiers=["os.system"])),
        "input_tree": changed(tree),
        "counting_symbol": changed(counting_symbol),
        "unknown_field": changed(lambda d: d.update(hook="x")),
        "inflated_weight": lambda entries: with_config(
            entries,
            lambda c: next(iter(c.values()))["tensor_meta"].update(sizes=[{"as_int": 10**9}, {"as_int": 10**6}]),
        ),
        "weight_elsewhere": lambda entries: with_config(
            entries, lambda c: next(iter(c.values())).update(path_name="../../../etc/passwd")
        ),
        "not_an_object": lambda entries: entries.update({"models/model.json": b"[]"}),
        "config_is_a_list": lambda entries: entries.update(
            {"data/weights/model_weights_config.json": b'{"config": []}'}
        ),
        "no_graph": changed(lambda d: d.update(graph_module={})),
    }


@pytest.mark.parametrize("attack", hostile(Path("canary")))
def test_every_hostile_file_is_refused_and_runs_nothing(good: Path, canary: Path, tmp_path: Path, attack: str) -> None:
    entries = entries_of(good)
    hostile(canary)[attack](entries)
    path = packed(entries, tmp_path / "hostile.pt2")

    with pytest.raises(ModelError) as raised:
        open_model(path, "hostile.pt2")

    assert not canary.exists()
    assert "\n" not in str(raised.value)


EMPTIED: dict[str, Callable[[Path, dict[str, bytes]], None]] = {
    "sample_inputs": lambda canary, entries: entries.update(
        {"data/sample_inputs/model.pt": pickle.dumps(Bomb(canary))}
    ),
    "guards": lambda canary, entries: with_program(
        entries, lambda d: d.update(guards_code=[f"__import__('os').mkdir({str(canary)!r})"])
    ),
    "source_functions": lambda canary, entries: with_program(
        entries, lambda d: node(d)["metadata"].update(source_fn_stack="linear,torch.hub.load")
    ),
}


@pytest.mark.parametrize("part", EMPTIED)
def test_parts_that_a_program_does_not_need_are_left_out(good: Path, canary: Path, tmp_path: Path, part: str) -> None:
    entries = entries_of(good)
    EMPTIED[part](canary, entries)
    rows = np.arange(6, dtype=np.float32).reshape(2, 3)

    model = open_model(packed(entries, tmp_path / "emptied.pt2"), "emptied.pt2")

    np.testing.assert_array_equal(model.run(rows).scores, open_model(good, "good.pt2").run(rows).scores)
    assert not canary.exists()


RUN_BY_TORCH = (
    "weight_by_pickle",
    "opaque_constant",
    "legacy_weights",
    "legacy_constants",
    "expression",
    "sample_inputs",
)


@pytest.mark.parametrize("attack", RUN_BY_TORCH)
def test_the_attacks_are_real(good: Path, canary: Path, tmp_path: Path, attack: str) -> None:
    """A canary that no attack can reach would prove nothing: torch's own loader falls for these."""
    entries = entries_of(good)
    if attack in EMPTIED:
        EMPTIED[attack](canary, entries)
    else:
        hostile(canary)[attack](entries)
    path = packed(entries, tmp_path / "live.pt2")
    with warnings.catch_warnings(), contextlib.suppress(Exception):
        warnings.simplefilter("ignore")
        torch.export.load(path)
    assert canary.exists()


def test_compressed_entries_are_refused(good: Path, tmp_path: Path) -> None:
    path = packed(entries_of(good), tmp_path / "deflated.pt2", zipfile.ZIP_DEFLATED)
    with pytest.raises(ModelError, match="compressed"):
        sanitise(path, "deflated.pt2")


def test_an_entry_that_stands_twice_is_refused(good: Path, tmp_path: Path) -> None:
    path = packed(entries_of(good), tmp_path / "twice.pt2")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr(FOLDER + "models/model.json", b"{}")
    with pytest.raises(ModelError, match="laid out"):
        sanitise(path, "twice.pt2")


def test_an_older_archive_is_told_to_export_again(tmp_path: Path) -> None:
    path = tmp_path / "old.pt2"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("serialized_exported_program.json", "{}")
        archive.writestr("version", "8.4")
    with pytest.raises(ModelError, match="older PyTorch"):
        open_model(path, "old.pt2")
