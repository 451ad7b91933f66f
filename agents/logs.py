"""Structured logs: JSON or a console, one line an event, whatever an article's text contains."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final

import structlog
from pydantic import SecretStr

from agents.settings import MASK

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from agents.settings import Settings

MAX_VALUE_CHARACTERS: Final = 2_000
"""Longer values are cut: a log is no place for an article."""
MAX_STACK_LINES: Final = 200
STACKS: Final = frozenset({"exception", "stack"})
RATE_SECONDS: Final = 10.0
"""aiokafka repeats itself some 40 times a second while a broker is away; one line in this time is enough."""
NOISY: Final = ("aiokafka", "kafka", "faust.transport")
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""Line breaks, terminal escapes, and the marks that reorder a line on the screen."""


def configure(settings: Settings, **context: Any) -> None:  # noqa: ANN401 - any value can be logged
    """Send structlog and the standard library's loggers to stderr in one form; ``context`` is in each line."""
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    structlog.contextvars.bind_contextvars(**context)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_context(context),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(shared, _masked(settings), as_json=as_json))
    handler.addFilter(RateLimit())
    logging.basicConfig(handlers=[handler], level=settings.log_level, force=True)
    _quieten(settings)
    _catch_the_rest()


def _catch_the_rest() -> None:
    """Send what Python itself would print, warnings and errors that nobody caught, through the same escapes."""
    uncaught = logging.getLogger("khabar.uncaught")
    logging.captureWarnings(capture=True)
    sys.excepthook = lambda *error: uncaught.critical("uncaught error", exc_info=error)
    threading.excepthook = lambda at: uncaught.critical(
        "uncaught error in thread %s", at.thread and at.thread.name, exc_info=at.exc_value
    )
    sys.unraisablehook = lambda at: uncaught.error("%s: %r", at.err_msg or "ignored", at.object, exc_info=at.exc_value)


def _quoted(secret: str) -> tuple[str, ...]:
    quoted = (repr(secret), repr(secret.encode())[1:], json.dumps(secret), json.dumps(secret, ensure_ascii=False))
    return secret, *(form[1:-1] for form in quoted)


def _with_context(context: dict[str, Any]) -> Any:  # noqa: ANN401 - structlog's own type for processors
    """Put ``context`` into lines of other threads, too, which context variables do not reach."""

    def add(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for key, value in context.items():
            event.setdefault(key, value)
        return event

    return add


def _formatter(shared: list[Any], masked: Any, *, as_json: bool) -> logging.Formatter:  # noqa: ANN401 - a processor
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    own = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[own, structlog.processors.format_exc_info, escape_values, masked, renderer],
    )


def _masked(settings: Settings) -> Any:  # noqa: ANN401 - structlog's own type for processors
    """Mask the secrets of the settings wherever a library writes one, as it is or as Python and JSON quote it."""
    given = (value.get_secret_value() for _, value in settings if isinstance(value, SecretStr))
    forms = {form for secret in given if secret for form in _quoted(secret)}
    longest_first = sorted(forms, key=len, reverse=True)

    def mask(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for key, value in event.items():
            for form in longest_first if isinstance(value, str) else ():
                event[key] = event[key].replace(form, MASK)
        return event

    return mask


def _quieten(settings: Settings) -> None:
    # Faust tells each start and stop of each of its services, and mode each tick of its timers.
    detail = {"mode": logging.ERROR, "asyncio": logging.WARNING}
    if settings.log_level == "DEBUG":
        detail["aiokafka.conn"] = logging.INFO  # it shows whole requests, the passwords of SASL/PLAIN among them
    else:
        detail |= dict.fromkeys(("faust", "aiokafka", "agents.stage"), logging.WARNING)
    for name, level in detail.items():
        logging.getLogger(name).setLevel(level)


def escape_values(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Escape control characters in every value, so that an article's text can forge no line and move no cursor."""
    return {key: _safe_stacks(value) if key in STACKS else _safe(value) for key, value in event.items()}


def _safe(value: object) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
    if len(text) > MAX_VALUE_CHARACTERS:
        text = f"{text[:MAX_VALUE_CHARACTERS]}… ({len(text):,} characters)"
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _safe_stacks(value: object) -> str:
    """Stacks keep their lines, each set in, so that none can pass for a line of the log."""
    return "\n".join(f"    {_safe(line)}" for line in str(value).split("\n")[:MAX_STACK_LINES])


class RateLimit(logging.Filter):
    """Lets a noisy library's message through once in ``RATE_SECONDS`` and counts what it held back."""

    def __init__(self, clock: Any = time.monotonic) -> None:  # noqa: ANN401 - any callable that gives seconds
        """Take the ``clock``, for tests."""
        super().__init__()
        self._clock = clock
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the record may pass."""
        if not record.name.startswith(NOISY):
            return True
        key = (record.name, str(record.msg))
        last, held = self._seen.get(key, (float("-inf"), 0))
        now = self._clock()
        if now - last < RATE_SECONDS:
            self._seen[key] = (last, held + 1)
            return False
        self._seen[key] = (now, 0)
        if held:
            record.repeated = held
        return True
