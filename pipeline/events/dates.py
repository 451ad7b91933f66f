"""Date expressions of news Arabic, and the day each of them means for an article published on a given day."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from pipeline.affixes import affixes
from pipeline.events.hijri import to_gregorian
from pipeline.lexicon.tables import read
from pipeline.script import COMMAS, DIGITS
from pipeline.text import FoldedText, fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.lexicon.tables import Table

Resolution = Literal["explicit", "weekday", "relative", "none"]
WEEK: Final = 7
_HALF_WEEK: Final = 3
_MONTHS: Final = 12
_HIJRI_YEARS: Final = range(1300, 1600)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date expression at ``start`` to ``end`` of the text."""

    start: int
    end: int
    kind: Resolution
    day: date | None = None
    """The day of explicit and relative expressions; None for a weekday without a week, and for what has no day."""
    weekday: int | None = None
    week: int = 0
    """-1 for الماضي, 1 for المقبل."""
    around: tuple[date | None, date | None] | None = None
    """For a day of a month without year: the last one up to publication, and the first one from it on."""

    def resolve(self, published: date, *, future: bool) -> date | None:
        """Give the day; a bare weekday is the nearest one before (or after, when ``future``) publication.

        The day of publication itself counts in both directions.
        """
        if self.around is not None:
            return self.around[future]
        if self.weekday is None:
            return self.day
        back = (published.weekday() - self.weekday) % WEEK
        ahead = (self.weekday - published.weekday()) % WEEK
        if self.week > 0 or (future and self.week == 0):
            return _shift(published, ahead or (WEEK if self.week else 0))
        return _shift(published, -(back or (WEEK if self.week else 0)))


@dataclass(frozen=True, slots=True)
class _Grammar:
    pattern: re.Pattern[str]
    months: dict[str, int]
    hijri: dict[str, int]
    ordinals: dict[str, int]
    weekdays: dict[str, int]
    relative: dict[str, int]
    counts: dict[str, int]
    back: frozenset[str]
    past: frozenset[str]
    future: frozenset[str]
    current: frozenset[str]
    not_before: frozenset[str]
    not_after: frozenset[str]


def find_dates(text: str, published: date, start: int = 0, end: int | None = None) -> list[DateMention]:
    """All date expressions of ``text[start:end]`` in order, offsets into ``text``; in time linear in its length."""
    grammar = _grammar()
    folded = FoldedText.of(text[start:end].translate(DIGITS))
    found = []
    for match in grammar.pattern.finditer(folded.text):
        mention = _read(match, grammar, published)
        if mention is not None and not _is_none(match, grammar, folded.text):
            begin, stop = folded.original_span(match.start("all"), match.end("all"))
            found.append(replace(mention, start=start + begin, end=start + stop))
    return found


@lru_cache(maxsize=1)
def _grammar() -> _Grammar:
    data = read("dates.toml")
    months, hijri = _months(data.table("months")), _months(data.table("hijri_months"))
    maps = {key: _numbers(data.table(key)) for key in ("ordinals", "weekdays", "relative", "counts")}
    modifiers, unless = data.table("modifiers"), data.table("relative_unless")
    return _Grammar(
        pattern=_pattern(months, hijri, maps, data),
        months=months,
        hijri=hijri,
        ordinals=maps["ordinals"],
        weekdays=maps["weekdays"],
        relative=maps["relative"],
        counts=maps["counts"],
        back=data.table("direction").words("back"),
        past=modifiers.words("past"),
        future=modifiers.words("future"),
        current=modifiers.words("current"),
        not_before=unless.words("next"),
        not_after=unless.words("previous"),
    )


def _months(table: Table) -> dict[str, int]:
    return {name: int(number) for number in table for name in table.words(number)}


def _numbers(table: Table) -> dict[str, int]:
    return {fold(word): table.number(word) for word in table}


def _pattern(
    months: dict[str, int], hijri: dict[str, int], maps: dict[str, dict[str, int]], data: Table
) -> re.Pattern[str]:
    month, weekday, relative = _any(months), _any(maps["weekdays"]), _any(maps["relative"])
    modifier, direction = (_any(_all_words(data.table(key))) for key in ("modifiers", "direction"))
    fillers, comma = data.table("fillers"), "".join(sorted(COMMAS))
    of, in_month, in_year, on_day, about = (
        rf"(?:(?:{_any(fillers.words(key))})\s+)?" for key in ("of", "month", "year", "day", "about")
    )
    day = rf"(?:(?P<d3>\d{{1,2}})|(?P<o3>{_any(maps['ordinals'])}))\s+{of}{in_month}"
    this_month = rf"(?:{_any(fillers.words('this_month'))})\s+(?P<modm>{modifier})"
    of_month = rf"(?:(?P<m3>{month})(?:\s*[/(]\s*(?:{month})\)?)?|(?P<h3>{_any(hijri)})|{this_month})"
    year = rf"(?:\s*[{comma}]?\s*{of}{in_year}(?P<y3>\d{{4}})(?!\d)|\s+(?P<mod3>{modifier}))?"
    count = rf"(?:(?P<count>{_any(maps['counts'])})|(?P<n>\d{{1,2}})\s+(?:{_any(fillers.words('days'))}))"
    forms = [
        r"(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})",
        r"(?P<d2>\d{1,2})(?P<sep>[/-])(?P<m2>\d{1,2})(?P=sep)(?P<y2>\d{4})",
        day + of_month + year,
        rf"(?:(?P<rel0>{relative})[\s{comma}(]*)?{on_day}(?P<wd>{weekday})(?:\s+(?P<modw>{modifier}))?",
        rf"(?P<dir>{direction})\s+{about}{count}",
        rf"(?P<rel>{relative})",
    ]
    clitics = "".join(sorted(affixes().conjunctions)) + affixes().by + affixes().to
    return re.compile(rf"(?<!\w)[{clitics}]{{0,2}}?(?P<all>{'|'.join(forms)})(?!\w)")


def _all_words(table: Table) -> set[str]:
    return {word for key in table for word in table.words(key)}


def _any(words: Iterable[str]) -> str:
    return "|".join(re.sub(r"\\? ", r"\\s+", re.escape(w)) for w in sorted(set(words), key=len, reverse=True))


def _mention(kind: Resolution, day: date | None = None) -> DateMention:
    """A reading that has no place yet."""
    return DateMention(0, 0, kind if day else "none", day)


def _read(match: re.Match[str], grammar: _Grammar, published: date) -> DateMention | None:
    found = match.groupdict()
    if found["y1"] or found["y2"]:
        key = "1" if found["y1"] else "2"
        day = _date(int(found["y" + key]), int(found["m" + key]), int(found["d" + key]))
        return _mention("explicit", day) if day else None
    if found["d3"] or found["o3"]:
        return _read_month_day(found, grammar, published)
    if found["wd"]:
        return _read_weekday(found, grammar, published)
    if found["dir"]:
        days = int(found["n"]) if found["n"] else grammar.counts[_spaced(found["count"])]
        sign = -1 if found["dir"] in grammar.back else 1
        return _mention("relative", _shift(published, sign * days))
    return _mention("relative", _shift(published, grammar.relative[_spaced(found["rel"])]))


def _read_weekday(found: dict[str, str], grammar: _Grammar, published: date) -> DateMention:
    weekday = grammar.weekdays[_spaced(found["wd"])]
    if found["rel0"]:
        days = grammar.relative[_spaced(found["rel0"])]
        off = (weekday - published.weekday() - days + _HALF_WEEK) % WEEK - _HALF_WEEK
        return _mention("weekday", _shift(published, days + off))
    modifier = found["modw"] or ""
    return DateMention(0, 0, "weekday", None, weekday, (modifier in grammar.future) - (modifier in grammar.past))


def _read_month_day(found: dict[str, str], grammar: _Grammar, published: date) -> DateMention:
    number = int(found["d3"]) if found["d3"] else grammar.ordinals[_spaced(found["o3"])]
    year = int(found["y3"]) if found["y3"] else None
    if found["h3"]:
        month = grammar.hijri[_spaced(found["h3"])]
        converted = to_gregorian(year, month, number) if year and year in _HIJRI_YEARS else None
        return _mention("explicit", converted)
    if found["modm"]:
        return _mention("relative", _of_near_month(number, published, found["modm"], grammar))
    month = grammar.months[_spaced(found["m3"])]
    if year:
        return _mention("explicit", _date(year, month, number))
    return _without_year(month, number, published, found["mod3"] or "", grammar)


def _of_near_month(number: int, published: date, modifier: str, grammar: _Grammar) -> date | None:
    """Day ``number`` of the month before publication, of that of publication, or of the next: من الشهر المقبل."""
    step = (modifier in grammar.future) - (modifier in grammar.past)
    years, month = divmod(published.month - 1 + step, _MONTHS)
    return _date(published.year + years, month + 1, number)


def _without_year(month: int, number: int, published: date, modifier: str, grammar: _Grammar) -> DateMention:
    """The day of the year that الماضي, المقبل or الجاري says; else it depends on whether the event lies ahead."""
    days = [d for y in (-1, 0, 1) if (d := _date(published.year + y, month, number))]
    back = max((d for d in days if d <= published), default=None)
    ahead = min((d for d in days if d >= published), default=None)
    if modifier in grammar.current:
        return _mention("explicit", _date(published.year, month, number))
    if modifier in grammar.past | grammar.future:
        return _mention("explicit", back if modifier in grammar.past else ahead)
    return replace(_mention("explicit", back or ahead), around=(back, ahead))


def _is_none(match: re.Match[str], grammar: _Grammar, text: str) -> bool:
    """Whether the neighbours make it something else: اليوم العالمي، حتى اليوم."""
    if not match["rel"]:
        return False
    after = re.match(r"\s+(\w+)", text[match.end() : match.end() + 40])
    before = text[max(0, match.start() - 40) : match.start()].split()
    return bool((after and after[1] in grammar.not_before) or (before and before[-1] in grammar.not_after))


def _spaced(words: str) -> str:
    return " ".join(words.split())


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _shift(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None
