"""The work of the four NLP stages: decode, annotate, encode; a document that fails is set apart, the others go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents import metrics
from agents.stage.records import Emitted, Outcome, Record, Rejected, Watch
from schemas.document import MAX_DOCUMENT_BYTES, Document
from schemas.errors import ContractError, ModelError, ProcessingError, TooLargeError
from schemas.intake import open_document
from schemas.topics import RAW, StageSpec
from schemas.wire import decode, encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.stage import Stage


@dataclass(frozen=True, slots=True)
class Annotate:
    """A :class:`~agents.stage.records.Work` around a pipeline stage."""

    spec: StageSpec
    stage: Stage
    attempts: int
    """Tries of the stage on one document alone before it is a dead letter."""
    batch_factor: int = 1
    interval: float = 0.0

    def __call__(self, records: Sequence[Record], watch: Watch) -> list[Outcome]:
        """Annotate the batch as one; when that fails, each of its documents alone.

        Raises:
            ModelError: the stage cannot work at all.
        """
        del watch  # it never waits for a service
        opened = [self.open(record) for record in records]
        documents = [item for item in opened if isinstance(item, Document)]
        try:
            annotated = iter(self._annotate(documents))
        except ModelError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a model raises
            metrics.failed.labels(self.spec.name, type(error).__name__).inc()
            return [self._alone(record) for record in records]
        return [item if isinstance(item, Rejected) else self._emit(next(annotated)) for item in opened]

    def open(self, record: Record) -> Document | Rejected:
        """Read the record as this stage's input."""
        try:
            if self.spec.reads is RAW:
                return open_document(record.value, record.timestamp_ms)
            return decode(record.value, Document, limit=MAX_DOCUMENT_BYTES)
        except ContractError as error:
            return Rejected(error)
        except Exception as error:  # noqa: BLE001 - whatever strange bytes lead to, it is the record's own
            return Rejected(ProcessingError(f"the record cannot be read: {type(error).__name__}: {error}"))

    def _annotate(self, documents: list[Document]) -> list[Document]:
        annotated = list(self.stage(documents)) if documents else []
        if len(annotated) != len(documents):
            msg = f"{self.spec.name} gave {len(annotated)} documents for {len(documents)}"
            raise ProcessingError(msg)
        return annotated

    def _alone(self, record: Record) -> Outcome:
        for _attempt in range(self.attempts):
            # Read anew each time: a stage that failed may have left half of its layer behind.
            document = self.open(record)
            if isinstance(document, Rejected):
                return document
            try:
                return self._emit(*self._annotate([document]))
            except ModelError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a model raises
                metrics.failed.labels(self.spec.name, type(error).__name__).inc()
                reason = f"{type(error).__name__}: {error}"
        msg = f"{self.spec.name} {self.stage.version} failed {self.attempts} times, last with {reason}"
        return Rejected(ProcessingError(msg))

    def _emit(self, document: Document) -> Outcome:
        try:
            key, value = document.id.encode(), encode(document)
        except (TypeError, ValueError) as error:  # such as half a surrogate pair that a stage let through
            return Rejected(ProcessingError(f"the result of {self.spec.name} cannot be written: {error}"))
        if len(value) > MAX_DOCUMENT_BYTES:
            msg = f"the annotated message has {len(value):,} bytes; at most {MAX_DOCUMENT_BYTES:,} are allowed"
            return Rejected(TooLargeError(msg))
        return Emitted(key, value)
