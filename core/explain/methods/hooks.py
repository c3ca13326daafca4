"""Exported programs made ready for hooks: every activation that is only a call becomes a layer that captum can see.

Without this, DeepLIFT and guided backpropagation would quietly give the plain gradient.
"""

from __future__ import annotations

from typing import Any

from core.errors import ModelError
from core.models.name_lists import words

# What keeps the difference from a baseline exact by itself: it adds, moves, or scales by constants.
_LINEAR = words(
    """linear addmm mm matmul conv1d conv2d add add_ sub rsub neg view _unsafe_view reshape flatten permute t transpose
    squeeze unsqueeze slice select cat stack expand clone contiguous alias detach to _to_copy dropout dropout_
    feature_dropout batch_norm avg_pool2d adaptive_avg_pool2d mean sum div pad constant_pad_nd sym_size getitem"""
)
# The layer that does what a call does, and what it calls the arguments after the first.
_LAYERS = {
    "relu": ("ReLU", ()),
    "relu_": ("ReLU", ()),
    "sigmoid": ("Sigmoid", ()),
    "tanh": ("Tanh", ()),
    "elu": ("ELU", ("alpha",)),
    "leaky_relu": ("LeakyReLU", ("negative_slope",)),
    "softplus": ("Softplus", ("beta", "threshold")),
    "softmax": ("Softmax", ("dim",)),
    "max_pool2d": ("MaxPool2d", ("kernel_size", "stride", "padding", "dilation", "ceil_mode")),
}


def hookable(module: Any, needs_relu: bool) -> Any:
    """The same module with its activations as layers, changed in place.

    `needs_relu` for guided backpropagation, which only changes ReLU layers; else every operation must be one that
    DeepLIFT has a rule for. Raises ModelError naming the operation where that is not so.
    """
    from torch import nn

    for part in list(module.modules()):
        graph = getattr(part, "graph", None)
        if graph is None:
            continue
        for node in [node for node in graph.nodes if node.op == "call_function"]:
            operation = _operation(node.target)
            if operation in _LAYERS:
                _replace(part, graph, node, operation)
            elif operation not in _LINEAR:
                raise _refused(operation, needs_relu)
        part.finalize()
    strange = [name for part in module.modules() for name in _NOT_RELU if type(part).__name__ == name]
    if needs_relu and (strange or not any(isinstance(part, nn.ReLU) for part in module.modules())):
        raise _refused(strange[0] if strange else "", needs_relu)
    return module


# Bends that guided backpropagation leaves as they are; a last sigmoid or softmax, and pooling, are no bends between.
_NOT_RELU = ("Tanh", "ELU", "LeakyReLU", "Softplus")


def dropout_layers(module: Any) -> list[Any]:
    """The module's dropout as layers, changed in place; an exported program only calls it, switched off.

    Raises ModelError for a model without any.
    """
    from torch import nn

    for part in list(module.modules()):
        graph = getattr(part, "graph", None)
        nodes = [] if graph is None else [node for node in graph.nodes if node.op == "call_function"]
        calls = [node for node in nodes if _operation(node.target) in _DROPOUT]
        for node in calls:
            share = node.kwargs["p"] if "p" in node.kwargs else node.args[1]
            _put(part, graph, node, nn.Dropout(float(share)).eval())
        if calls:
            part.finalize()
    layers = [part for part in module.modules() if isinstance(part, nn.Dropout)]
    if not layers:
        raise ModelError(
            "The model has no dropout to switch on, so repeats would all be the same. Choose integrated_gradients."
        )
    return layers


_DROPOUT = ("dropout", "dropout_", "feature_dropout")


def _refused(operation: str, needs_relu: bool) -> ModelError:
    instead = "Choose integrated_gradients, which follows any model with gradients."
    if not needs_relu:
        return ModelError(f"DeepLIFT has no rule for the model's operation {operation}. {instead}")
    why = f"this one also uses {operation}" if operation else "this one has none"
    return ModelError(f"Guided backpropagation is made for models whose layers end in a ReLU, and {why}. {instead}")


def _operation(target: Any) -> str:
    """The name of an operator without its overload: "relu" for torch.ops.aten.relu.default."""
    return str(getattr(target, "__name__", target)).split(".")[0]


def _replace(part: Any, graph: Any, node: Any, operation: str) -> None:
    """Let a layer do what the node calls."""
    from torch import nn

    kind, names = _LAYERS[operation]
    given = {**dict(zip(names, node.args[1:], strict=False)), **node.kwargs}
    layer = getattr(nn, kind)(**{name: value for name, value in given.items() if name in names and value != []})
    _put(part, graph, node, layer)


def _put(part: Any, graph: Any, node: Any, layer: Any) -> None:
    name = f"layer_of_{node.name}"
    part.add_module(name, layer)
    with graph.inserting_before(node):
        call = graph.create_node("call_module", name, (node.args[0],))
    call.meta = dict(node.meta)
    node.replace_all_uses_with(call)
    graph.erase_node(node)
