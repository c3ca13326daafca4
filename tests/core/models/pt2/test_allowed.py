"""Sizes in a `.pt2` file are texts that torch evaluates: only plain arithmetic is let through."""

import pytest
import torch

from core.models.pt2.allowed import is_plain_expression
from core.models.pt2.operators import OPERATORS, fits, is_allowed


@pytest.mark.parametrize(
    "text",
    [
        "Symbol('s31', positive=True, integer=True)",
        "s0 + 1",
        "Mul(Integer(2), Symbol('s1'))",
        "FloorDiv(s0, 2)",
        "u0 >= 0",
    ],
)
def test_plain_arithmetic_passes(text: str) -> None:
    assert is_plain_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "(lambda: 0)()",
        "Symbol('os.system')",
        "Symbol(**{})",
        "[s for s in ()]",
        "s0 if s1 else s2",
        "s0.is_integer",
        "s0[0]",
        "f'{s0}'",
        "2**64",
        "s0; s1",
        "(" * 500,
        "s0+" * 3000 + "s0",
    ],
)
def test_anything_else_does_not(text: str) -> None:
    assert not is_plain_expression(text)


def test_every_operator_that_is_allowed_is_one_of_torchs() -> None:
    assert [name for name in OPERATORS if not hasattr(torch.ops.aten, name)] == []
    assert is_allowed("torch.ops.aten.linear.default")
    assert not is_allowed("torch.ops.aten.linear.out")


@pytest.mark.filterwarnings("ignore:The tensor attributes:UserWarning", "ignore:`isinstance:FutureWarning")
def test_what_an_export_and_its_decompositions_call_is_allowed() -> None:
    layers = (
        torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU(inplace=True), torch.nn.MaxPool2d(2),
        torch.nn.Dropout(), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(4, 8),
        torch.nn.LayerNorm(8), torch.nn.GELU(), torch.nn.Unflatten(1, (2, 4)), torch.nn.LSTM(4, 3, batch_first=True),
    )  # fmt: skip
    program = torch.export.export(torch.nn.Sequential(*layers).eval(), (torch.rand(2, 3, 8, 8),))
    for each in (program, program.run_decompositions()):
        called = [str(node.target) for node in each.graph.nodes if node.op == "call_function"]
        assert [name for name in called if name.startswith("aten") and not is_allowed(f"torch.ops.{name}")] == []


def test_tensors_that_do_not_fit_each_other_are_not_given_to_operators_that_trust_them() -> None:
    """Each of these was run: torch reads beyond the smaller tensor, or gives numbers from elsewhere."""
    rows, one, wide = torch.rand(2, 4, 3), torch.ones(1), torch.ones(4)
    assert fits("_native_batch_norm_legit_no_training", [rows, None, None, wide, wide, 0.1, 1e-5])
    assert not fits("_native_batch_norm_legit_no_training", [rows, None, None, one, wide, 0.1, 1e-5])
    short, long = torch.rand(1, 1, 4, 8), torch.rand(1, 1, 4000, 8)
    assert fits("scaled_dot_product_attention", [short, long, long])
    assert not fits("scaled_dot_product_attention", [short, long, short])
    for layer in (torch.nn.LSTM(6, 4, 2, bidirectional=True), torch.nn.LSTM(6, 4, bias=False)):
        ways = 2 if layer.bidirectional else 1
        state = [torch.zeros(layer.num_layers * ways, 1, 4)] * 2
        weights, settings = list(layer.parameters()), (layer.bias, layer.num_layers, 0.0, False, layer.bidirectional)
        assert fits("lstm", [torch.rand(3, 1, 6), state, weights, *settings, False])
        assert not fits("lstm", [torch.rand(3, 1, 6), state, [weights[0][:1], *weights[1:]], *settings, False])
