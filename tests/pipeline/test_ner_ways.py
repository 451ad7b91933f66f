"""The bench that measures ways to a better entity tagger: each way trains, and its parts do what they are named for."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the extra khabar[training]")
pytest.importorskip("safetensors", reason="training needs the extra khabar[training]")

import ner_ways
import ner_ways_train
import torch
from ner_ways_crf import Crf
from ner_ways_hints import Hints
from ner_ways_judge import counts, f1, interval, stacked
from ner_ways_spans import SpanHead
from ner_ways_texts import by_sentence, labelled, sample
from safetensors.torch import save_file

from pipeline.encoder.weights import FOLDER, TOKENIZER
from pipeline.ner.entities import ANERCORP_STYLE, GOLD_STYLE
from pipeline.training.corpora import TRAINED, UNKNOWN, Annotated, sentences_of
from pipeline.training.network import HIDDEN, Encoder, Tagger

LABELS = TRAINED.labels[ANERCORP_STYLE]
OUT, B_PER, I_PER, B_LOC = (LABELS.index(label) for label in ("O", "B-PER", "I-PER", "B-LOC"))
SENTENCES = "وصل محمد علي إلى القاهرة.\nغادر بيروت أمس."
WANTED = [OUT, B_PER, I_PER, OUT, B_LOC, OUT, OUT, B_LOC, OUT, OUT]


def text(*heads):
    made = Annotated.of("toy", sentences_of(SENTENCES), heads)
    for head in heads:
        made.layers[head] = np.array(WANTED)
    return made


def test_the_toy_text_has_a_label_a_word():
    made = text(ANERCORP_STYLE)
    assert made.words == ["وصل", "محمد", "علي", "إلى", "القاهرة", ".", "غادر", "بيروت", "أمس", "."]
    assert made.sentence_starts == [0, 6]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """An encoder of chance with the shipped vocabulary, as ``pretrain`` would leave it."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("base")
    (folder / TOKENIZER).write_bytes((FOLDER / TOKENIZER).read_bytes())
    save_file(Encoder(17_207).state_dict(), folder / "encoder.safetensors")
    return folder


@pytest.fixture
def toys(monkeypatch):
    """Texts of this test in place of the shared data."""

    def news(_folder, _words, _seed):
        own = text(ANERCORP_STYLE)
        return [own], {id(own): np.log(np.eye(len(LABELS), dtype=np.float32)[WANTED] * 0.8 + 0.2 / len(LABELS))}

    def anercorp(*, clean=False):
        heads = (ANERCORP_STYLE, "entities_clean") if clean else (ANERCORP_STYLE,)
        return [text(*heads)], [text(ANERCORP_STYLE)]

    sets = {"aqmar": "entities_aqmar", "wojood": "entities_wojood", "panx": "entities_aqmar"}
    extra = {name: (lambda head=head: [text(head)]) for name, head in sets.items()}
    extra |= {name: lambda: [text(GOLD_STYLE)] for name in ("gold", "gold entities")}
    monkeypatch.setattr(ner_ways_train, "news", news)
    monkeypatch.setattr(ner_ways_train, "anercorp", anercorp)
    monkeypatch.setattr(ner_ways_train, "EXTRA", extra)
    monkeypatch.setattr(ner_ways_train, "gold_texts", lambda: ([], [text(GOLD_STYLE)]))


@pytest.mark.usefixtures("toys")
@pytest.mark.parametrize("name", ner_ways.WAYS)
def test_every_way_trains_and_is_judged(name, base, capsys):
    budget = ner_ways_train.Budget(base, base, epochs=1, seed=1, tokens=100)
    averaged, last = ner_ways_train.train(ner_ways_train.Way(**ner_ways.WAYS[name]), budget)
    assert "epoch 1: 1 steps" in capsys.readouterr().out
    run = ner_ways.saved(averaged, last)
    assert run[ANERCORP_STYLE][:, 2].tolist() == [2, 1]
    assert run["scores"].shape == (len(WANTED), len(LABELS))
    assert (GOLD_STYLE in run) == name.startswith("gold ")


@pytest.mark.parametrize("part", ["crf", "spans", "hints"])
def test_what_a_way_adds_has_a_part_in_its_loss(part, base):
    from pipeline.encoder.subwords import Subwords
    from pipeline.training.batches import Windows, batches

    torch.manual_seed(1)
    model, way = Tagger(Encoder.load(base), TRAINED), ner_ways_train.Way(**{part: True})
    parts, subwords, chance = ner_ways_train.Parts.of(way, model), Subwords(base / TOKENIZER), random.Random(1)
    cut = list(Windows(subwords, chance).of(text(ANERCORP_STYLE), augment=False, budget=50))
    ner_ways_train.loss_of(model, batches(cut, subwords.pad, 100, chance)[0], parts, {}).backward()
    assert parts.parameters()
    assert all(weight.grad is not None and weight.grad.any() for weight in parts.parameters())
    learnt = {id(w) for group in ner_ways_train.optimiser(model, parts, way).param_groups for w in group["params"]}
    assert {id(weight) for weight in parts.parameters()} <= learnt


def test_crf_is_the_likelihood_over_all_paths():
    torch.manual_seed(1)
    crf, scores = Crf(3), torch.randn(4, 3)
    torch.nn.init.normal_(crf.steps)
    paths = torch.tensor(list(product(range(3), repeat=4)))
    steps = crf.steps.detach()
    totals = scores[torch.arange(4), paths].sum(1) + steps[paths[:, :-1], paths[:, 1:]].sum(1)
    for path, total in zip(paths[::7], totals[::7], strict=True):
        assert crf(scores, path).item() == pytest.approx((totals.logsumexp(0) - total).item(), abs=1e-4)
    assert crf.best(scores.numpy()) == paths[totals.argmax()].tolist()


def test_a_span_head_learns_spans_and_lets_none_lie_over_another():
    torch.manual_seed(1)
    head, rows = SpanHead(), torch.randn(len(WANTED), HIDDEN)
    assert all(
        a == OUT or a % 2 or b in {a, a - 1} for b, a in zip([OUT, *head.best(rows)], head.best(rows), strict=False)
    )
    stepper = torch.optim.Adam(head.parameters(), lr=3e-3)
    for _ in range(60):
        loss = head.loss(rows, WANTED)
        stepper.zero_grad()
        loss.backward()
        stepper.step()
    assert loss.item() < 0.5
    assert head.best(rows) == WANTED


def test_hints_start_without_effect_and_mark_names_of_the_gazetteer_only(base):
    from pipeline.encoder.subwords import Subwords
    from pipeline.training.batches import Windows, batches

    torch.manual_seed(1)
    model = Tagger(Encoder.load(base), TRAINED).eval()
    subwords, chance = Subwords(base / TOKENIZER), random.Random(1)
    cut = list(Windows(subwords, chance).of(text(ANERCORP_STYLE), augment=False, budget=50))
    batch = batches(cut, subwords.pad, 100, chance)[0]
    with torch.inference_mode():
        plain = model.encoder.words(batch.ids)
        hints = Hints(model.encoder)
        hints.show(batch)
        assert torch.equal(model.encoder.words(batch.ids), plain)
        hints.vectors.weight.data[1:] = 1.0
        moved = (model.encoder.words(batch.ids) - plain).abs().sum(-1)[0].nonzero()[:, 0].tolist()
    window = batch.windows[0]
    assert [window.text.words[window.firsts.index(at)] for at in moved] == ["القاهرة", "بيروت"]


def test_counts_belong_to_the_sentence_of_the_first_word():
    made = text(ANERCORP_STYLE)
    found = [OUT, B_PER, OUT, OUT, B_LOC, OUT, OUT, B_LOC, OUT, B_PER]
    assert counts(made, ANERCORP_STYLE, found).tolist() == [[1, 2, 2], [1, 2, 1]]
    table = stacked([counts(made, ANERCORP_STYLE, found)])
    assert f1(table) == pytest.approx(4 / 7)
    assert interval(table, table) == (0.0, 0.0)


def test_a_sentence_on_its_own_keeps_its_words_and_labels():
    parts = by_sentence([text(ANERCORP_STYLE)])
    assert [len(part.words) for part in parts] == [6, 4]
    assert [part.layers[ANERCORP_STYLE].tolist() for part in parts] == [WANTED[:6], WANTED[6:]]


def test_a_sample_has_at_least_the_words_asked_for():
    texts = [text(ANERCORP_STYLE) for _ in range(5)]
    assert [len(sample(texts, words, random.Random(1))) for words in (1, 10, 11, 500)] == [1, 1, 2, 5]


def test_what_the_teacher_is_unsure_of_is_not_learnt():
    sure = np.log(np.array([[0.96, 0.04 / 8] + [0.005] * 7, [0.5, 0.44] + [0.06 / 7] * 7]))
    assert labelled(sure.astype(np.float32)).tolist() == [OUT, UNKNOWN]
