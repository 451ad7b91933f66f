"""``export``: a checkpoint, or the mean of several, as int8 ONNX with its tokenizer, labels and checksums."""

from __future__ import annotations

import argparse
import json
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from pipeline.encoder.heads import SHIPPED
from pipeline.encoder.weights import FOLDER, LABELS, NETWORK, TOKENIZER, write_checksums
from pipeline.training.corpora import TRAINED
from pipeline.training.evaluation import tagger
from pipeline.training.network import HEADS, HIDDEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.training.network import Tagger

OPSET: Final = 17


class ByteEmbedding(nn.Module):
    """An embedding in 8 bits with a scale a row: one scale for all, as ONNX Runtime's own tool has, costs 1 F1."""

    table: Tensor
    scales: Tensor

    def __init__(self, weight: Tensor) -> None:
        """Quantise ``weight`` (rows, columns)."""
        super().__init__()
        scales = weight.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("table", (weight / scales).round().to(torch.int8))
        self.register_buffer("scales", scales)

    def forward(self, ids: Tensor) -> Tensor:
        """Map ids of any shape to (…, columns)."""
        return self.table[ids].to(self.scales.dtype) * self.scales[ids]


class Shipped(nn.Module):
    """One window in, rows for its words out, with the shipped heads only."""

    def __init__(self, model: Tagger) -> None:
        """Keep the encoder and the columns of the shipped heads."""
        super().__init__()
        columns = torch.cat([torch.arange(TRAINED.width)[TRAINED.columns(head)] for head in SHIPPED.labels])
        self.encoder, self.links = model.encoder, model.links
        self.encoder.add_module("words", ByteEmbedding(model.encoder.words.weight.data))
        self.scores = nn.Linear(HIDDEN, SHIPPED.width)
        self.scores.weight.data = model.scores.weight.data[columns]
        self.scores.bias.data = model.scores.bias.data[columns]

    def forward(self, ids: Tensor, firsts: Tensor) -> tuple[Tensor, Tensor]:
        """Map ids (1, length) and the positions of first subwords (words) to scores and link projections (words, …)."""
        hidden = self.encoder(ids, torch.ones_like(ids))[0][firsts]
        return self.scores(hidden), self.links(hidden)


def mean_state(paths: Sequence[Path]) -> dict[str, Tensor]:
    """The mean of the weights of some checkpoints."""
    states = [load_file(path) for path in paths]
    return {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}


def write_onnx(model: Tagger, path: Path) -> None:
    """Trace the network into fp32 ONNX."""
    example = (torch.arange(4, 24)[None], torch.arange(1, 9))
    axes = {"ids": {1: "length"}, "firsts": {0: "words"}, "scores": {0: "words"}, "links": {0: "words"}}
    with warnings.catch_warnings():
        # The exporter that PyTorch prefers now needs onnxscript; this one gives the graph that the optimiser knows.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            Shipped(model).eval(), example, str(path), input_names=["ids", "firsts"],
            output_names=["scores", "links"], dynamic_axes=axes, opset_version=OPSET, dynamo=False,
        )  # fmt: skip


def quantise(source: Path, target: Path) -> None:
    """Fuse GELU and normalisation, then store matrices in 8 bits with a scale a column; activations get one a pass.

    The default tensor type is 1, float: shape inference does not know the fused operators.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer

    fused: Any = optimizer.optimize_model(str(source), "bert", num_heads=HEADS, hidden_size=HIDDEN, opt_level=0)
    fused.save_model_to_file(str(source))
    quantize_dynamic(
        str(source), str(target), per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"],
        extra_options={"DefaultTensorType": 1},
    )  # fmt: skip


def main(arguments: list[str]) -> None:
    """Write the four files of the model."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.training export", description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        write_onnx(tagger(mean_state(options.checkpoints)), plain)
        quantise(plain, options.out / NETWORK)
    (options.out / LABELS).write_text(json.dumps(SHIPPED.labels, indent=1) + "\n", encoding="utf8")
    (options.out / TOKENIZER).write_bytes((options.checkpoints[0].parent / TOKENIZER).read_bytes())
    write_checksums(options.out)
    print(f"{options.out}: " + ", ".join(f"{f.name} {f.stat().st_size / 1e6:.1f} MB" for f in options.out.iterdir()))
