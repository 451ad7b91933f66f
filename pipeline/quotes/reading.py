"""One article read for quotes: candidates with their ends, their speakers' phrases and their probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.affixes import affixes
from pipeline.quotes.accept import accept_features
from pipeline.quotes.candidate import Candidate
from pipeline.quotes.candidates import candidates
from pipeline.quotes.cues import Cue, find_cues
from pipeline.quotes.ends import choose_end
from pipeline.quotes.evidence import SURE, Evidence
from pipeline.quotes.lexicon import load_lexicon
from pipeline.quotes.phrases import Phrase
from pipeline.quotes.scan import Scan, scan
from pipeline.quotes.speakers import SpeakerFinder
from pipeline.script import SEMICOLON

if TYPE_CHECKING:
    from pipeline.quotes.forms import CueForm
    from pipeline.quotes.logistic import Models
    from schemas.annotations import QuoteKind
    from schemas.document import Document

HOPEFUL: Final = 0.02
NESTED: Final = 0.8
"""Least probability of a quote inside another one's content."""
NAME_REACH: Final = 5
NEAR_START: Final = 2
SEEN: Final = 0.3
"""Least score of a cue of the encoder."""
RELAY_REACH: Final = 20
OWN_REACH: Final = 2
"""Words into a content at which a verb without a subject has the outer speaker for one."""
_SAME_START: Final = 3
_OVERLAP: Final = 0.35


@dataclass(slots=True)
class Found:
    """A candidate with what was found out about it; ``start`` and ``end`` are characters of the content."""

    candidate: Candidate
    start: int
    end: int
    kind: QuoteKind
    phrase: Phrase | None
    probability: float = 0.0
    end_probability: float = 1.0

    def overlap(self, other: Found) -> float:
        """Intersection over union of the two contents."""
        shared = min(self.end, other.end) - max(self.start, other.start)
        return max(0, shared) / (max(self.end, other.end) - min(self.start, other.start))


class Reading:
    """The scan of a document and everything that may be a quote in it."""

    def __init__(self, document: Document) -> None:
        """Scan the text and index its entities."""
        self.document = document
        self.scan: Scan = scan(document.text, len(document.title))
        self.cues = find_cues(self.scan)
        self.finder = SpeakerFinder(self.scan, document.entities)
        self.candidates = [c for c in candidates(self.scan, self.cues) if not self._in_name(c)]
        self.evidence = Evidence(self.scan, document.signals) if document.signals else None
        self.candidates += self._rescued()
        self._phrases: dict[tuple[int, int], Phrase | None] = {}

    def _in_name(self, candidate: Candidate) -> bool:
        """Whether a verbal noun would begin within a person's name."""
        if candidate.way != "vn" or candidate.by:
            return False
        entities = (self.finder.entity_of.get(candidate.start - back) for back in range(NAME_REACH))
        start = self.scan.tokens[candidate.start].start
        return any(e is not None and e.type == "PER" and e.start <= start < e.end for e in entities)

    def _rescued(self) -> list[Candidate]:
        """What the encoder takes as quoted where the lexicon sees no beginning of a quote."""
        if self.evidence is None:
            return []
        starts = {candidate.start for candidate in self.candidates}
        return [
            Candidate("signal", self._nearest_cue(first, last), first, last, fixed=True)
            for first, last in self.evidence.runs()
            if not starts.intersection(range(first - NEAR_START, first + NEAR_START + 1))
        ]

    def _nearest_cue(self, first: int, last: int) -> Cue | None:
        """The cue of the same sentence outside ``first:last`` that the encoder also takes for one, the nearest."""
        if self.evidence is None:
            return None
        sentence = self.scan.sentence_of[first]
        cues = [c for c in self.cues if self.scan.sentence_of[c.first] == sentence and not first <= c.first < last]
        seen = [c for c in cues if self.evidence.cue[c.first] >= SEEN]
        return min(seen, key=lambda c: min(abs(c.last - first), abs(c.first - last)), default=None)

    def measured(self, models: Models) -> list[Found]:
        """The candidates that may be quotes, each with its end, phrase and probability."""
        return [self._measure(c, models) for c in self.candidates if c.fixed or self.hopeful(c, models)]

    def hopeful(self, candidate: Candidate, models: Models) -> bool:
        """Whether it pays to look for a candidate's end; most candidates are told by their beginning."""
        phrase = self.phrase(candidate)
        return self.prior(candidate, phrase, models) >= HOPEFUL or self._seen(candidate)

    def _seen(self, candidate: Candidate) -> bool:
        """Whether the encoder takes the beginning of a candidate as quoted."""
        return self.evidence is not None and max(self.evidence.quoted[candidate.start : candidate.start + 2]) >= SURE

    def prior(self, candidate: Candidate, phrase: Phrase | None, models: Models) -> float:
        """The rules' own probability that a candidate is a quote."""
        return models.accept.probability(accept_features(self.scan, candidate, self.speaker_kind(phrase)))

    def _measure(self, candidate: Candidate, models: Models) -> Found:
        sure = 1.0
        if not candidate.fixed:
            candidate.end, sure = choose_end(self.scan, candidate, models, self.evidence)
        found = self.locate(candidate)
        found.end_probability = sure
        found.probability = self.prior(candidate, found.phrase, models)
        if self.evidence is not None and candidate.way == "signal":
            found.probability = self.evidence.alone(candidate)
        elif self.evidence is not None:
            features = self.evidence.accept_features(candidate, found.probability)
            found.probability = models.accept_with_signals.probability(features)
        return found

    def locate(self, candidate: Candidate) -> Found:
        """The characters and the kind of a candidate's content, and the phrase of its speaker."""
        tokens, passages = self.scan.tokens, self.scan.passages
        start, end = tokens[candidate.start].start + candidate.offset, tokens[candidate.end - 1].end
        kind: QuoteKind = "mixed" if self._has_marks(candidate) else "indirect"
        if candidate.passage >= 0:
            passage = passages[candidate.passage]
            whole = candidate.end <= passage.last + 1
            if whole:
                start, end = tokens[passage.first].start, tokens[passage.last - 1].end
                kind = "mixed" if candidate.way == "vn" else "direct"
        return Found(candidate, start, end, kind, self.phrase(candidate))

    def _has_marks(self, candidate: Candidate) -> bool:
        return any(self.scan.passage_of[i] >= 0 for i in range(candidate.start, candidate.end))

    def phrase(self, candidate: Candidate) -> Phrase | None:
        """The phrase that names the candidate's speaker, or None when it is a pronoun or implied."""
        cue = candidate.cue
        if cue is None:
            return self._headline_phrase(candidate) if candidate.way == "head" else None
        limit = (
            candidate.start if candidate.start > cue.last else self.scan.sentences[self.scan.sentence_of[cue.first]][1]
        )
        key = (cue.first, limit)
        if key not in self._phrases:
            self._phrases[key] = self._cue_phrase(cue, limit)
        return self._phrases[key]

    def _headline_phrase(self, candidate: Candidate) -> Phrase | None:
        colon = candidate.start - 1
        while colon > 0 and self.scan.tokens[colon].text not in {":", SEMICOLON}:
            colon -= 1
        end = self.finder.phrase_end(0, colon)
        return Phrase(0, end, place="before") if end else None

    def _cue_phrase(self, cue: Cue, limit: int) -> Phrase | None:
        form, finder, before = cue.form, self.finder, self.scan.key(cue.first - 1)
        if form.kind == "noun" and form.pronoun and not form.prefix:
            return self._relayed(cue)
        if depends_on_sentence(form):
            return None
        if form.finite and not form.prefix and (before == load_lexicon().perfect or finder.follows_name(cue)):
            return finder.before(cue) or finder.after(cue, limit)
        if form.finite and before in finder.words.pronouns:
            return None
        found = finder.after(cue, limit)
        if found is None and form.finite and form.prefix[:1] not in affixes().conjunctions:
            found = finder.before(cue)
        return found

    def _relayed(self, cue: Cue) -> Phrase | None:
        """نقلت وكالة عن فلان قوله: the speaker stands behind عن."""
        first = self.scan.sentences[self.scan.sentence_of[cue.first]][0]
        for at in range(cue.first - 1, max(first, cue.first - RELAY_REACH), -1):
            if self.scan.key(at) in self.finder.words.relay_prepositions:
                return self.finder.about(at, cue.first)
        return None

    def speaker_kind(self, phrase: Phrase | None) -> str:
        """A coarse name for what the phrase is, for the models."""
        if phrase is None:
            return ""
        kinds = {e.type for i in range(phrase.start, phrase.end) if (e := self.finder.entity_of.get(i))}
        wide = self.scan.key(phrase.start) in self.finder.words.wide
        best = next((k for k in ("PER", "ORG", "LOC") if k in kinds), "wide" if wide else "other")
        return f"{best}:{phrase.place}"


def depends_on_sentence(form: CueForm) -> bool:
    """Whether a cue has no subject of its own: a participle, بالقول, بقوله."""
    governed = form.prefix[:1] == affixes().by or bool(form.pronoun)
    return form.kind == "participle" or (form.kind == "noun" and governed)


def accepted(reading: Reading, models: Models) -> list[Found]:
    """The candidates that are quotes, in text order: the more probable of two that exclude each other."""
    chosen: dict[int, list[Found]] = {}
    threshold = models.threshold_with_signals if reading.evidence else models.threshold
    for found in sorted(reading.measured(models), key=lambda f: (-f.probability, f.start, f.end)):
        if found.probability < threshold:
            break
        rivals = chosen.setdefault(reading.scan.sentence_of[found.candidate.start], [])
        if not any(_excludes(found, other) for other in rivals):
            rivals.append(found)
    return sorted((f for found in chosen.values() for f in found), key=lambda f: (f.start, f.end))


def _nested(inner: Found, outer: Found) -> bool | None:
    """For a cue inside another content: whether it has a speaker of its own there; None when it cannot be told."""
    cue, start = inner.candidate.cue, outer.candidate.start
    inside = cue is not None and outer.candidate.cue is not None and start <= cue.first < outer.candidate.end
    if cue is None or not inside or inner.start <= outer.start + _SAME_START:
        return None
    if inner.phrase is None:
        return False if cue.form.finite and cue.first - start <= OWN_REACH else None
    whole = inner.candidate.way == outer.candidate.way == "comp" and cue.form.finite
    sure = inner.probability >= NESTED
    return True if whole and sure and inner.phrase.start >= start else None


def _excludes(one: Found, two: Found) -> bool:
    for inner, outer in ((one, two), (two, one)):
        nested = _nested(inner, outer)
        if nested is not None:
            return not nested
    overlap = one.overlap(two)
    if overlap > _OVERLAP or (overlap and abs(one.start - two.start) <= _SAME_START):
        return True
    if one.candidate.cue is None or two.candidate.cue is None:
        return overlap > 0
    if one.candidate.cue.first != two.candidate.cue.first:
        return False
    ways = {one.candidate.way, two.candidate.way}
    later = max(one, two, key=lambda f: f.start).candidate
    return overlap > 0 or not ("front" in ways or later.by[:1] == affixes().and_)
