"""The ner stage: entities linked, parts of speech, and the signals of the encoder's other heads, in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.stage import NlpModels, Stage


def load(models: NlpModels = "khabar", threads: int = 1) -> Stage:
    """The stage with Khabar's own encoder, or with Stanza's published models; a pass uses ``threads`` threads.

    ``anercorp`` has entities in ANERcorp's style, for comparison with taggers that learnt it; the stages after this one
    were tuned on Khabar's own.

    Raises:
        ModelMissingError: the models are not installed; the message says how to get them.
        ModelChecksumError: a file of Khabar's own model is not the released one.
    """
    from pipeline import linking
    from pipeline.ner.stage import NerStage
    from pipeline.version import LANGUAGE, package_digest

    code = package_digest("ner", "encoder", "nlp", "linking", *LANGUAGE)
    if models == "stanza":
        from pipeline.nlp.published import PublishedTagger

        return NerStage(PublishedTagger(threads), linking.load(), code)
    from pipeline.ner.entities import ANERCORP_STYLE, GOLD_STYLE
    from pipeline.ner.tagger import KhabarTagger

    style = ANERCORP_STYLE if models == "anercorp" else GOLD_STYLE
    return NerStage(KhabarTagger(threads=threads, style=style), linking.load(), code)
