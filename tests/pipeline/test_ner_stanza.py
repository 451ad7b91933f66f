"""Khabar's tagger inside Stanza."""

from __future__ import annotations

import pytest

from pipeline.encoder.weights import CHECKSUMS, FOLDER

pytestmark = pytest.mark.skipif(not (FOLDER / CHECKSUMS).exists(), reason="the encoder's weights are not in this tree")

TEXT = "وصل فلاديمير بوتين إلى طهران أمس. والتقى المسؤولون وفدا من إيران وتركيا."


@pytest.fixture(scope="module")
def nlp():
    pytest.importorskip("stanza")
    from pipeline.nlp.variants import stanza_pipeline

    return stanza_pipeline()


def test_variants_work_in_a_stanza_pipeline(nlp):
    parsed = nlp(TEXT)
    found = {(span.text, span.type) for span in parsed.ents}
    assert {("فلاديمير بوتين", "PER"), ("طهران", "LOC"), ("تركيا", "LOC")} <= found
    assert all(TEXT[span.start_char : span.end_char] == span.text for span in parsed.ents)
    words = {word.text: word.upos for sentence in parsed.sentences for word in sentence.words}
    assert words["وصل"] == "VERB"
    assert words["إلى"] == "ADP"
    assert {token.ner for s in parsed.sentences for token in s.tokens if token.text == "فلاديمير"} == {"B-PER"}


def test_stage_and_variant_are_one_implementation(nlp):
    from pipeline.ner.tagger import KhabarTagger

    parsed = nlp(TEXT)
    tagger = KhabarTagger()
    borders = tuple((s.tokens[0].start_char, s.tokens[-1].end_char) for s in parsed.sentences)
    direct = tagger.entities(TEXT, tagger.read(TEXT, borders))
    assert [(e.start, e.end, e.type) for e in direct] == [(s.start_char, s.end_char, s.type) for s in parsed.ents]


def test_bulk_processing(nlp):
    import stanza

    first, second = nlp.bulk_process([stanza.Document([], text=TEXT), stanza.Document([], text="زار الوزير بغداد.")])
    assert [span.text for span in second.ents] == ["بغداد"]
    assert len(first.ents) >= 4
