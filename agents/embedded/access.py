"""What an analyst may ask: judged on the syntax tree that the engine itself makes of the query.

Four walls stand one behind another: the tree is checked here; the query runs under the engine's ``readonly=1`` with
bounds on time, memory and result; chdb's database of files is taken away when the engine starts; and the kernel keeps
the process in its own folders (:mod:`agents.embedded.sandbox`). The tree is
needed since ``readonly=1`` alone lets ``SELECT file('/etc/passwd')``, ``INTO OUTFILE``, ``DESCRIBE file(…)`` and
``KILL QUERY`` through (chdb 4.4.0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import orjson

from agents.embedded.chdb_store import QueryError, escape_parameter
from agents.embedded.rules import READONLY, denied

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.embedded.chdb_store import Session
    from agents.embedded.rules import Rules

BAD_ARGUMENTS: Final = 36
COLUMN_FIELDS: Final = frozenset({"type", "name", "data_type", "ephemeral_default", "primary_key_specifier"})
"""Of a declared column that has a name and a type only; the last two are flags, set with DEFAULT and PRIMARY KEY."""
PLAIN_NODES: Final = frozenset({"TableExpression", "TableIdentifier", "Identifier"})


def check(
    session: Session, query: str, parameters: Mapping[str, str], rules: Rules, file_databases: frozenset[str]
) -> str:
    """Refuse what an analyst may not run; return the format that the query names, or an empty string.

    Raises:
        QueryError: refused (ACCESS_DENIED), or the engine cannot parse it.
    """
    try:
        tree = _parsed(session, query)
    except QueryError as error:
        if error.code != BAD_ARGUMENTS:
            raise
        _check_described(session, query, parameters, rules, file_databases)
        return ""
    if tree["type"] not in rules.statements:
        msg = f"{tree['type']} is not allowed for this user, only SELECT, EXPLAIN, SHOW, DESCRIBE and EXISTS"
        raise denied(msg)
    nodes = list(_nodes(tree))
    _check_settings(nodes)
    for node in nodes:
        _check_node(node, rules, file_databases)
        if function := node.get("table_function"):
            _check_columns(session, function)
    return str(tree.get("format_ast", {}).get("name", ""))


def _parsed(session: Session, query: str) -> dict[str, Any]:
    """The engine's own syntax tree of a query; raises its error, BAD_ARGUMENTS for what it gives no tree of."""
    asked = {"query": escape_parameter(query)}
    text = session.query("SELECT parseQueryToJSON({query:String})", "TSVRaw", asked).bytes()
    try:
        return cast("dict[str, Any]", orjson.loads(text))
    except orjson.JSONDecodeError as error:
        raise denied("the query is nested too deeply") from error


def _nodes(tree: object) -> Iterator[dict[str, Any]]:
    """All objects of the tree, without recursion."""
    stack = [tree]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            yield item
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


def _check_node(node: Mapping[str, Any], rules: Rules, file_databases: frozenset[str]) -> None:
    if "out_file" in node:
        raise denied("INTO OUTFILE is not allowed for this user")
    if (function := node.get("table_function")) and str(function.get("name")).lower() not in rules.table_functions:
        msg = f"the table function {function.get('name')} is not allowed for this user"
        raise denied(msg)
    for name in (node.get("name") if node.get("type") == "Function" else None, node.get("func_name")):
        if name and str(name).lower() in rules.refused_functions:
            msg = f"the function {name} is not allowed for this user"
            raise denied(msg)
    if node.get("type") == "QueryParameter" and node.get("param_type") == "Identifier":
        raise denied("a parameter that stands for a name is not allowed for this user")
    if node.get("type") in {"TableIdentifier", "Identifier"}:
        _check_table(node.get("name_parts") or [], rules, file_databases)


def _check_settings(nodes: list[dict[str, Any]]) -> None:
    """Refuse SETTINGS at every depth: the engine refuses them at the outermost only, and ignores them further in."""
    options = {id(node["settings"]) for node in nodes if node.get("type") == "ExplainQuery" and "settings" in node}
    if any(node.get("type") == "SetQuery" and id(node) not in options for node in nodes):
        msg = "Cannot modify settings in readonly mode: give those that are allowed as parameters of the request"
        raise denied(msg, READONLY)


def _check_columns(session: Session, function: Mapping[str, Any]) -> None:
    """``values`` reads its first text as declarations of columns, and ``a String ALIAS file('x')`` is one of them."""
    arguments: list[dict[str, Any]] = function.get("arguments", {}).get("children", [])
    if str(function.get("name")).lower() != "values" or not arguments:
        return
    first = arguments[0]
    if first.get("type") == "Literal" and first["value"].get("field_type") != "String":
        return
    names_only = first.get("type") == "Literal" and _declares_names_and_types(session, first["value"]["value"])
    if not names_only and not (first.get("type") == "Function" and first.get("name") == "tuple"):
        raise denied("the first argument of values must be names and types of columns, a number, an array or a tuple")


def _declares_names_and_types(session: Session, columns: str) -> bool:
    """Does the engine read the text as a list of columns, each with nothing but a name and a type?"""
    # The line break ends a comment that would swallow the parenthesis.
    statement = f"CREATE TABLE t ({columns}\n) ENGINE = Null"
    try:
        tree = _parsed(session, statement)
    except QueryError:
        return False
    definition = tree["columns_list"]
    declared = definition.get("columns", {}).get("children", [])
    return set(definition) <= {"type", "columns"} and all(set(column) <= COLUMN_FIELDS for column in declared)


def _check_table(parts: list[str], rules: Rules, file_databases: frozenset[str]) -> None:
    """A name of two or more parts may be ``database.table``: in FROM always, after IN possibly."""
    database, table = (parts[0], parts[1]) if len(parts) > 1 else ("", "")
    if database in file_databases or (database == "system" and table not in rules.system_tables):
        msg = f"the table {database}.{table} is not allowed for this user"
        raise denied(msg)


def _check_described(
    session: Session, query: str, parameters: Mapping[str, str], rules: Rules, file_databases: frozenset[str]
) -> None:
    """DESCRIBE, EXISTS and SHOW CREATE have no tree in JSON: allow them on plain names only."""
    lines = session.query(f"EXPLAIN AST {query}", "TSVRaw", parameters).bytes().decode().splitlines()
    statement, *inner = [line.split() for line in lines if line.strip()]
    if statement[0] not in rules.described:
        msg = f"{statement[0]} is not allowed for this user"
        raise denied(msg)
    for kind, *names in inner:
        if kind not in PLAIN_NODES:
            msg = f"{kind} in {statement[0]} is not allowed for this user"
            raise denied(msg)
        if kind == "TableIdentifier":
            _check_table(names[0].split(".", 1), rules, file_databases)
    _check_table([names[0] for kind, *names in inner if kind == "Identifier"], rules, file_databases)


def check_database(database: str, file_databases: frozenset[str]) -> None:
    """Refuse a current database in which a bare name could reach a file or a table of ``system``."""
    if database == "system" or database in file_databases:
        msg = f"the database {database} is not allowed as the current one for this user: name it in the query"
        raise denied(msg)


def refuse_outfile(session: Session, query: str) -> None:
    """Refuse INTO OUTFILE to everybody, as the server does over HTTP: the file would be the engine's own.

    Raises:
        QueryError: the query has it, or cannot be parsed.
    """
    try:
        found = any("out_file" in node for node in _nodes(_parsed(session, query)))
    except QueryError as error:
        if error.code != BAD_ARGUMENTS:
            raise
        lines = session.query(f"EXPLAIN AST {query}", "TSVRaw").bytes().decode().splitlines()
        found = any(line.startswith(" Literal") for line in lines)
    if found:
        raise denied("INTO OUTFILE is not allowed")
