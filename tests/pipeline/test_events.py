"""The events stage: tables of sentences through the whole pipeline, an analyst's own files, and what always holds."""

from __future__ import annotations

import time
from collections import Counter

import msgspec
import pytest
from events_support import annotate, document, rows, stages
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import events
from pipeline.events.ontology import load_ontology
from schemas.annotations import Link, Quote, Sentence, Signal, Signals, Span
from schemas.document import Document
from schemas.errors import ConfigurationError

TABLE, NONE = rows("events.tsv"), rows("events_none.tsv")
WORDS = [
    "التقى",
    "الرئيس",
    "الروسي",
    "نظيره",
    "،",
    "هجوم",
    "على",
    "في",
    "لم",
    "وقف إطلاق النار",
    "غدا",
    "«",
    "»",
    "ضد",
    "للأمم",
    "ـ",
    "x",
    "12",
    ".",
]


@pytest.fixture(scope="session")
def annotated():
    """The sentences of both tables, annotated in one pass."""
    sentences = dict.fromkeys(row[0] for row in (*TABLE, *NONE))
    return dict(zip(sentences, annotate([document(s, str(i)) for i, s in enumerate(sentences)]), strict=True))


def parts(cell):
    return sorted(part for part in cell.split(";") if part)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_a_sentence_gives_its_event(row, annotated):
    sentence, event_type, trigger, source, target, negated = row
    wanted = (event_type, trigger, parts(source), parts(target), bool(negated))
    found = [
        (e.event_type, e.trigger.text, sorted(a.text for a in e.source), sorted(a.text for a in e.target), e.negated)
        for e in annotated[sentence].events
    ]
    assert wanted in found


@pytest.mark.parametrize("row", NONE, ids=lambda row: row[0])
def test_a_word_in_another_sense_gives_no_event(row, annotated):
    sentence, kind = row
    assert kind not in {e.kind for e in annotated[sentence].events}


def test_the_table_covers_all_kinds_and_phases():
    ontology = load_ontology()
    names = {
        codes.event_type: (kind.name, phase) for kind in ontology.kinds.values() for phase, codes in kind.phases.items()
    }
    covered = [names[row[1]] for row in TABLE]
    assert len(TABLE) >= 150
    assert {kind for kind, _ in covered} == set(ontology.kinds)
    assert {phase for _, phase in covered} == set(ontology.phases)
    assert min(Counter(kind for kind, _ in covered).values()) >= 4


def test_every_field_is_filled():
    (made,) = annotate([document("فرض الاتحاد الأوروبي أمس عقوبات على روسيا في بروكسل", "all")])
    (event,) = [e for e in made.events if e.kind == "sanction"]
    assert (event.plover, event.cameo, event.phase) == ("COERCE", "163", "realised")
    assert (event.date, event.date_resolution, event.date_span.text) == ("2024-08-19", "relative", "أمس")
    assert event.found_by.startswith("sanction:")
    assert 0.3 < event.confidence <= 1
    assert [(a.name, a.country) for a in event.target] == [("روسيا", "RUS")]
    assert len(event.event_id) == 24


def test_the_same_article_gives_the_same_ids_and_another_revision_others():
    first, second = annotate([document(TABLE[0][0], "a"), document(TABLE[0][0], "a")])
    assert first.events == second.events
    other = document(TABLE[0][0], "a")
    other.revision = 2
    (other,) = annotate([other])
    assert not {e.event_id for e in other.events} & {e.event_id for e in first.events}


def test_what_is_said_in_a_quote_names_who_said_it():
    made = document("قال سامر الخطيب إن روسيا قصفت مدينة حلب", "quote")
    stages()["tokenise"]([made])
    stages()["ner"]([made])
    start = made.text.index("روسيا")
    content = Span(start=start, end=len(made.text), text=made.text[start:])
    made.quotes = [Quote(quote_id="q1", content=content, kind="indirect", speaker_name="سامر الخطيب")]
    stages()["events"]([made])
    (event,) = [e for e in made.events if e.kind == "attack"]
    assert (event.quote_id, event.attributed_to) == ("q1", "سامر الخطيب")


@pytest.mark.parametrize(
    ("phase_of_event", "sentence", "day"),
    [
        ("realised", "التقى الرئيس الفرنسي نظيره المصري الأحد", "2024-08-18"),
        ("arranged", "من المقرر أن يلتقي الرئيس الفرنسي نظيره المصري الأحد", "2024-08-25"),
    ],
)
def test_a_weekday_looks_back_for_what_happened_and_ahead_for_what_is_planned(phase_of_event, sentence, day):
    (made,) = annotate([document(sentence, "weekday")])
    (event,) = [e for e in made.events if e.kind == "meeting"]
    assert (event.phase, event.date, event.date_resolution) == (phase_of_event, day, "weekday")


def test_without_a_date_fresh_news_happened_on_the_day_of_publication():
    filler = " ".join(["وتحدث الخبير عن الطقس في المدينة."] * 3)
    (made,) = annotate(
        [document(f"قصفت القوات الحكومية مدينة حلب. {filler} وقصفت القوات الحكومية مدينة إدلب.", "fresh")]
    )
    early, late = [e for e in made.events if e.kind == "attack"]
    assert (early.date, early.date_resolution) == ("2024-08-20", "published")
    assert (late.date, late.date_resolution) == ("", "none")


# --- an analyst's own files


@pytest.fixture
def own(tmp_path):
    """A directory with a new kind and new triggers, as docs/ontology.md tells."""
    (tmp_path / "triggers").mkdir()
    (tmp_path / "ontology.toml").write_text(
        '[kinds.election]\nenglish = "Election"\narabic = "انتخاب"\ncovers = "a vote"\nnames = { realised = "election_held" }\n'
        'phases.realised = { cameo = "", plover = "" }\nphases.proposed = { cameo = "", plover = "" }\n',
        encoding="utf-8",
    )
    (tmp_path / "triggers" / "election.toml").write_text(
        'kind = "election"\nverbs = ["انتخب|نتخب"]\nnouns = ["استفتاء"]\n', encoding="utf-8"
    )
    (tmp_path / "triggers" / "attack.toml").write_text('kind = "attack"\nnouns = ["زلزلة"]\n', encoding="utf-8")
    return tmp_path


def test_an_analyst_adds_a_kind_and_a_trigger_without_code(own):
    sentences = ["انتخب البرلمان رئيسا جديدا في بيروت", "نفذت الجماعة زلزلة في العاصمة"]
    before = annotate([document(s, s) for s in sentences])
    assert not any(e.found_by in {"election:انتخب|نتخب", "attack:زلزلة"} for d in before for e in d.events)
    after = events.load(extra=own)(before)
    assert [(e.event_type, e.trigger.text) for e in after[0].events if e.kind == "election"] == [
        ("election_held", "انتخب")
    ]
    assert ("attack", "زلزلة") in [(e.kind, e.trigger.text) for e in after[1].events]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("verbs = []", "needs a line such as kind"),
        ('kind = "attack"\nverbs = ["هاجم"]', "past|present"),
        ('kind = "attack"\n[[trigger]]\nnoun = "هجوم"\nverb = "هاجم|هاجم"', "one of verb, noun, phrase"),
        ('kind = "attack"\n[[trigger]]\nnoun = "هجوم"\nunles_next = ["x"]', "no key but"),
        ('kind = "quarrel"\nnouns = ["شجار"]', "ontology.toml has no kind 'quarrel'"),
        ("kind = ", "not valid TOML"),
    ],
)
def test_a_malformed_trigger_file_says_what_is_wrong(tmp_path, content, reason):
    (tmp_path / "triggers").mkdir()
    (tmp_path / "triggers" / "mine.toml").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        events.load(extra=tmp_path)
    assert reason in str(error.value)


# --- the encoder's signals


def with_signals(sentence, triggers, links=()):
    made = document(sentence, "signals")
    stages()["tokenise"]([made])
    place = made.text.index
    span = lambda text: {"start": place(text), "end": place(text) + len(text)}  # noqa: E731
    made.signals = Signals(
        triggers=[Signal(**span(text), label=kind, score=score) for text, kind, score in triggers],
        phases=[Signal(**span(text), label="realised", score=0.9) for text, _, _ in triggers],
        actors=[Signal(**span(actor), label="actor", score=0.9) for _, actor, _ in links],
        links=[Link(head=place(t), tail=place(actor), label=role, score=0.95) for t, actor, role in links],
    )
    return stages()["events"]([made])[0].events


def test_a_trigger_that_only_the_encoder_knows_counts_when_it_is_sure():
    sentence = "بطشت القوات الحكومية بسكان القرية"
    assert with_signals(sentence, []) == []
    assert with_signals(sentence, [("بطشت", "attack", 0.3)]) == []
    (event,) = with_signals(sentence, [("بطشت", "attack", 0.95)])
    assert (event.kind, event.trigger.text, event.found_by) == ("attack", "بطشت", "attack:encoder")


def test_the_encoder_raises_and_lowers_what_the_lexicon_finds():
    sentence = "تحدث التقرير عن عمليات في المنطقة"
    sure = with_signals(sentence, [("عمليات", "attack", 0.97)])
    unsure = with_signals(sentence, [])
    assert [e.trigger.text for e in sure if e.kind == "attack"] == ["عمليات"]
    assert not any(e.kind == "attack" for e in unsure)


def test_a_link_of_the_encoder_makes_an_actor():
    (event,) = with_signals(
        "تحدث عن هجوم الأسبوع الماضي مسلحون", [("هجوم", "attack", 0.9)], [("هجوم", "مسلحون", "source")]
    )
    assert [a.text for a in event.source] == ["مسلحون"]


# --- what always holds


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=60).map(" ".join) | st.text(min_size=1, max_size=120))
def test_any_text_gives_spans_of_the_text(body):
    made = Document(id="x", revision=0, source="s", title="خبر", body=body, published_at="2024-08-20T00:00:00Z")
    text = made.text
    made.sentences = [Sentence(start=0, end=len(text))]
    stages()["events"]([made])
    msgspec.convert(msgspec.to_builtins(made), Document)
    for event in made.events:
        for span in (event.trigger, *event.source, *event.target, *filter(None, (event.date_span, event.place))):
            assert span.text == text[span.start : span.end]
            assert span.text


def test_time_grows_with_the_length_and_not_with_its_square():
    sentence = "قصفت القوات الروسية مدينة حلب ودعا الرئيس الفرنسي إلى هدنة، "

    def seconds(times):
        made = document(sentence * times, "long")
        made.sentences = [Sentence(start=0, end=len(made.text))]
        began = time.process_time()
        stages()["events"]([made])
        return time.process_time() - began

    seconds(20)
    assert seconds(400) < 30 * seconds(40) + 0.5
