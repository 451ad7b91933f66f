"""How much the encoder and the words around weigh in the decision whether a trigger is an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.events.features_trigger import trigger_features
from pipeline.events.signals import SignalIndex, logit
from pipeline.events.views import views_of

if TYPE_CHECKING:
    from pipeline.events import EventsStage
    from pipeline.training.events_data import GoldArticle


def trigger_weights(articles: list[GoldArticle], stage: EventsStage) -> tuple[float, float, float]:
    """Weights of own and encoder log odds and the offset, by logistic regression over the articles' triggers."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    rows, labels = [], []
    for article in articles:
        if article.document.signals is None:
            continue
        index = SignalIndex(article.document.signals)
        for view in views_of(article.document, stage.finders):
            for at, match in enumerate(view.matches):
                own = stage.models.trigger.scores(trigger_features(view, at))[1]
                seen = index.trigger(match.trigger.kind, match.start, match.end)
                rows.append((logit(own), logit(seen)))
                labels.append(_is_event(article, match.trigger.kind, match.start, match.end))
    model = LogisticRegression(C=10).fit(rows, labels)
    own_weight, encoder_weight = model.coef_[0]
    return round(float(own_weight), 2), round(float(encoder_weight), 2), round(float(model.intercept_[0]), 2)


def _is_event(article: GoldArticle, kind: str, start: int, end: int) -> bool:
    spans = (e["trigger"] for e in article.record["events"] if e["kind"] == kind)
    return any(span["start"] < end and start < span["end"] for span in spans)
