"""The static files, each under a name that carries a hash of its content, so that a browser may keep it for ever."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parent / "static"
_SERVED = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file as it is served: its hashed name, its type, and its bytes plain and compressed."""

    name: str
    media_type: str
    plain: bytes
    packed: bytes


def hashed_name(file: Path) -> str:
    """The name under which ``file`` is served: it changes whenever the content does."""
    return f"{file.stem}.{hashlib.sha256(file.read_bytes()).hexdigest()[:12]}{file.suffix}"


def _read(file: Path) -> Asset:
    plain = file.read_bytes()
    packed = plain if file.suffix == ".woff2" else gzip.compress(plain, 9, mtime=0)
    return Asset(hashed_name(file), _SERVED[file.suffix], plain, packed)


@cache
def assets() -> dict[str, Asset]:
    """File name -> asset, read once."""
    return {file.name: _read(file) for file in sorted(STATIC.iterdir()) if file.suffix in _SERVED}


def address(name: str) -> str:
    """The path under which the file ``name`` is served today."""
    return f"/static/{assets()[name].name}"


def serve(request: Request) -> Response:
    """Answer a request for a static file; 404 for any other name, an old hash included."""
    asked = request.path_params["name"]
    asset = next((one for one in assets().values() if one.name == asked), None)
    if asset is None:
        return Response("Not found\n", 404, media_type="text/plain")
    headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
    if asset.packed is not asset.plain and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.packed, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(asset.plain, media_type=asset.media_type, headers=headers)
