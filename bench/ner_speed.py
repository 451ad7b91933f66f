"""Articles a second of Khabar's NER and of Stanza's NERProcessor with an fp32 encoder of the same size, on one core.

    taskset -c 0 python bench/ner_speed.py

Stanza's tagger is made here: Stanza's own trainer puts its BiLSTM-CRF on a BERT of 12 layers of 384 with Khabar's
vocabulary and trains it for two steps; weights do not matter for speed. Both get the same articles, cut into the same
sentences and words beforehand, and only the NER is timed. Articles are the shipped samples, joined to about 350 words.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.encoder.weights import FOLDER, TOKENIZER
from pipeline.encoder.words import surface_words
from pipeline.ner.tagger import KhabarTagger, borders
from schemas.annotations import Sentence, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SAMPLES: Final = Path(__file__).parents[1] / "agents/samples/articles.jsonl"
WORDS: Final = 350
Article = tuple[str, list[Sentence]]


def articles(count: int) -> list[Article]:
    """``count`` articles of about WORDS words out of the lines of the samples, each time in another order."""
    bodies = [json.loads(line)["body"] for line in SAMPLES.read_text(encoding="utf8").splitlines()]
    lines = [line for body in bodies for line in body.split("\n") if line.strip()]
    made: list[Article] = []
    at = 0
    while len(made) < count:
        chosen: list[str] = []
        while sum(len(line.split()) for line in chosen) < WORDS:
            chosen.append(lines[at % len(lines)])
            at += 7
        made.append(cut("\n".join(chosen)))
    return made


def cut(text: str) -> Article:
    """The text with a sentence a line."""
    sentences, start = [], 0
    for line in text.split("\n"):
        words = [
            Word(start=w.start, end=w.end, text=w.text, token=i)
            for i, w in enumerate(surface_words(text, start, start + len(line)))
        ]
        sentences.append(Sentence(start=words[0].start, end=words[-1].end, words=words))
        start += len(line) + 1
    return text, sentences


def stanza_ner(folder: Path, sample: Sequence[Article]) -> Any:  # noqa: ANN401 (Stanza has no types)
    """Stanza's pipeline with nothing but its NERProcessor, over text that is cut already."""
    import stanza
    from stanza.models import ner_tagger

    bert, data = _bert(folder / "bert"), folder / "data.json"
    words = [[{"text": w.text, "ner": "O"} for w in s.words] for _, sentences in sample for s in sentences][:20]
    words[0][0]["ner"] = "S-PER"
    data.write_text(json.dumps(words), encoding="utf8")
    with contextlib.redirect_stdout(io.StringIO()):
        ner_tagger.main([
            "--mode", "train", "--train_file", str(data), "--eval_file", str(data), "--shorthand", "ar_bench",
            "--save_dir", str(folder), "--save_name", "ner.pt", "--bert_model", str(bert), "--no_pretrain", "--no_char",
            "--max_steps", "2", "--eval_interval", "2", "--batch_size", "4", "--bert_finetune", "--cpu",
        ])  # fmt: skip
    (folder / "resources.json").write_text("{}", encoding="utf8")
    return stanza.Pipeline(
        "ar", dir=str(folder), processors="tokenize,ner", tokenize_pretokenized=True, download_method=None,
        allow_unknown_language=True, ner_model_path=str(folder / "ner.pt"), use_gpu=False, logging_level="ERROR",
    )  # fmt: skip


def _bert(folder: Path) -> Path:
    """A BERT of the encoder's size with random weights, as Stanza wants it."""
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    special = {
        "bos": "<s>",
        "eos": "</s>",
        "cls": "<s>",
        "sep": "</s>",
        "pad": "<pad>",
        "unk": "<unk>",
        "mask": "<mask>",
    }
    tokenizer: Any = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(FOLDER / TOKENIZER), model_max_length=510, **{f"{k}_token": v for k, v in special.items()}
    )
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=384, num_hidden_layers=12, num_attention_heads=12, intermediate_size=1536
    )
    model: Any = BertModel(config)  # type: ignore[no-untyped-call]
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def timed(work: Callable[[], object], count: int) -> float:
    """Articles a second of processor time (one thread, so other load on the machine does not count), best of three."""
    seconds = []
    for _ in range(3):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return count / min(seconds)


def main() -> None:
    """Print both figures and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=24)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    import torch

    torch.set_num_threads(1)
    made = articles(options.articles)
    tagger = KhabarTagger(threads=1)

    def khabar() -> None:
        for text, sentences in made:
            tagger.read.cache_clear()
            tagger.entities(text, tagger.read(text, borders(sentences)))

    with tempfile.TemporaryDirectory() as folder:
        nlp = stanza_ner(Path(folder), made)
        documents = [nlp.processors["tokenize"].process([[w.text for w in s.words] for s in a[1]]) for a in made]
        ner = nlp.processors["ner"]
        theirs = timed(lambda: ner.bulk_process(documents), len(made))
    ours = timed(khabar, len(made))
    print(f"{len(made)} articles of about {WORDS} words, one thread, entities only")
    print(f"Stanza NERProcessor, fp32 encoder of 12 x 384: {theirs:6.2f} articles/s")
    print(f"Khabar, int8 encoder of 12 x 384:              {ours:6.2f} articles/s, {ours / theirs:.1f} times")


if __name__ == "__main__":
    main()
