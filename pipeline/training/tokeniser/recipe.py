"""The recipe: which data teach which model, and the files that result."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from pipeline.tokenise.readings import write_lexicon
from pipeline.tokenise.weights import FOLDER, LEXICON, NETWORK, RANKER, write_checksums
from pipeline.training.tokeniser.corpus import count_forms, entity_examples
from pipeline.training.tokeniser.network import train_network
from pipeline.training.tokeniser.ranker import pack, read_lexicon_forms, stored_logs, train_ranker
from pipeline.training.tokeniser.treebank import (
    cut_examples,
    is_joined_in_padt,
    read_padt,
    read_pud,
    split_by_document,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.training.tokeniser.corpus import Examples
    from pipeline.training.tokeniser.treebank import GoldSentence


def treebanks(shared: Path, seed: int) -> tuple[list[GoldSentence], list[GoldSentence], list[GoldSentence]]:
    """PUD's training part, PADT's development part, and PUD's held-out fifth."""
    learn, held_out = split_by_document(read_pud(shared / "data/ud/pud.conllu"), seed)
    return learn, read_padt(shared / "data/ud/padt_dev.conllu"), held_out


def examples(shared: Path, pud: list[GoldSentence], padt: list[GoldSentence]) -> Examples:
    """Cuts by form; where sources know the same form, PUD speaks before PADT and PADT before the gold entities.

    The treebanks differ in places (PADT leaves some pronouns on their hosts), and PUD's way is the one we follow.
    """
    known = cut_examples(pud)
    for form, ways in cut_examples(padt).items():
        if not is_joined_in_padt(form, ways):
            known.setdefault(form, ways)
    for form, ways in entity_examples(shared).items():
        known.setdefault(form, ways)
    return known


def train(shared: Path, target: Path, seed: int) -> None:
    """Train all models and write them, with checksums, into ``target``."""
    target.mkdir(parents=True, exist_ok=True)
    pud, padt, _ = treebanks(shared, seed)
    train_forms(shared, target, seed)
    train_network([*pud, *padt], target / NETWORK, seed)
    write_checksums(target)
    if target != FOLDER:
        shutil.copy(FOLDER / "resources.json", target)


def train_forms(shared: Path, target: Path, seed: int) -> None:
    """Train the ranker, read the corpus's forms with it, and write both."""
    pud, padt, _ = treebanks(shared, seed)
    ways = examples(shared, pud, padt)
    logs = stored_logs(count_forms(shared))
    weights = train_ranker(ways, logs, seed)
    known = read_lexicon_forms(ways, cut_examples(pud), logs, weights)
    (target / LEXICON).write_bytes(write_lexicon(logs, known))
    (target / RANKER).write_bytes(pack(weights))
