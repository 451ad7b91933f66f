"""docs/analysts.md: every question runs, has an answer over fitting rows, and prints the columns that its page shows."""

from __future__ import annotations

import itertools
from contextlib import closing
from datetime import UTC, datetime

import pytest
from support.cookbook import PAGE, questions

from agents.clickhouse.client import connect
from agents.clickhouse.gazetteer import load_gazetteer
from agents.sink.rows import TABLES, rows_of
from schemas.annotations import Actor, Entity, Event, Quote, Sentence, Span, Word
from schemas.document import Document
from schemas.ids import stable_id

MOMENT = datetime(2025, 3, 10, 8, tzinfo=UTC)
TITLE = "موسكو ترفض اتفاق هدنة"
SENTENCES = (
    "رفضت موسكو اتفاق الهدنة مع كييف في جنيف بحضور مجلس الأمن الدولي.",
    "وقال فولوديمير زيلينسكي «نريد هدنة دائمة».",
    "واتهم زيلينسكي موسكو بقصف كييف، وبحث مجلس الأمن الاتفاق.",
)
TEXT = TITLE + "\n\n" + " ".join(SENTENCES)
RUSSIA, UKRAINE, COUNCIL = ("روسيا", "RUS", "Q159"), ("أوكرانيا", "UKR", "Q212"), ("مجلس الأمن الدولي", "IGO", "Q37470")


def at(words, last=False):  # noqa: FBT002 - reads well where it is called
    start = TEXT.rindex(words) if last else TEXT.index(words)
    return {"start": start, "end": start + len(words), "text": words}


def actor(words, who):
    return Actor(**at(words), name=who[0], country=who[1], entity_id=who[2])


def entity(words, kind, who, *, last=False):
    found = at(words, last)
    return Entity(
        **found, mention_id=stable_id(words, found["start"]), type=kind, name=who[0], country=who[1], entity_id=who[2]
    )


def event(kind, phase, trigger, source, target, **fields):
    return Event(
        event_id=stable_id(kind, phase, trigger, *fields.values()),
        kind=kind,
        phase=phase,
        event_type=f"{kind}_{phase}",
        trigger=Span(**at(trigger)),
        source=[actor("موسكو", source)],
        target=[actor("كييف", target)],
        **{"date": "2025-03-10", "date_resolution": "published", "place_name": "جنيف", "place_country": "CHE"} | fields,
    )


def sentences():
    start, made = 0, []
    for text in (TITLE, *SENTENCES):
        start = TEXT.index(text, start)
        verb, noun = text.split()[:2]
        words = [
            Word(start=0, end=1, text=verb, token=0, upos="VERB"),
            Word(start=0, end=1, text=noun, token=1, upos="NOUN"),
        ]
        made.append(Sentence(start=start, end=start + len(text), words=words))
    return made


def news(number, source):
    person = ("فولوديمير زيلينسكي", "UKR", "Q3874799")
    quote = Quote(
        quote_id=stable_id(number, "q"),
        content=Span(**at("نريد هدنة دائمة")),
        kind="direct",
        cue=Span(**at("وقال")),
        speaker=Span(**at("فولوديمير زيلينسكي")),
        speaker_name=person[0],
        speaker_country="UKR",
        speaker_role="head_of_state",
        resolution="named",
    )
    return Document(
        id=f"news-{number}",
        revision=1,
        source=source,
        title=TITLE,
        body=" ".join(SENTENCES),
        published_at="2025-03-10T07:30:00Z",
        sentences=sentences(),
        entities=[
            entity("موسكو", "LOC", RUSSIA, last=True),
            entity("كييف", "LOC", UKRAINE, last=True),
            entity("فولوديمير زيلينسكي", "PER", person),
            entity("مجلس الأمن الدولي", "ORG", COUNCIL),
            entity("مجلس الأمن", "ORG", COUNCIL, last=True),
        ],
        quotes=[quote],
        events=[
            event("agreement", "rejected", "اتفاق", RUSSIA, UKRAINE),
            event("meeting", "arranged", "بحث", RUSSIA, UKRAINE),
            event("meeting", "realised", "بحث", RUSSIA, UKRAINE, date="2025-03-11"),
            event("attack", "realised", "بقصف", RUSSIA, UKRAINE, quote_id=quote.quote_id, attributed_to=person[0]),
        ],
        versions={"ner": "1", "events": "2"},
    )


@pytest.fixture(scope="module")
def answers(shared_settings):
    """Answers of the analyst to all questions, over two articles of two sources."""
    load_gazetteer(shared_settings)
    with closing(connect(shared_settings)) as client:
        for table, (number, source) in itertools.product(TABLES, enumerate(["وكالة", "صحيفة"])):
            rows = rows_of(news(number, source), MOMENT)[table]
            client.insert(table, [list(row.values()) for row in rows], column_names=list(rows[0]))
    with closing(connect(shared_settings, "analyst")) as analyst:
        yield analyst.query


def test_there_are_many_questions_with_numbers_in_order():
    assert len(questions()) >= 15
    assert [int(question.title.split(".")[0]) for question in questions()] == list(range(1, len(questions()) + 1))


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.title)
def test_each_question_has_an_answer_with_the_columns_of_the_page(answers, question):
    answer = answers(question.sql)
    assert answer.result_rows
    assert tuple(answer.column_names) == question.columns


def test_the_views_of_the_page_are_those_of_the_database(answers):
    page = PAGE.read_text("utf-8")
    views = answers("SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'View'").result_rows
    for (view,) in views:
        assert f"`{view}`" in page or view == "current_analyses"
