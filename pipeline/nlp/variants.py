"""Khabar's NER and POS tagging as Stanza processor variants named ``khabar``.

Importing this module imports Stanza and registers both. ``stanza_pipeline`` builds a whole pipeline of Khabar's
models; inside it, ``pos`` and ``ner`` of a text share one pass of the encoder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import stanza
from stanza.pipeline.ner_processor import NERProcessor
from stanza.pipeline.processor import ProcessorVariant, register_processor, register_processor_variant

from pipeline.ner.tagger import KhabarTagger, borders
from pipeline.tokenise import variants as _tokeniser
from pipeline.tokenise.weights import FOLDER as TOKENISER
from schemas.annotations import Sentence, Word

if TYPE_CHECKING:
    from stanza.models.common.doc import Document

    from schemas.annotations import Entity

VARIANT: Final = _tokeniser.VARIANT


@register_processor("ner")
class NerProcessor(NERProcessor):  # type: ignore[misc]
    """Stanza's own, but it can have a variant: Stanza 1.15 asks for its trainers even then, and fails."""

    def _set_up_final_config(self, config: dict[str, Any]) -> None:
        if hasattr(self, "_variant"):
            self._config, self.model_paths = config, [VARIANT]
        else:
            super()._set_up_final_config(config)


@register_processor_variant("pos", VARIANT)
class KhabarPos(ProcessorVariant):  # type: ignore[misc]
    """Fills ``upos`` of every word. Configuration: ``tagger``, a :class:`pipeline.ner.tagger.KhabarTagger`."""

    OVERRIDE = True

    def __init__(self, config: dict[str, Any]) -> None:
        """Take the tagger of the configuration."""
        self._tagger: KhabarTagger = config["tagger"]

    def process(self, document: Document) -> Document:
        """Tag one document in place."""
        sentences = _sentences(document)
        self._tagger.tag(sentences, self._tagger.read(document.text, borders(sentences)))
        for ours, theirs in zip(sentences, document.sentences, strict=True):
            for word, target in zip(ours.words, theirs.words, strict=True):
                target.upos = word.upos
        return document


@register_processor_variant("ner", VARIANT)
class KhabarNer(ProcessorVariant):  # type: ignore[misc]
    """Fills the tokens' ``ner`` in BIOES and ``ents``, whose offsets leave attached clitics out.

    Configuration: ``tagger``, a :class:`pipeline.ner.tagger.KhabarTagger`.
    """

    OVERRIDE = True

    def __init__(self, config: dict[str, Any]) -> None:
        """Take the tagger of the configuration."""
        self._tagger: KhabarTagger = config["tagger"]

    def process(self, document: Document) -> Document:
        """Tag one document in place."""
        found = self._tagger.entities(document.text, self._tagger.read(document.text, borders(_sentences(document))))
        for token in document.iter_tokens():
            token.ner = "O"
        placed = [entity for entity in found if self._place(document, entity)]
        for span, entity in zip(document.build_ents(), placed, strict=True):
            span.start_char, span.end_char, span.text = entity.start, entity.end, entity.text
        return document

    @staticmethod
    def _place(document: Document, entity: Entity) -> bool:
        """Tag the tokens of an entity; False when it shares a token with the one before."""
        tokens = [t for t in document.iter_tokens() if t.start_char < entity.end and t.end_char > entity.start]
        if not tokens or any(token.ner != "O" for token in tokens) or tokens[0].sent is not tokens[-1].sent:
            return False
        for token in tokens:
            token.ner = f"I-{entity.type}"
        tokens[0].ner, tokens[-1].ner = f"B-{entity.type}", f"E-{entity.type}"
        if len(tokens) == 1:
            tokens[0].ner = f"S-{entity.type}"
        return True


def _sentences(document: Document) -> list[Sentence]:
    """Stanza's sentences in our form; words without offsets of their own get their token's."""
    sentences = []
    for sentence in document.sentences:
        words = [
            Word(
                start=token.start_char if word.start_char is None else word.start_char,
                end=token.end_char if word.end_char is None else word.end_char,
                text=word.text,
                token=number,
            )
            for number, token in enumerate(sentence.tokens)
            for word in token.words
        ]
        start, end = sentence.tokens[0].start_char, sentence.tokens[-1].end_char
        sentences.append(Sentence(start=start, end=end, words=words))
    return sentences


def stanza_pipeline(threads: int = 1) -> stanza.Pipeline:
    """A Stanza pipeline of Khabar's own models: tokenize, mwt, pos, ner.

    Raises:
        ModelMissingError: a model's file or package is not there.
        ModelChecksumError: a file is not the released one.
    """
    tagger = KhabarTagger(threads=threads)
    readings, network = _tokeniser.load_models(TOKENISER)
    return stanza.Pipeline(
        "ar",
        dir=str(TOKENISER),
        processors=dict.fromkeys(("tokenize", "mwt", "pos", "ner"), VARIANT),
        download_method=None,
        allow_unknown_language=True,
        logging_level="ERROR",
        use_gpu=False,
        **{f"{name}_with_{VARIANT}": True for name in ("tokenize", "mwt", "pos", "ner")},
        tokenize_readings=readings,
        tokenize_network=network,
        mwt_readings=readings,
        pos_tagger=tagger,
        ner_tagger=tagger,
    )
