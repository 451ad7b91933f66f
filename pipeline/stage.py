"""What a stage is: a named, versioned function over documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.document import Document

NlpModels = Literal["khabar", "anercorp", "stanza"]
"""Khabar's own, the same with entities drawn as ANERcorp draws them (to compare), or Stanza's published ones."""


class Stage(Protocol):
    """Annotates documents in place of I/O; the same documents give the same annotations.

    A batch is for speed only: what a document gets does not depend on its neighbours in the batch.
    """

    name: str
    version: str

    def __call__(self, documents: Sequence[Document]) -> list[Document]:
        """Return the documents, in order, with this stage's layer and ``versions[name]`` set."""
        ...
