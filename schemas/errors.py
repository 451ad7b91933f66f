"""The exceptions of Khabar: one tree, and each class says whether trying again can help.

    KhabarError
    ├── ContractError                a message breaks its contract; never retriable
    │   ├── UndecodableError         the bytes are no JSON object
    │   ├── InvalidFieldError        a field is missing, has the wrong type or a refused value
    │   ├── TooLargeError            a message or field is over its limit
    │   ├── UnsupportedLanguageError the article is not in a language that the pipeline reads
    │   └── TombstoneError           the record has no value
    ├── ProcessingError              a stage failed on one document
    ├── ModelError                   a model cannot be used
    │   ├── ModelMissingError        its file, or an optional package, is not there
    │   └── ModelChecksumError       its file is not the one that was released
    ├── ConfigurationError           what the user set, or this machine, does not allow a start
    └── ServiceError                 another process does not do what was asked
        ├── BrokerError              Kafka; retriable unless it says otherwise
        └── StoreError               ClickHouse; retriable unless it says otherwise

Callers ask the error (``error.retriable``), not its class.
"""

from __future__ import annotations

from typing import ClassVar


class KhabarError(Exception):
    """Base of all errors that Khabar raises on purpose; its message is for people."""

    default_retriable: ClassVar[bool] = False

    def __init__(self, message: str, *, retriable: bool | None = None) -> None:
        """Take what went wrong and what to do; ``retriable`` overrides the class's own answer."""
        super().__init__(message)
        self.retriable = self.default_retriable if retriable is None else retriable


class ContractError(KhabarError):
    """A message breaks its contract."""


class UndecodableError(ContractError):
    """The bytes are not one JSON object in UTF-8."""


class InvalidFieldError(ContractError):
    """A field is missing, has the wrong type, or a value that the contract refuses."""

    def __init__(self, field: str, expected: str) -> None:
        """Name the ``field`` as a JSON path (``$.title``) and say what was ``expected`` there."""
        super().__init__(f"{field}: {expected}")
        self.field = field
        self.expected = expected


class TooLargeError(ContractError):
    """A message or a field is over its limit."""


class UnsupportedLanguageError(ContractError):
    """The article is not in a language that the pipeline reads."""


class TombstoneError(ContractError):
    """The record has no value."""


class ProcessingError(KhabarError):
    """A stage failed on one document."""


class ModelError(KhabarError):
    """A model cannot be used."""


class ModelMissingError(ModelError):
    """A model's file, or the optional package that reads it, is not there."""


class ModelChecksumError(ModelError):
    """A model's file is not the one that was released."""


class ConfigurationError(KhabarError):
    """What the user set, or the machine, does not allow a start; the message says what to do."""


class ServiceError(KhabarError):
    """Another process does not do what it was asked."""

    default_retriable = True


class BrokerError(ServiceError):
    """Kafka cannot be reached or refuses."""


class StoreError(ServiceError):
    """ClickHouse cannot be reached or refuses."""
