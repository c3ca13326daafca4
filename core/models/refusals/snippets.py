"""Lines of Python that make a file which can be opened, by the name under which an error tells which of them help."""

_LIGHTGBM = """\
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType
inputs = [("input", FloatTensorType([None, NUMBER_OF_COLUMNS]))]
model_onnx = convert_lightgbm(model, initial_types=inputs, zipmap=False)
open("model.onnx", "wb").write(model_onnx.SerializeToString())
"""

SNIPPETS = {
    "torch": """\
import torch
model.eval()
rows = torch.export.Dim("rows")
example = torch.zeros(2, NUMBER_OF_COLUMNS)
program = torch.export.export(model, (example,), dynamic_shapes=({0: rows},))
torch.export.save(program, "model.pt2")
""",
    "sklearn": """\
import skops.io
skops.io.dump(model, "model.skops")
""",
    "keras": """\
model.export("model.onnx", format="onnx")
""",
    "lightgbm": _LIGHTGBM,
    "xgboost": _LIGHTGBM.replace("lightgbm", "xgboost").replace(", zipmap=False", ""),
    "catboost": """\
model.save_model("model.onnx", format="onnx")
""",
    "onnx_any_rows": """\
import torch
model.eval()
example = torch.zeros(2, NUMBER_OF_COLUMNS)
rows = torch.export.Dim("rows")
torch.onnx.export(model, (example,), "model.onnx", dynamic_shapes=({0: rows},), external_data=False)
""",
    "onnx_one_file": """\
import onnx
onnx.save_model(onnx.load("model.onnx"), "one_file.onnx", save_as_external_data=False)
""",
    "transformers": """\
import shutil
model.save_pretrained("folder")
tokenizer.save_pretrained("folder")
shutil.make_archive("model", "zip", "folder")
""",
}
