"""Documents for tests of the events stage: our tokeniser, and names out of a list instead of the encoder."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from schemas.annotations import Entity
from schemas.document import Document

DATA = Path(__file__).parent / "data"
NAMES = {
    "LOC": ["مصر", "قبرص", "تركيا", "روسيا", "أوكرانيا", "فرنسا", "إيران", "العراق", "سوريا", "ليبيا", "اليمن", "غزة", "السودان", "إثيوبيا", "لبنان", "الأردن", "السعودية", "قطر", "الصين", "اليابان", "الهند", "باكستان", "ألمانيا", "بريطانيا", "إسبانيا", "فلسطين", "فنلندا", "السويد", "أرمينيا", "صربيا", "كوسوفو", "مالي", "إسرائيل", "الجولان", "عدن", "بغداد", "بيروت", "أنقرة", "القاهرة", "باريس", "برلين", "جنيف", "فيينا", "طهران", "الخرطوم", "مقديشو", "تكريت", "حلب", "إدلب", "تونس", "الصومال", "أزمير", "موسكو", "واشنطن", "كييف", "صنعاء", "دمشق", "الرياض", "الدوحة"],
    "ORG": ["حلف شمال الأطلسي", "الأمم المتحدة", "الاتحاد الأوروبي", "مجلس الأمن", "الحكومة اليمنية", "الحكومة السودانية", "الجيش المصري",
            "الجيش السوري", "الجامعة العربية", "منظمة العفو الدولية", "المحكمة الجنائية الدولية", "صندوق النقد الدولي", "حماس", "الكونغرس",
            "الشرطة التركية", "الحكومة الصومالية"],
    "PER": ["نادر سليم", "ليلى حداد", "كريم الراوي", "سامر الخطيب"],
}  # fmt: skip
NAMES["LOC"] += ["الولايات المتحدة", "كوريا الشمالية", "البحر المتوسط"]


def document(sentence: str, name: str = "row", published: str = "2024-08-20") -> Document:
    """A document whose body is the sentence, with the names of the list as entities; not yet tokenised."""
    made = Document(
        id=name, revision=1, source="test", title="خبر", body=sentence, published_at=f"{published}T08:00:00Z"
    )
    made.entities = entities(made.text)
    return made


def entities(text: str) -> list[Entity]:
    """The longest names of the list, without proclitics."""
    found: list[Entity] = []
    pairs = [(name, kind) for kind, names in NAMES.items() for name in names]
    for name, kind in sorted(pairs, key=lambda p: -len(p[0])):
        for match in re.finditer(rf"(?<!\w)[وفبلك]{{0,2}}({name})(?!\w)", text):
            start, end = match.span(1)
            if not any(start < e.end and e.start < end for e in found):
                found.append(Entity(start=start, end=end, text=name, type=kind, name=name))
    return sorted(found, key=lambda e: e.start)


def rows(file: str) -> list[list[str]]:
    """The rows of a table under ``data``, without its comments; short rows are filled up."""
    with (DATA / file).open(encoding="utf-8", newline="") as stream:
        table = [
            row
            for row in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
            if row and not row[0].startswith("#")
        ]
    width = max(map(len, table))
    return [row + [""] * (width - len(row)) for row in table]
