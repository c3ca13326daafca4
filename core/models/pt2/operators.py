"""The operators that a `.pt2` program may call: those that torch.export writes, as it is or after decompositions.

Left out are operators that see memory by numbers of the file's own (as_strided, _reshape_alias, set_, resize_), that
hand out memory as it lies there (empty and its kin), that touch files (from_file), that draw random numbers, that are
for training, and those of sparse, packed or quantised tensors, which trust their own tables of places.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from core.models.name_lists import words

OPERATORS = words(
    """
    __and__ __or__ __xor__ _adaptive_avg_pool2d _adaptive_avg_pool3d _assert_async _assert_scalar
    _assert_tensor_metadata _cdist_forward _log_softmax _native_batch_norm_legit_no_training _safe_softmax _softmax
    _to_copy _unsafe_index _unsafe_view abs absolute acos acosh adaptive_avg_pool1d adaptive_avg_pool2d
    adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d add add_ addbmm addcdiv addcmul addmm addmv alias all
    alpha_dropout amax amin aminmax any arange argmax argmin argsort asin asinh atan atan2 atanh avg_pool1d avg_pool2d
    avg_pool3d baddbmm batch_norm bitwise_and bitwise_not bitwise_or bitwise_xor bmm broadcast_to bucketize cat cdist
    ceil celu celu_ channel_shuffle chunk clamp clamp_ clamp_max clamp_max_ clamp_min clamp_min_ clone column_stack
    concat concatenate constant_pad_nd contiguous conv1d conv2d conv3d conv_transpose1d conv_transpose2d
    conv_transpose3d convolution copy copy_ cos cosh cosine_similarity count_nonzero cumprod cumsum deg2rad detach
    detach_ diag_embed diagonal diff div div_ dot dropout dropout_ einsum elu elu_ embedding eq erf erfc exp exp2 exp_
    expand expand_as expm1 eye fill fill_ flatten flip fliplr flipud floor floor_ floor_divide fmax fmin fmod frac full
    full_like gather ge gelu glu group_norm gru gt hardshrink hardsigmoid hardsigmoid_ hardswish hardswish_ hardtanh
    hardtanh_ heaviside hstack im2col index index_add index_put index_put_ index_select inner instance_norm
    is_nonzero isfinite isinf isnan item kron layer_norm le leaky_relu leaky_relu_ lerp lift_fresh lift_fresh_copy
    linalg_norm linalg_vector_norm linear linspace log log10 log1p log2 log_sigmoid log_softmax logaddexp logical_and
    logical_not logical_or logical_xor logsumexp lstm lt masked_fill masked_fill_ masked_select matmul max max_pool1d
    max_pool2d max_pool2d_with_indices max_pool3d maximum mean median meshgrid min minimum mish mish_ mm moveaxis
    movedim mul mul_ multiply mv nan_to_num nansum narrow native_dropout native_group_norm native_layer_norm ne neg
    neg_ new_full new_ones new_zeros nonzero norm numpy_T one_hot ones ones_like outer pad pairwise_distance permute
    pixel_shuffle pixel_unshuffle pow pow_ prelu prod rad2deg ravel reciprocal reciprocal_ reflection_pad1d
    reflection_pad2d relu relu6 relu6_ relu_ remainder repeat repeat_interleave replication_pad1d replication_pad2d
    reshape reshape_as rms_norm rnn_relu rnn_tanh roll rot90 round rsqrt rsub scalar_tensor
    scaled_dot_product_attention scatter scatter_add scatter_reduce select select_scatter selu selu_ sigmoid sigmoid_
    sign silu silu_ sin sinh size slice slice_scatter softmax softplus softshrink sort special_expit special_logit split
    split_with_sizes sqrt sqrt_ square squeeze stack std std_mean sub sub_ subtract sum swapaxes swapdims
    sym_constrain_range sym_constrain_range_for_size sym_is_contiguous sym_numel sym_size t tan tanh tanh_ tensor_split
    threshold tile to topk trace transpose tril triu true_divide trunc type_as unbind unflatten unfold unsqueeze
    upsample_bicubic2d upsample_bilinear2d upsample_linear1d upsample_nearest1d upsample_nearest2d var var_mean view
    view_as vstack where xlogy zero_ zeros zeros_like feature_dropout feature_alpha_dropout
    """
)
# Overloads that write into a tensor which the call names.
WRITES_OUT = re.compile(r"(.*_)?out")
# Operators that trust the sizes of what they are given; `fits` looks at them before each call.
TRUSTING = words("_native_batch_norm_legit_no_training scaled_dot_product_attention lstm")


def is_allowed(target: str) -> bool:
    """Whether a call's target, "torch.ops.aten.NAME.OVERLOAD", is one that a program may make."""
    operation, overload = target.split(".")[3:5]
    return operation in OPERATORS and not WRITES_OUT.fullmatch(overload)


def fits(operation: str, given: Sequence[Any]) -> bool:
    """Whether the tensors that one of TRUSTING is called with fit each other, so that none is read beyond its end."""
    if operation == "_native_batch_norm_legit_no_training":
        return all(tensor is None or tuple(tensor.shape) == (given[0].shape[1],) for tensor in given[1:5])
    if operation == "scaled_dot_product_attention":
        query, key, value = given[:3]
        return bool(query.shape[-1] == key.shape[-1] and key.shape[:-1] == value.shape[:-1])
    return _is_lstm(given)


def _is_lstm(given: Sequence[Any]) -> bool:
    """Whether an LSTM's weights have the sizes that its input, state and settings ask for."""
    rows, state, weights, has_biases, layers, _, _, both_ways = given[:8]
    if not isinstance(weights, list | tuple):
        return False  # packed rows of different lengths: another overload
    hidden, ways, each = int(state[0].shape[-1]), 2 if both_ways else 1, 4 if has_biases else 2
    if len(weights) != layers * ways * each or state[0].shape[0] != layers * ways or state[1].shape != state[0].shape:
        return False
    for place in range(0, len(weights), each):
        width = int(rows.shape[-1]) if place < ways * each else hidden * ways
        wanted = ((4 * hidden, width), (4 * hidden, hidden), (4 * hidden,), (4 * hidden,))[:each]
        if any(tuple(one.shape) != size for one, size in zip(weights[place : place + each], wanted, strict=True)):
            return False
    return True
