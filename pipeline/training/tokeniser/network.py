"""Trains Stanza's tokeniser network with Stanza's own trainer, on treebank text made as unruly as the web's."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.text import fold
from pipeline.tokenise.characters import bare
from pipeline.tokenise.surface import surface_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.training.tokeniser.treebank import GoldSentence

COPIES: Final = 3
"""The text once as it is, the other times with noise."""
DEVELOPMENT: Final = 0.1
FOLDED: Final = 0.3
OTHER_MARK: Final = 0.15
TWO_STOPS: Final = 0.1
STOPS_FOR_COMMA: Final = 0.1
GLUED: Final = 0.15
"""Shares of the sentences that each kind of noise changes."""
OPTIONS: Final = {
    "steps": 1600,
    "eval_steps": 200,
    "report_steps": 200,
    "max_seqlen": 300,
    "batch_size": 32,
    "hidden_dim": 48,
    "dropout": 0.33,
    "unit_dropout": 0.1,
    "anneal_after": 600,
}
"""Of ``stanza.models.tokenizer``; all others as Stanza sets them."""


class Labelled(NamedTuple):
    """Text and for each character Stanza's label: 0 inside, 1 token end, 2 sentence end, 3 and 4 the same of MWTs."""

    text: str
    labels: str


def label(sentence: GoldSentence) -> Labelled:
    """A sentence in bare characters with its labels."""
    text, labels = "", ""
    for token in sentence.tokens:
        form = token.bare
        ends = {t.end - 1 for t in surface_tokens(form)} or {len(form) - 1}
        mark = "3" if token.cuts else "1"
        marks = "".join("0" if i not in ends else mark if i == len(form) - 1 else "1" for i in range(len(form)))
        text += form + " " * token.space_after
        labels += marks + "0" * token.space_after
    text, labels = text.rstrip(), labels[: len(text.rstrip())]
    return Labelled(text, labels[:-1] + {"1": "2", "3": "4"}.get(labels[-1], "2"))


def unruly(sentence: Labelled, chance: random.Random) -> Labelled:
    """Noise of web text: folded hamza, two stops for a comma or at the end, other final marks."""
    text, labels = sentence
    if chance.random() < FOLDED and len(folded := fold(text)) == len(text):
        text = folded
    if text.endswith(".") and chance.random() < OTHER_MARK:
        text = text[:-1] + chance.choice("؟!")
    elif text.endswith(".") and chance.random() < TWO_STOPS:
        text, labels = text + ".", labels[:-1] + "02"
    if (comma := text.find(", ")) > 0 and chance.random() < STOPS_FOR_COMMA:
        text = f"{text[:comma]}..{text[comma + 1 :]}"
        labels = f"{labels[:comma]}01{labels[comma + 1 :]}"
    return Labelled(text, labels)


def paragraphs(sentences: Iterable[GoldSentence], chance: random.Random, *, noise: bool) -> list[Labelled]:
    """One paragraph a document; with noise, some sentences follow without a space or after an odd cut."""
    documents: dict[str, list[Labelled]] = {}
    for sentence in sentences:
        documents.setdefault(sentence.document, []).append(label(sentence))
    made = []
    for parts in documents.values():
        text, labels = "", ""
        for part in parts:
            part_text, part_labels = unruly(part, chance) if noise else part
            gap = " " if text and not (noise and text[-1] in ".!؟" and chance.random() < GLUED) else ""
            text, labels = text + gap + part_text, labels + "0" * len(gap) + part_labels
        made.append(Labelled(text, labels))
    return made


def train_network(sentences: Sequence[GoldSentence], target: Path, seed: int) -> None:
    """Train on the sentences (a tenth of the documents chooses the best step) and save Stanza's file at ``target``."""
    from stanza.models import tokenizer

    chance = random.Random(seed)
    documents = sorted({s.document for s in sentences})
    development = set(chance.sample(documents, round(len(documents) * DEVELOPMENT)))
    learn = [s for s in sentences if s.document not in development]
    copies = [p for i in range(COPIES) for p in paragraphs(learn, chance, noise=i > 0)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, "train", copies)
        _write(folder, "dev", paragraphs([s for s in sentences if s.document in development], chance, noise=True))
        (folder / "mwt.json").write_text(json.dumps(_expansions(learn)), encoding="utf-8")
        tokenizer.main(
            [
                *("--mode", "train", "--lang", "ar", "--shorthand", "ar_khabar", "--cpu", "--seed", str(seed)),
                *("--txt_file", str(folder / "train.txt"), "--label_file", str(folder / "train.labels")),
                *("--dev_txt_file", str(folder / "dev.txt"), "--dev_label_file", str(folder / "dev.labels")),
                *("--mwt_json_file", str(folder / "mwt.json"), "--use_mwt"),
                *("--save_dir", str(target.parent), "--save_name", target.name),
                *(text for option, value in OPTIONS.items() for text in (f"--{option}", str(value))),
            ]
        )
    forget_paths(target)


def forget_paths(saved: Path) -> None:
    """Drop the paths and the device of the training machine from the options that Stanza keeps in its file."""
    import torch

    checkpoint = torch.load(saved, map_location="cpu", weights_only=True)
    local = ("_file", "_dir", "_name", "_gold", "device", "cuda", "cpu")
    checkpoint["config"] = {k: v for k, v in checkpoint["config"].items() if not k.endswith(local)}
    torch.save(checkpoint, saved, _use_new_zipfile_serialization=False)


def _expansions(sentences: Iterable[GoldSentence]) -> list[object]:
    pairs = {(t.bare, tuple(map(bare, t.words))) for s in sentences for t in s.tokens if t.cuts}
    return [((form, words), 1) for form, words in sorted(pairs)]


def _write(folder: Path, name: str, texts: Iterable[Labelled]) -> None:
    texts = list(texts)
    (folder / f"{name}.txt").write_text("\n\n".join(t.text for t in texts) + "\n", encoding="utf-8")
    (folder / f"{name}.labels").write_text("\n\n".join(t.labels for t in texts) + "\n", encoding="utf-8")
