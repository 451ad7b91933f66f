"""Run what a request asks and shape the answer: formats, headers, statistics."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

from agents.embedded import access, rules
from agents.embedded.chdb_store import QueryError, Session, Store, Written, escape_parameter
from agents.embedded.insert_text import Insert, split_insert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.embedded.request import Ask

# formats whose blocks can be put one after another; the others have a head or a foot for the whole
STREAMED: Final = frozenset(
    {"Native", "TabSeparated", "TSV", "TabSeparatedRaw", "TSVRaw", "CSV", "RowBinary", "JSONEachRow"}
)
BUFFERED_BYTES: Final = 4 * 1024 * 1024
_SELECTS: Final = (b"SELECT", b"WITH", b"FROM", b"(")
_TEXT_TYPES: Final = {
    "TabSeparated": "text/tab-separated-values; charset=UTF-8",
    "TSV": "text/tab-separated-values; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8; header=absent",
    "CSVWithNames": "text/csv; charset=UTF-8; header=present",
    "JSON": "application/json; charset=UTF-8",
    "JSONCompact": "application/json; charset=UTF-8",
    "JSONEachRow": "application/x-ndjson; charset=UTF-8",
    "Native": "application/octet-stream",
    "RowBinary": "application/octet-stream",
    "Parquet": "application/octet-stream",
    "Arrow": "application/octet-stream",
}


@dataclass(slots=True)
class Answer:
    """The first bytes of a result, what is still to come, and what is known of it."""

    body: bytes
    output: str = ""
    """Name of the format; empty for a statement without a result."""
    more: Iterator[bytes] | None = None
    summary: dict[str, str] = field(default_factory=dict)

    @property
    def content_type(self) -> str:
        """The MIME type of the format."""
        return _TEXT_TYPES.get(self.output, "text/plain; charset=UTF-8")


class Engine:
    """The store, its rules for analysts, and one answer a request."""

    def __init__(self, store: Store) -> None:
        """Load the rules."""
        self.store = store
        self.rules = rules.load_rules()

    def answer(self, ask: Ask, session: Session) -> Answer:
        """Run the request on a session of its own; blocks.

        Raises:
            QueryError: the engine, or the rules for analysts, refuse.
        """
        started = time.perf_counter_ns()
        text = ask.text.rstrip(b" \t\r\n;")
        insert = split_insert(ask.text) if ask.role == "writer" and not ask.read_only else None
        if insert is not None:
            self._prepare(ask, session)
            return _answer_insert(insert, session, started)
        query = _decoded(text)
        if not query:
            raise syntax_error("Empty query")
        self._prepare(ask, session)
        if ask.role == "writer" and "OUTFILE" in query.upper():
            access.refuse_outfile(session, query)
        if ask.role == "writer" and ";" in query:  # chdb would run several; the server refuses, and so does this
            session.query("SELECT formatQuerySingleLine({query:String})", parameters={"query": escape_parameter(query)})
        if ask.role == "analyst":
            named = self._check(ask, session, query)
        else:
            last = trailing_format(query)
            named = last if last in self.store.formats else ""
        return self._run(ask, session, query, named, started)

    def _prepare(self, ask: Ask, session: Session) -> None:
        if ask.role == "analyst":
            access.check_database(ask.database, self.store.file_databases)
        if ask.database:
            session.use(ask.database)
        if ask.role == "analyst":
            rules.restrict(session, ask.settings, self.rules)
        else:
            session.set(ask.settings)
            if ask.read_only:  # as the server does for GET
                session.set({"readonly": "2"})

    def _check(self, ask: Ask, session: Session, query: str) -> str:
        return access.check(session, query, ask.parameters, self.rules, self.store.file_databases)

    def _run(self, ask: Ask, session: Session, query: str, named: str, started: int) -> Answer:
        output = named or ask.default_format
        if output not in self.store.formats:
            message = f"Code: 73. DB::Exception: Unknown format {output}. (UNKNOWN_FORMAT)"
            raise QueryError(message, 73)
        if output in STREAMED and query.lstrip()[:6].upper().encode().startswith(_SELECTS):
            return self._streamed(ask, session, query, output, started)
        # a result always has names, a statement without a result never: that tells them apart
        asked = "TabSeparatedWithNames" if output in {"TabSeparated", "TSV"} and not named else output
        result = session.query(query, asked, ask.parameters)
        if ask.role == "analyst":
            rules.check_size(len(result), self.rules)
        body = bytes(result.bytes() or b"")
        summary = _summary(started, result.rows_read(), result.bytes_read())
        if asked == output:
            return Answer(body, output if body or named else "", summary=summary)
        return Answer(body.partition(b"\n")[2], output if body else "", summary=summary)

    def _streamed(self, ask: Ask, session: Session, query: str, output: str, started: int) -> Answer:
        blocks = session.stream(query, output, ask.parameters)
        if ask.role == "analyst":
            blocks = self._bounded(blocks)
        first, rows, size, ended = bytearray(), 0, 0, True
        for block in blocks:
            first += block.bytes()
            rows, size = rows + block.rows_read(), size + block.bytes_read()
            if len(first) >= BUFFERED_BYTES:
                ended = False
                break
        if ended and not first and output == "Native":
            first += native_header(session, query, ask)
        if ended:
            return Answer(bytes(first), output, summary=_summary(started, rows, size))
        return Answer(bytes(first), output, more=(bytes(block.bytes()) for block in blocks))

    def _bounded(self, blocks: Iterator[Any]) -> Iterator[Any]:
        """The blocks, until their text is larger than a result may be."""
        sent = 0
        for block in blocks:
            sent += len(block)
            rules.check_size(sent, self.rules)
            yield block


def _answer_insert(insert: Insert, session: Session, started: int) -> Answer:
    written = session.insert(insert)
    return Answer(b"", summary=_summary(started, written.rows, written.bytes, written))


def _summary(started: int, rows: int, size: int, written: Written | None = None) -> dict[str, str]:
    return {
        "read_rows": str(rows),
        "read_bytes": str(size),
        "written_rows": str(written.rows if written else 0),
        "written_bytes": str(written.bytes if written else 0),
        "elapsed_ns": str(time.perf_counter_ns() - started),
    }


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise syntax_error("the query is not UTF-8") from error


def syntax_error(message: str) -> QueryError:
    """ClickHouse's error 62."""
    return QueryError(f"Code: 62. DB::Exception: Syntax error: {message}. (SYNTAX_ERROR)", 62)


def trailing_format(query: str) -> str:
    """The word after FORMAT where a query ends so, for the headers of a writer's answer; else an empty string."""
    words = query.split()
    return words[-1] if len(words) > 2 and words[-2].upper() == "FORMAT" else ""  # noqa: PLR2004 - SELECT 1 FORMAT x


def native_header(session: Session, query: str, ask: Ask) -> bytes:
    """The block of no rows that the server sends for an empty result in Native; chdb sends nothing."""
    bare = query[: -len("FORMAT Native")] if trailing_format(query) == "Native" else query
    result = session.query(bare, "JSONCompact", ask.parameters).bytes()
    columns = [(column["name"].encode(), column["type"].encode()) for column in orjson.loads(result)["meta"]]
    parts = [_varint(len(columns)), _varint(0)]
    for name, kind in columns:
        parts += [_varint(len(name)), name, _varint(len(kind)), kind]
    return b"".join(parts)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits a byte
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
