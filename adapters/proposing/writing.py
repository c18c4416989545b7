"""A draft as ``manifest.toml``: every line proposed, every field that found no place named with the reason."""

import datetime
import json
import re
from typing import Any

from adapters.proposing import calling
from adapters.proposing.described import Described
from adapters.proposing.drafting import Draft, draft

_BARE = re.compile(r"[A-Za-z0-9_-]+")
#: A list of which less than this many meanings is understood is no list of children.
_LEAST_MEANINGS = 4


def chosen(said: Described) -> list[Draft]:
    """The lists that speak of children, best understood first one of each kind; the best one if none does."""
    drafts = [draft(rows) for rows in said.rows]
    drafts.sort(key=lambda made: (-len(made.lines), calling.since(made.rows, made.changed) is None))
    drafts = [made for at, made in enumerate(drafts) if not any(_same(made, other) for other in drafts[:at])]
    good = [made for made in drafts if len(made.lines) >= _LEAST_MEANINGS + 2]  # kind and status are always there
    return good[:8] or drafts[:1]


def _same(made: Draft, other: Draft) -> bool:
    """A search beside a list answers the same rows; one of them is pulled."""
    return {seen.path for seen in made.rows.fields} == {seen.path for seen in other.rows.fields}


def manifest(kind: str, said: Described, drafts: list[Draft]) -> str:
    """The text of a manifest for what was described; what a person must still say is marked ``TODO``."""
    parts = [_head(kind, said), _connection(said)]
    parts += [_list(made, ordered=said.transport == "database") for made in drafts]
    parts += [_fields(made, many=len(drafts) > 1) for made in drafts]
    parts.append(_codes(drafts))
    parts.append(_operations(said))
    return "\n".join(part for part in parts if part).rstrip() + "\n"


def _head(kind: str, said: Described) -> str:
    notes = "".join(f"# {note}\n" for note in said.notes)
    return (
        f"# Proposed from the system's own description on {datetime.date.today().isoformat()}. Read every line:\n"
        f"# what is marked TODO or stands behind a # is for you to say. "
        f"Then: trackchild adapter preview {kind}\n{notes}\n"
        f"[adapter]\nkind = {_said(kind)}\ntitle = {_said(kind.replace('_', ' ').capitalize())}\n"
        'languages = { Deva = "hi" }\n'
    )


def _connection(said: Described) -> str:
    return "[connection]\n" + "".join(
        f"{key} = {_said(value)}\n" for key, value in {"transport": said.transport, **said.connection}.items()
    )


def _list(made: Draft, *, ordered: bool) -> str:
    said: dict[str, Any] = {"name": made.rows.name, **made.rows.call}
    if made.rows.records:
        said["records"] = made.rows.records
    said["id"] = made.id or made.rows.fields[0].path
    since, pages = calling.since(made.rows, made.changed), calling.paging(made.rows)
    # What the description does not promise is not taken for granted: rows may come in any order.
    said |= {"order": "any"} if since and not ordered else {}
    said |= {"since": since} if since else {}
    said |= {"paging": pages} if pages else {}
    lines = "".join(f"{key} = {_said(value)}\n" for key, value in said.items())
    doubt = "" if made.id else "# TODO id: no field reads like the owner's own number of a record; check\n"
    return f"[[pull.lists]]\n{doubt}{lines}"


def _fields(made: Draft, *, many: bool) -> str:
    head = f"[fields_of.{_key(made.rows.name)}]\n" if many else "[fields]\n"
    lines = "".join(f"{_key(path)} = {_said(line)}\n" for path, line in made.lines.items())
    if "recorded_at" not in made.lines:
        lines += "# TODO recorded_at: no field says when the record was last changed\n"
        lines += '# recorded_at = { from = "...", as = "datetime", required = true }\n'
    return head + lines + _unmapped(made)


def _unmapped(made: Draft) -> str:
    if not made.unmapped:
        return ""
    width = max(len(seen.path) for seen, _ in made.unmapped)
    return "\n# Not mapped:\n" + "".join(
        f"#   {seen.path:<{width}}  {why}{_title(seen.title)}\n" for seen, why in made.unmapped
    )


def _title(title: str) -> str:
    return f"  ({' '.join(title.split())})" if title else ""


def _codes(drafts: list[Draft]) -> str:
    """Code tables: the words that were recognised, and those that a person must map."""
    found = ""
    for table in sorted({name for made in drafts for name in (*made.codes, *made.unknown_words)}):
        known = {word: code for made in drafts for word, code in made.codes.get(table, {}).items()}
        unknown = [word for made in drafts for word in made.unknown_words.get(table, []) if word not in known]
        if known or unknown or any(table in made.codes for made in drafts):
            found += f"[codes.{table}]\n" + "".join(f"{_key(word)} = {_said(code)}\n" for word, code in known.items())
            found += "".join(f'# TODO {_key(word)} = "..."\n' for word in dict.fromkeys(unknown)) + "\n"
    return found


def _operations(said: Described) -> str:
    if not said.operations:
        return ""
    return "# Everything the system offers:\n" + "".join(f"#   {line}\n" for line in said.operations)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _said(name)


def _said(value: Any) -> str:
    """A value as TOML on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_said(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        if value and isinstance(value[0], dict):
            return "[\n" + "".join(f"    {_said(inner)},\n" for inner in value) + "]"
        return "[" + ", ".join(map(_said, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
