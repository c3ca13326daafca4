"""Files that are never opened, recognised by what they hold, each with the way to a file that can be."""

from collections.abc import Callable
from dataclasses import dataclass

from core.models.recognition import Content, holds_code, is_pickle, pickled_modules, unpacked_head

TO_TORCH = (
    "Export it with torch.export to a .pt2 file: torch.export.save(torch.export.export(model.eval(), ...), "
    '"model.pt2").'
)
TO_SKLEARN = (
    'Save a scikit-learn model with skops instead: skops.io.dump(model, "model.skops"); or convert it to ONNX with '
    "skl2onnx."
)
TO_EITHER = f"{TO_SKLEARN} For a PyTorch model use torch.export and a .pt2 file."
RUNS_CODE = "opening it can run any code that its author put in, so Plumbline never does"


@dataclass(frozen=True)
class Refusal:
    """A kind of file that is not opened: how it is recognised, what to say, and which row of SNIPPETS helps.

    `is_model` says that such a file holds a model, and is no other file gone wrong.
    """

    name: str
    is_one: Callable[[Content], bool]
    says: str
    snippet: str = ""
    is_model: bool = True


def _is_torch_pickle(content: Content) -> bool:
    return (
        is_pickle(content.head)
        and any(m.partition(".")[0] == "torch" for m in pickled_modules(content.head))
        or (
            content.head.startswith(
                b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
            )  # torch.save's own number, before 1.6
        )
    )


def _is_packed_pickle(content: Content) -> bool:
    unpacked = unpacked_head(content)
    return (unpacked is not None and is_pickle(unpacked)) or content.head.startswith(b"\x04\x22\x4d\x18")


def _is_torch_save(content: Content) -> bool:
    return "data.pkl" in content.entries


def _is_safetensors(content: Content) -> bool:
    header = int.from_bytes(content.head[:8], "little")
    return content.head[8:9] == b"{" and 2 <= header <= content.size


def _is_xgboost(content: Content) -> bool:
    return content.head[:1] == b"{" and b"learner" in content.head[:64] or content.starts(b"binf")


# What a look at the first bytes of such a file can tell: weights, a module or TorchScript, none of which is opened.
SAVED_BY_TORCH = Refusal(
    "saved_by_torch",
    _is_torch_save,
    f"was saved by torch.save or torch.jit: {RUNS_CODE}. {TO_TORCH}",
    "torch",
)
REFUSED = (
    Refusal(
        "empty",
        lambda content: content.size == 0,
        "is empty: the upload or the export was interrupted. Export the model again and choose that file.",
        is_model=False,
    ),
    Refusal(
        "torchscript",
        lambda content: "constants.pkl" in content.entries or any(e.startswith("code/") for e in content.entries),
        "is a TorchScript file, which can read and write files when it is opened, so Plumbline does not open it. "
        f"{TO_TORCH}",
        "torch",
    ),
    Refusal(
        "torch_module",
        lambda content: _is_torch_save(content) and holds_code(content),
        f"is a whole PyTorch module saved as a pickle: {RUNS_CODE}. {TO_TORCH}",
        "torch",
    ),
    Refusal(
        "state_dict",
        _is_torch_save,
        "holds a PyTorch model's weights (a state dict) without the model that uses them. Load them into your model. "
        f"{TO_TORCH}",
        "torch",
    ),
    Refusal(
        "torch_pickle",
        _is_torch_pickle,
        f"is a PyTorch model saved as a pickle: {RUNS_CODE}. {TO_TORCH}",
        "torch",
    ),
    Refusal(
        "pickle",
        lambda content: is_pickle(content.head),
        f"is a pickle (or joblib) file: {RUNS_CODE}. {TO_EITHER}",
        "sklearn",
    ),
    Refusal(
        "joblib",
        _is_packed_pickle,
        f"is a compressed pickle, as joblib writes them: {RUNS_CODE}. {TO_EITHER}",
        "sklearn",
    ),
    Refusal(
        "keras",
        lambda content: (
            content.starts(b"\x89hdf")
            or "model.weights.h5" in content.entries
            or any(entry.endswith("saved_model.pb") for entry in content.entries)
        ),
        'is a Keras or TensorFlow model, which Plumbline cannot read. Export it to ONNX: model.export("model.onnx", '
        'format="onnx").',
        "keras",
    ),
    Refusal(
        "safetensors",
        _is_safetensors,
        f"holds weights alone (safetensors) without the model that uses them. Load them into your model. {TO_TORCH}",
        "torch",
    ),
    Refusal(
        "lightgbm",
        lambda content: content.starts(b"tree\nversion", b"tree\r\nversion"),
        "is a LightGBM text model, which Plumbline cannot read. Convert it to ONNX with onnxmltools: "
        "convert_lightgbm(model, ...).",
        "lightgbm",
    ),
    Refusal(
        "xgboost",
        _is_xgboost,
        "is an XGBoost model, which Plumbline cannot read. Convert it to ONNX with onnxmltools: "
        "convert_xgboost(model, ...).",
        "xgboost",
    ),
    Refusal(
        "pmml",
        lambda content: b"<PMML" in content.head,
        "is a PMML model, which Plumbline cannot read. Export the model to ONNX (for scikit-learn: skl2onnx), or "
        "save it with skops.",
    ),
    Refusal(
        "catboost",
        lambda content: content.starts(b"cbm1"),
        'is a CatBoost model, which Plumbline cannot read. Save it as ONNX: model.save_model("model.onnx", '
        'format="onnx").',
        "catboost",
    ),
    Refusal(
        "tflite",
        lambda content: content.head[4:8] == b"TFL3",
        "is a TensorFlow Lite model, which Plumbline cannot read. Export the Keras model it was made from to ONNX.",
        "keras",
    ),
    Refusal(
        "pointer",
        lambda content: content.starts(b"version https://git-lfs"),
        "is only a Git LFS pointer, not the model itself. Run `git lfs pull` where the model lies and choose the "
        "file again.",
        is_model=False,
    ),
    Refusal(
        "web_page",
        lambda content: content.starts(b"<!doctype html", b"<html"),
        "is a web page, not a model: the download went wrong. Download the model file itself and choose it again.",
        is_model=False,
    ),
    Refusal(
        "damaged_zip",
        lambda content: content.is_zip and not content.entries,
        "is damaged or was cut short: its end is missing. Export or upload the model again.",
        is_model=False,
    ),
)
