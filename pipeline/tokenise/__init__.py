"""The tokenise stage: sentences and words, clitics split, every offset exact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pipeline.stage import NlpModels, Stage

_LISTS: Final = ("abbreviations.toml", "affixes.toml", "cuts.toml", "tables.py")
PARTS: Final = ("tokenise", "nlp/hub.py", "affixes.py", "script.py", *(f"lexicon/{name}" for name in _LISTS))
"""The code and data that decide where this stage cuts."""


def load(models: NlpModels = "khabar", threads: int = 1) -> Stage:
    """The stage with Khabar's own models, or with Stanza's published ones; torch uses ``threads`` threads.

    Raises:
        ModelMissingError: the models are not installed; the message says how to get them.
        ModelChecksumError: a file of Khabar's own models is not the released one.
    """
    from pipeline.tokenise.pipelines import build
    from pipeline.tokenise.stage import TokeniseStage
    from pipeline.version import package_digest

    pipeline, version = build(models, threads)
    return TokeniseStage(pipeline, f"{version}-{package_digest(*PARTS)}")
