"""Methods that look inside a network of texts: along its embedding, and at what it attends to."""

from __future__ import annotations

from core.explain.features.words import Spelled
from core.explain.methods.explainable import Effort, Explained
from core.explain.methods.seeding import quiet

# Word pieces at once: a network keeps much for each while its slope is followed.
MOST_PIECES = 1 << 14


def layer_integrated_gradients(what: Spelled, effort: Effort) -> Explained:
    """The slope along the way from padding to each word piece's embedding (Sundararajan et al. 2017).

    The values of a text add up to its score less that of the same length of padding.
    """
    from captum.attr import LayerIntegratedGradients

    with quiet():
        found = LayerIntegratedGradients(what.forward, what.module.get_input_embeddings()).attribute(
            what.inputs,
            baselines=what.without,
            additional_forward_args=(what.attended,),
            n_steps=effort.steps,
            internal_batch_size=max(len(what), min(effort.at_once, MOST_PIECES // what.inputs.shape[1])),
        )
    return Explained(what.added(found.sum(dim=-1)))


def attention_rollout(what: Spelled, effort: Effort) -> Explained:
    """How far each word piece is attended to for the decision, through all layers (Abnar and Zuidema 2020).

    Half of every layer passes a piece on as it is. Shares of the whole text, marks of the model's own included; they
    have no direction.
    """
    import torch

    with torch.no_grad():
        layers = what.module(what.inputs, what.attended, output_attentions=True).attentions
        flow = torch.eye(what.inputs.shape[1], device=what.inputs.device).expand(len(what), -1, -1)
        for heads in layers:
            mixed = (heads.mean(dim=1) + torch.eye(heads.shape[-1], device=heads.device)) / 2
            flow = torch.bmm(mixed / mixed.sum(dim=-1, keepdim=True), flow)
    return Explained(what.added(flow[:, 0]))
