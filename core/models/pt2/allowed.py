"""What may stand in a `.pt2` file's program: names, operators, fields and expressions. Everything else is refused."""

import ast
import re
from typing import Any

from core.models.name_lists import words

# Names end up in Python that torch writes and runs, so they are plain identifiers, never of the "__x__" kind.
NAME = re.compile(r"((?!__)[A-Za-z_]\w*)?", re.ASCII)
DOTTED = re.compile(r"((?!__)[\w@-]+(\.(?!__)[\w@-]+)*)?", re.ASCII)
SYMBOL = re.compile(r"[suz]f?\d{1,4}|zuf\d{1,4}", re.ASCII)
# "key,path,type" of each layer.
MODULE_STACK = re.compile(r"([\w@.-]*,[\w@.-]*,[\w.<>]*(;|$))*", re.ASCII)
# A mode such as "mean", or an einsum equation.
WORD = re.compile(r"[a-z_]{0,24}|[A-Za-z, ]*(->[A-Za-z ]*)?", re.ASCII)
VERSION = re.compile(r"[\w.+<= ]{0,64}", re.ASCII)
PATH = re.compile(r"(weight|tensor)_\d+", re.ASCII)
FLOAT_WORDS = words("Infinity -Infinity NaN")
DIALECTS = words("ATEN TRAINING EDGE")
TREES = (None, "builtins.tuple", "builtins.list", "builtins.dict")

OPERATOR = re.compile(r"torch\.ops\.aten\.\w+\.(?!__)\w+", re.ASCII)
DRAWS = re.compile(
    r"(bernoulli|rand|normal|multinomial|poisson|exponential|uniform|geometric|cauchy|log_normal|rrelu_with_noise)\w*"
)
# Arithmetic on the number of rows.
ROW_ARITHMETIC = words(
    """_operator.eq _operator.ne _operator.le _operator.ge _operator.lt _operator.gt _operator.neg _operator.pos
    _operator.mul _operator.add _operator.sub _operator.floordiv _operator.mod _operator.truediv _operator.and_
    _operator.or_ _operator.getitem math.trunc torch.sym_not torch.sym_int torch.sym_float torch.sym_ite torch.sym_max
    torch.sym_min torch.sym_sqrt"""
)

# Fields of torch.export's schema whose keys are names that the file chooses.
NAMED = words("tensor_values sym_int_values sym_bool_values sym_float_values range_constraints opset_version config")
FIELDS = NAMED | words(
    """graph_module graph signature module_call_graph schema_version verifiers torch_version inputs outputs nodes
    is_single_tensor_return target name arg kind is_hop_single_tensor_return input_specs output_specs user_input
    parameter buffer tensor_constant constant_input user_output buffer_mutation parameter_mutation buffer_name
    parameter_name tensor_constant_name persistent value fqn in_spec out_spec forward_arg_names min_val max_val major
    minor dtype sizes requires_grad device strides storage_offset layout expr_str hint path_name is_param use_pickle
    tensor_meta real imag metadata as_none as_tensor as_tensors as_int as_ints as_float as_floats as_string as_strings
    as_sym_int as_sym_ints as_scalar_type as_memory_format as_layout as_device as_bool as_bools as_sym_bool
    as_sym_bools as_optional_tensors as_sym_float as_sym_floats as_optional_tensor as_complex as_nested_tensors
    as_int_lists as_float_lists as_expr as_name"""
)
# Fields that say nothing about the computation, or only ever hold code: emptied, whatever they hold.
EMPTIED: dict[str, Any] = {"guards_code": [], "custom_obj_values": {}, "treespec_namedtuple_fields": {}}

CALLS = words(
    """Symbol Integer Float Rational Add Mul Max Min Mod Eq Ne Lt Le Gt Ge And Or Not FloorDiv ModularIndexing Where
    PythonMod CleanDiv CeilToInt FloorToInt CeilDiv FloatTrueDiv IntTrueDiv TruncToFloat TruncToInt RoundToInt ToFloat
    Identity floor ceiling"""
)
ASSUMPTIONS = words("positive integer nonnegative real evaluate")
# No powers: a short one can take for ever.
OPERATIONS = (
    ast.Expression, ast.Load, ast.BinOp, ast.UnaryOp, ast.Compare, ast.cmpop, ast.unaryop,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod,
)  # fmt: skip
MOST_EXPRESSION = 2000

# Bytes per element of torch's scalar types, by their number in the file.
ITEM_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 2, 7: 4, 8: 8, 9: 4, 10: 8, 11: 16, 12: 1, 13: 2, 28: 2, 34: 4, 35: 8}


def is_plain_expression(text: str) -> bool:
    """Whether an expression is arithmetic on symbols and numbers and nothing else. Parses it, never runs it."""
    if len(text) > MOST_EXPRESSION:
        return False
    try:
        nodes = list(ast.walk(ast.parse(text.strip(), mode="eval")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    return all(_is_plain_node(node, id(node) in called) for node in nodes)


def _is_plain_node(node: ast.AST, is_called: bool) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name)
    if isinstance(node, ast.Name):
        return node.id in CALLS if is_called else bool(SYMBOL.fullmatch(node.id))
    if isinstance(node, ast.keyword):
        return node.arg in ASSUMPTIONS
    if isinstance(node, ast.Constant):
        value = node.value
        return isinstance(value, int | float) or (isinstance(value, str) and bool(SYMBOL.fullmatch(value)))
    return isinstance(node, OPERATIONS)
