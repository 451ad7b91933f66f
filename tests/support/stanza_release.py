"""A release of Stanza's Arabic models as its hub has it, but tiny: Stanza's own trainers, release script and layout.

``python stanza_release.py FOLDER`` trains on the sentences below, all of them written for this test; packages and their
dependencies carry the names of the published ones (``ner/aqmar_charlm.pt`` needs ``pretrain/fasttextwiki.pt`` and so
on). It is a process of its own: Stanza's scripts leave files open and set the seeds of everybody. ``serve`` puts the release behind http, so that ``stanza.download`` itself can fetch it.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from argparse import Namespace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

SENTENCES = (
    "و+قال/CCONJ+VERB الوزير/NOUN إن/SCONJ فرنسا/PROPN/LOC تدعم/VERB ل+أوكرانيا/ADP+PROPN/LOC ./PUNCT",
    "زار/VERB سمير:حداد/PROPN/PER بيروت/PROPN/LOC أمس/ADV ./PUNCT",
    "و+التقى/CCONJ+VERB حداد/PROPN/PER وفدا/NOUN من/ADP الأمم:المتحدة/PROPN/ORG ./PUNCT",
    "فاز/VERB الوفد/NOUN ب+جائزة/ADP+NOUN نوبل/PROPN/MIS ./PUNCT",
    "و+وصلت/CCONJ+VERB ليلى:منصور/PROPN/PER إلى/ADP بيروت/PROPN/LOC ./PUNCT",
    "و+قالت/CCONJ+VERB الأمم:المتحدة/PROPN/ORG إن/SCONJ الوفد/NOUN زار/VERB فرنسا/PROPN/LOC ./PUNCT",
)
"""Surface tokens with the tags of their words and, for names, the type as AQMAR has it; ``:`` joins the words of a name."""
COPIES = 12
SIZE = 24


class Token:
    """A surface token: its words, their tags, and its part of a name in BIO."""

    def __init__(self, text, tags, entity):
        self.words, self.tags, self.entity = text.split("+"), tags.split("+"), entity

    @property
    def text(self):
        return "".join(self.words)


def sentences():
    """The sentences as lists of tokens."""
    return [[token for entry in line.split() for token in _tokens(entry)] for line in SENTENCES]


def _tokens(entry):
    text, tags, kind = (*entry.split("/"), "")[:3]
    for i, part in enumerate(text.split(":")):
        yield Token(part, tags, f"{'I' if i else 'B'}-{kind}" if kind else "O")


def text():
    """All sentences as one text."""
    return " ".join(" ".join(t.text for t in tokens[:-1]) + tokens[-1].text for tokens in sentences())


def build(folder):
    """Train all models in ``folder``; returns the folder of the release, with ``resources_<version>.json``."""
    import torch
    from stanza._version import __resources_version__

    torch.set_num_threads(1)
    trained, release = folder / "trained" / "ar", folder / "release"
    trained.mkdir(parents=True)
    work = _Data(folder)
    for name in ("conll17", "fasttextwiki"):
        _pretrain(work, trained / f"ar_{name}.pretrain.pt")
    for direction in ("forward", "backward"):
        _charlm(work, trained, direction)
    _tokenizer(work, trained)
    _expander(work, trained)
    _tagger(work, trained)
    _ner(work, trained)
    _release(trained.parent, release)
    (release / "resources.json").rename(release / f"resources_{__resources_version__}.json")
    return release


class _Data:
    """The training files in Stanza's formats."""

    def __init__(self, folder):
        self.folder = folder
        made = sentences()
        self._write("text.txt", "\n".join([text()] * COPIES))
        self._write("labels.txt", "\n\n".join([_labels(made)] * COPIES) + "\n")
        self._write("plain.txt", "\n\n".join([text()] * COPIES) + "\n")
        self._write("words.conllu", "\n".join([*_conllu(made) * COPIES, ""]))
        self._write("mwt.json", json.dumps([[[t.text, t.words], 1] for s in made for t in s if len(t.words) > 1]))
        ner = [[{"text": w, "ner": t.entity if w is t.words[-1] else "O"} for t in s for w in t.words] for s in made]
        self._write("ner.json", json.dumps(ner * COPIES))
        words = sorted({w for s in made for t in s for w in t.words})
        vectors = np.random.default_rng(1).normal(size=(len(words), SIZE))
        rows = [f"{w} {' '.join(f'{v:.4f}' for v in row)}" for w, row in zip(words, vectors, strict=True)]
        self._write("vectors.txt", "\n".join([f"{len(words)} {SIZE}", *rows]) + "\n")

    def _write(self, name, content):
        (self.folder / name).write_text(content, encoding="utf-8")

    def path(self, name):
        return str(self.folder / name)


def _labels(made):
    """Stanza's labels: 0 inside, 1 end of a token, 2 of a sentence, 3 of a token with clitics."""
    parts = []
    for tokens in made:
        labels = ["0" * (len(t.text) - 1) + ("3" if len(t.words) > 1 else "1") for t in tokens[:-1]]
        parts.append("0".join(labels) + "2")
    return "0".join(parts)


def _conllu(made):
    blocks = []
    for tokens in made:
        rows, number = [f"# text = {' '.join(t.text for t in tokens[:-1])}{tokens[-1].text}"], 1
        for token in tokens:
            glued = "SpaceAfter=No" if token is tokens[-2] else "_"
            if len(token.words) > 1:
                rows.append(f"{number}-{number + len(token.words) - 1}\t{token.text}" + "\t_" * 7 + f"\t{glued}")
                glued = "_"
            for word, tag in zip(token.words, token.tags, strict=True):
                head = "0\troot" if number == 1 else "1\tdep"
                rows.append(f"{number}\t{word}\t_\t{tag}\t{tag}\t_\t{head}\t_\t{glued}")
                number += 1
        blocks.append("\n".join(rows) + "\n")
    return blocks


def _pretrain(work, path):
    from stanza.models.common.pretrain import Pretrain

    Pretrain(str(path), work.path("vectors.txt")).load()


def _charlm(work, folder, direction):
    from stanza.models import charlm

    charlm.main([
        *("--train_file", work.path("text.txt"), "--eval_file", work.path("text.txt"), "--shorthand", "ar_ccwiki"),
        *("--direction", direction, "--save_dir", str(folder), "--save_name", f"ar_ccwiki_{direction}_charlm.pt"),
        *("--vocab_save_name", f"{direction}.vocab", "--char_hidden_dim", str(SIZE), "--char_emb_dim", "8"),
        *("--epochs", "1", "--cutoff", "1", "--batch_size", "4", "--bptt_size", "50", "--no_checkpoint"),
    ])  # fmt: skip


def _tokenizer(work, folder):
    from stanza.models import tokenizer

    data = "--txt_file", work.path("plain.txt"), "--label_file", work.path("labels.txt")
    tokenizer.main([
        *("--mode", "train", "--lang", "ar", "--shorthand", "ar_padt", "--cpu", "--use_mwt", *data),
        *("--dev_txt_file", data[1], "--dev_label_file", data[3], "--mwt_json_file", work.path("mwt.json")),
        *("--save_dir", str(folder), "--save_name", "ar_padt_tokenizer.pt", "--steps", "100", "--eval_steps", "50"),
        *("--lr0", "0.01", "--batch_size", "8", "--dropout", "0", "--unit_dropout", "0.05"),
    ])  # fmt: skip


def _expander(work, folder):
    from stanza.models import mwt_expander

    mwt_expander.main([
        *("--mode", "train", "--lang", "ar", "--shorthand", "ar_padt", "--cpu", "--num_epoch", "2"),
        *("--train_file", work.path("words.conllu"), "--eval_file", work.path("words.conllu")),
        *("--gold_file", work.path("words.conllu"), "--output_file", work.path("mwt.out")),
        *("--save_dir", str(folder), "--save_name", "ar_padt_mwt_expander.pt", "--hidden_dim", "16"),
    ])  # fmt: skip


def _charlm_options(folder):
    forward, backward = (str(folder / f"ar_ccwiki_{way}_charlm.pt") for way in ("forward", "backward"))
    names = "--charlm_shorthand", "ar_ccwiki", "--charlm_forward_file", forward, "--charlm_backward_file", backward
    return "--charlm", *names


def _tagger(work, folder):
    from stanza.models import tagger

    tagger.main([
        *("--mode", "train", "--lang", "ar", "--shorthand", "ar_padt", "--cpu", *_charlm_options(folder)),
        *("--train_file", work.path("words.conllu"), "--eval_file", work.path("words.conllu")),
        *("--output_file", work.path("pos.out"), "--wordvec_pretrain_file", str(folder / "ar_conll17.pretrain.pt")),
        *("--save_dir", str(folder), "--save_name", "ar_padt_charlm_tagger.pt", "--max_steps", "20"),
        *("--eval_interval", "20", "--hidden_dim", "32", "--deep_biaff_hidden_dim", "32", "--word_emb_dim", "16"),
        *("--composite_deep_biaff_hidden_dim", "16", "--transformed_dim", "16", "--tag_emb_dim", "8", "--lr", "0.01"),
        *("--dropout", "0.1", "--word_dropout", "0", "--num_layers", "1"),
    ])  # fmt: skip


def _ner(work, folder):
    from stanza.models import ner_tagger

    ner_tagger.main([
        *("--mode", "train", "--shorthand", "ar_aqmar", "--cpu", *_charlm_options(folder)),
        *("--train_file", work.path("ner.json"), "--eval_file", work.path("ner.json")),
        *("--wordvec_pretrain_file", str(folder / "ar_fasttextwiki.pretrain.pt"), "--optim", "adam", "--lr", "0.01"),
        *("--save_dir", str(folder), "--save_name", "ar_aqmar_charlm_nertagger.pt", "--max_steps", "40"),
        *("--eval_interval", "20", "--hidden_dim", "32", "--word_emb_dim", "16", "--dropout", "0.1"),
    ])  # fmt: skip


def _release(trained, release):
    """Stanza's own script for its releases; it would insist on parser and lemmatizer, which Khabar does not use."""
    from stanza.resources import prepare_resources

    arguments = Namespace(input_dir=str(trained), output_dir=str(release), lang=None, packages_only=False)
    prepare_resources.allowed_empty_languages.append("ar")
    try:
        prepare_resources.process_dirs(arguments)
        prepare_resources.process_packages(arguments)
    finally:
        prepare_resources.allowed_empty_languages.remove("ar")


@contextlib.contextmanager
def serve(release):
    """Serve a release on this machine; gives the variables under which ``stanza.download`` finds it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(release)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield {"STANZA_RESOURCES_URL": url, "STANZA_MODEL_URL": f"{url}/{{lang}}/models/{{filename}}"}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


if __name__ == "__main__":
    build(Path(sys.argv[1]))
