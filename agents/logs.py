"""Structured logs: JSON or a console, one line an event, whatever an article's text contains."""

from __future__ import annotations

import logging
import re
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import structlog

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
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
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
    handler.setFormatter(_formatter(shared, as_json=as_json))
    handler.addFilter(RateLimit())
    logging.basicConfig(handlers=[handler], level=settings.log_level, force=True)
    _quieten(settings)


def _with_context(context: dict[str, Any]) -> Any:  # noqa: ANN401 - structlog's own type for processors
    """Put ``context`` into lines of other threads, too, which context variables do not reach."""

    def add(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for key, value in context.items():
            event.setdefault(key, value)
        return event

    return add


def _formatter(shared: list[Any], *, as_json: bool) -> logging.Formatter:
    renderer: list[Any] = (
        [structlog.processors.format_exc_info, escape_values, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [structlog.processors.format_exc_info, escape_values, structlog.dev.ConsoleRenderer()]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
    )


def _quieten(settings: Settings) -> None:
    # Faust tells each start and stop of each of its services, and mode each tick of its timers.
    detail = {"mode": logging.ERROR, "asyncio": logging.WARNING}
    if settings.log_level != "DEBUG":
        detail |= dict.fromkeys(("faust", "aiokafka", "agents.stage.app"), logging.WARNING)
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
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


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
