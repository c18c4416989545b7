"""What is told to an owner, checked beforehand: whether each path is in a notice or request, and each table known."""

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.mapping.manifest import Manifest, Told
from adapters.mapping.tables import table
from adapters.mapping.targets import NoSuchPath, target
from contracts import Notice, Problem, SectionRequest, SectionWriting
from contracts.live import SearchRequest


def problems(manifest: Manifest) -> list[Problem]:
    """Every line of ``[push]``, ``[search]`` and of each ``asker`` that cannot hold."""
    return [problem for key, told, root in _told(manifest) for problem in _wrong(key, told, root, manifest)]


def _told(manifest: Manifest) -> Iterator[tuple[str, Told, type]]:
    if manifest.push:
        for name, told in manifest.push.fields.items():
            yield f"push.fields.{name}", told, Notice
    for key, asker, root in _askers(manifest):
        for name, asked in asker.items():
            yield f"{key}.{name}", Told(source=asked) if isinstance(asked, str) else asked, root
    for name, asked in manifest.search.fields.items() if manifest.search else ():
        yield f"search.fields.{name}", Told(source=asked) if isinstance(asked, str) else asked, SearchRequest


def _askers(manifest: Manifest) -> Iterator[tuple[str, Mapping[str, str | Told], type]]:
    for section, form in manifest.fetch.sections.items() if manifest.fetch else ():
        yield f"fetch.sections.{section}.asker", form.asker, SectionRequest
    for section, writing in manifest.store.sections.items() if manifest.store else ():
        yield f"store.sections.{section}.asker", writing.asker, SectionWriting


def _wrong(key: str, told: Told, root: Any, manifest: Manifest) -> Iterator[Problem]:
    if told.table is not None and table(told.table, manifest.codes) is None:
        yield _problem(key, "no_such_table", f"no [codes.{told.table}], and no table of the package has this name")
    if told.source is not None:
        try:
            target(told.source, root)
        except NoSuchPath as error:
            yield _problem(key, "no_such_path", str(error))


def _problem(key: str, rule: str, message: str) -> Problem:
    return Problem(field=key[:200], rule=rule, message=message[:200])
