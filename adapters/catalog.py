"""Finds adapters by their folder's ``manifest.toml``; it names none, and a folder needs no Python.

A folder holds ``manifest.toml`` (form: ``adapters.mapping``) and, where needed:
``translate.py`` with ``before(body) -> body`` and/or ``after(said, body) -> said``;
``adapter.py`` with ``create(connection, manifest, folder, hooks) -> Adapter`` where the port itself needs Python;
``samples/*.jsonl`` (synthetic rows in the node's load form); ``node/`` with ``serve`` (package folders only).

``outside`` is a list of folders kept outside the package by those who connect their own system: each is an adapter
folder, or holds adapter folders. They may bring ``manifest.toml`` and ``translate.py``.
"""

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from adapters.base import Adapter, Connection
from adapters.by_manifest import ByManifest, mapping_of
from adapters.lookalike.starting import CannotStart, say_ready
from adapters.mapping.compile import Hooks
from adapters.mapping.manifest import Manifest, load
from contracts import CONTRACT_VERSION, Problem, Refused

_PACKAGE = Path(__file__).parent


class Serve(Protocol):
    """How a node is started: blocks until SIGTERM, prints ``ready http://127.0.0.1:PORT`` once it listens."""

    def __call__(
        self,
        *,
        port: int,
        database: str,
        load: Path | None = None,
        key: str | None = None,
        announce: Callable[[str], None] = say_ready,
    ) -> None: ...


def folders(outside: Sequence[Path] = ()) -> dict[str, Path]:
    """Every adapter folder by kind (the folder's name); the package's own win over outside ones of the same name."""
    places = [place for given in (*outside, _PACKAGE) for place in (given, *sorted(_below(given)))]
    return {place.name: place for place in places if (place / "manifest.toml").is_file()}


def _below(place: Path) -> list[Path]:
    return [inner for inner in place.iterdir() if inner.is_dir()] if place.is_dir() else []


def kinds(outside: Sequence[Path] = ()) -> list[str]:
    """The kinds of system there is an adapter for."""
    return sorted(folders(outside))


def folder(kind: str, outside: Sequence[Path] = ()) -> Path:
    """The folder of a kind; raises ``Refused`` (code ``no_such_adapter``) naming those there are."""
    found = folders(outside)
    if kind not in found:
        raise Refused("no_such_adapter", f"there is no adapter {kind!r}; there is: {', '.join(sorted(found))}")
    return found[kind]


def manifest(kind: str, outside: Sequence[Path] = ()) -> Manifest:
    """The validated manifest of a kind; raises ``ManifestError`` naming key and rule."""
    path = folder(kind, outside) / "manifest.toml"
    return _loaded(path, path.stat().st_mtime_ns)


def adapter(kind: str, connection: Connection, outside: Sequence[Path] = ()) -> Adapter:
    """An adapter of this kind to one participant's system. Opens no connection yet."""
    return maker(kind, outside)(connection)


def maker(kind: str, outside: Sequence[Path] = ()) -> Callable[[Connection], Adapter]:
    """What makes adapters of this kind, its folder read once for all of them."""
    where, said = folder(kind, outside), manifest(kind, outside)
    hooks = _hooks(where)
    if where.parent == _PACKAGE and (where / "adapter.py").is_file():
        create: Callable[..., Adapter] = importlib.import_module(f"adapters.{kind}.adapter").create
        return lambda connection: create(connection, said, where, hooks)
    return lambda connection: ByManifest(connection, said, where, hooks)


def of_file(path: Path, connection: Connection) -> ByManifest:
    """An adapter by the manifest at ``path``, wherever it lies, with the ``translate.py`` beside it."""
    return ByManifest(connection, load(path), path.parent, _hooks(path.parent))


def node(kind: str) -> Serve:
    """The ``serve`` function of a kind's look-alike; raises ``Refused`` (code ``no_node``) if it has none.

    It raises ``Refused`` (code ``node_cannot_start``) where port, database or file do not serve.
    """
    if not (folder(kind) / "node" / "__init__.py").is_file():
        raise Refused("no_node", f"the adapter {kind!r} has no node of its own to run")
    serve: Serve = importlib.import_module(f"adapters.{kind}.node").serve

    @wraps(serve)
    def told(**asked: Any) -> None:
        try:
            serve(**asked)
        except CannotStart as error:
            raise Refused("node_cannot_start", str(error)) from None

    return told


def samples(kind: str, outside: Sequence[Path] = ()) -> list[Path]:
    """The synthetic rows of a kind, JSON-lines in its node's load form."""
    return sorted((folder(kind, outside) / "samples").glob("*.jsonl"))


def problems(outside: Sequence[Path] = ()) -> list[Problem]:
    """What is wrong with the folders, for ``trackchild doctor``: each problem names folder, key and rule."""
    missing = [
        _problem(str(given), "(folder)", "not_there", "there is no such folder; correct TRACKCHILD_ADAPTERS")
        for given in outside
        if not given.is_dir()
    ]
    return missing + [problem for kind in kinds(outside) for problem in _problems(kind, outside)]


def _problems(kind: str, outside: Sequence[Path]) -> list[Problem]:
    try:
        said = manifest(kind, outside)
        mapping_of(said, _hooks(folder(kind, outside)))
    except Refused as error:
        found = error.problems or [Problem(field="translate.py", rule=error.code, message=error.message[:200])]
        return [Problem(field=f"{kind}: {p.field}"[:200], rule=p.rule, message=p.message) for p in found]
    found = []
    if said.adapter.kind != kind:
        found.append(_problem(kind, "adapter.kind", "wrong_kind", "the folder must be named as adapter.kind says"))
    if said.adapter.contract.split(".")[0] != CONTRACT_VERSION.split(".")[0]:
        found.append(_problem(kind, "adapter.contract", "other_contract", f"this hub speaks {CONTRACT_VERSION}"))
    return found


def _problem(kind: str, key: str, rule: str, message: str) -> Problem:
    return Problem(field=f"{kind}: {key}"[-200:], rule=rule, message=message)


@lru_cache(maxsize=256)
def _loaded(path: Path, changed: int) -> Manifest:
    return load(path)


def _hooks(where: Path) -> Hooks:
    path = where / "translate.py"
    return _read_hooks(path, path.stat().st_mtime_ns) if path.is_file() else Hooks()


@lru_cache(maxsize=256)
def _read_hooks(path: Path, changed: int) -> Hooks:
    module = _module(path)
    before, after = getattr(module, "before", None), getattr(module, "after", None)
    if before is None and after is None:
        raise Refused("empty_translate", f"{path.parent.name}/translate.py has neither before nor after; write one")
    return Hooks(before, after)


def _module(path: Path) -> ModuleType:
    if path.parent.parent == _PACKAGE:
        return importlib.import_module(f"adapters.{path.parent.name}.translate")
    spec = importlib.util.spec_from_file_location(f"trackchild_outside_{path.parent.name}", path)
    if spec is None or spec.loader is None:
        raise Refused("unreadable_translate", f"{path.parent.name}/translate.py cannot be read as Python")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise Refused(
            "unreadable_translate", f"{path.parent.name}/translate.py fails: {type(error).__name__}"
        ) from None
    return module
