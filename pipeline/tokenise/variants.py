"""Khabar's tokeniser and multi-word token expander as Stanza processor variants named ``khabar``.

Importing this module imports Stanza and registers both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from stanza.models.common.doc import Document, Word
from stanza.pipeline.processor import ProcessorVariant, register_processor_variant

from pipeline.lexicon.tables import read
from pipeline.tokenise.boundaries import Boundaries, weak_ends
from pipeline.tokenise.characters import bare
from pipeline.tokenise.network import BoundaryNetwork
from pipeline.tokenise.readings import Readings
from pipeline.tokenise.surface import SurfaceToken, surface_tokens
from pipeline.tokenise.weights import LEXICON, NETWORK, RANKER
from pipeline.tokenise.words import slices

if TYPE_CHECKING:
    from pathlib import Path

VARIANT: Final = "khabar"
_CUT: Final = "MWT=Yes"


@register_processor_variant("tokenize", VARIANT)
class KhabarTokeniser(ProcessorVariant):  # type: ignore[misc]
    """Text to sentences of surface tokens; tokens that hold clitics are marked as multi-word tokens.

    Configuration: ``readings`` and ``network``, loaded.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        """Take both models from the configuration and read the abbreviations."""
        self._readings: Readings = config["readings"]
        self._network: BoundaryNetwork = config["network"]
        lists = read("abbreviations.toml")
        self._boundaries = Boundaries(frozenset(word for key in lists for word in lists.texts(key)))

    def process(self, document: Document | str) -> Document:
        """Tokenise one text."""
        text = document if isinstance(document, str) else document.text
        tokens = surface_tokens(text)
        forms = [bare(text[t.start : t.end]) if t.kind == "arabic" else "" for t in tokens]
        weak = weak_ends(text, tokens)
        asked = [i for i, form in enumerate(forms) if i in weak or self._readings.in_doubt(form)]
        ends, clitics = (values.tolist() for values in self._network.judge(text, tokens, asked))
        cut = {t.start for t, f, c in zip(tokens, forms, clitics, strict=True) if self._readings.is_cut(f, c)}
        sentences = self._boundaries.split(text, tokens, ends)
        document = Document([[_entry(text, i, token) for i, token in enumerate(s, 1)] for s in sentences], text)
        for token in document.iter_tokens():
            if token.start_char in cut:
                token.misc = _CUT
        return document


@register_processor_variant("mwt", VARIANT)
class KhabarExpander(ProcessorVariant):  # type: ignore[misc]
    """Cuts the marked tokens into words, each an exact slice of the text with its own offsets."""

    OVERRIDE = True

    def __init__(self, config: dict[str, Any]) -> None:
        """Take the ``readings`` of the configuration."""
        self._readings: Readings = config["readings"]

    def process(self, document: Document) -> Document:
        """Expand every marked token of the document in place."""
        for sentence in document.sentences:
            number = 1
            for token in sentence.tokens:
                if token.misc == _CUT:
                    token.misc = None
                    token.words = self._words(sentence, token)
                for word in token.words:
                    word.id = number
                    number += 1
                token.id = tuple(sorted({token.words[0].id, token.words[-1].id}))
            sentence.words = [word for token in sentence.tokens for word in token.words]
        return document

    def _words(self, sentence: object, token: Any) -> list[Word]:  # noqa: ANN401 (Stanza has no types)
        cuts = self._readings[bare(token.text)].cuts
        words = []
        for start, end in slices(token.text, 0, len(token.text), cuts):
            entry = {"id": 1, "text": token.text[start:end]}
            word = Word(sentence, entry | {"start_char": token.start_char + start, "end_char": token.start_char + end})
            word.parent, word.sent = token, sentence
            words.append(word)
        return words


def _entry(text: str, number: int, token: SurfaceToken) -> dict[str, object]:
    """Stanza's dictionary form of a token."""
    offsets = {"start_char": token.start, "end_char": token.end}
    return {"id": (number,), "text": text[token.start : token.end], **offsets}


def load_models(folder: Path) -> tuple[Readings, BoundaryNetwork]:
    """The two models from their files."""
    readings = Readings.from_files((folder / LEXICON).read_bytes(), (folder / RANKER).read_bytes())
    return readings, BoundaryNetwork(folder / NETWORK)
