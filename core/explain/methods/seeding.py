"""Random draws that are the same in every run, and captum without the warnings that say nothing to a person."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

import numpy as np


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Within this, captum draws from `seed`: it uses the global generators of torch and numpy, restored afterwards."""
    import torch

    before = np.random.get_state()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        np.random.seed(seed % 2**32)
        try:
            yield
        finally:
            np.random.set_state(before)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without captum's remarks on gradients, hooks and batches."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
