"""Builds ``static/`` from npm packages: ``python -m portal.web.vendor`` (needs node and npm; nobody else does).

The versions are pinned in ``style/package.json`` with its lock file. What was built is committed, so that running the
portal needs no node; ``static/VENDORED.json`` says what each file was made from, and a test says when it is stale.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from portal.web.assets import STATIC, hashed_name

HERE = Path(__file__).parent
STYLE = HERE / "style"
SOURCES = ("package.json", "package-lock.json", "portal.scss")
#: Script of India -> fonts that a computer may have for it, so that ours is fetched only where none is.
SCRIPTS = {
    "devanagari": ("Nirmala UI", "Kohinoor Devanagari", "Mangal"),
    "arabic": ("Noto Naskh Arabic", "Segoe UI", "Geeza Pro"),
    "bengali": ("Nirmala UI", "Bangla Sangam MN", "Vrinda"),
    "gurmukhi": ("Nirmala UI", "Gurmukhi MN", "Raavi"),
    "gujarati": ("Nirmala UI", "Gujarati Sangam MN", "Shruti"),
    "oriya": ("Nirmala UI", "Oriya Sangam MN", "Kalinga"),
    "tamil": ("Nirmala UI", "Tamil Sangam MN", "Latha"),
    "telugu": ("Nirmala UI", "Telugu Sangam MN", "Gautami"),
    "kannada": ("Nirmala UI", "Kannada Sangam MN", "Tunga"),
    "malayalam": ("Nirmala UI", "Malayalam Sangam MN", "Kartika"),
}


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sources() -> dict[str, str]:
    """Source file -> SHA-256 of what the static files are made from."""
    return {name: digest(STYLE / name) for name in SOURCES}


def _run(*command: str, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True)  # noqa: S603 - fixed words only


def _compile(modules: Path, into: Path) -> None:
    sass = modules / ".bin" / "sass"
    options = (
        "--no-source-map",
        "--style=compressed",
        "--quiet-deps",
        f"--load-path={modules / 'govuk-frontend/dist'}",
    )
    _run(str(sass), *options, str(STYLE / "portal.scss"), str(into), cwd=STYLE)


def _font(modules: Path, script: str) -> str:
    """Copy the font of one script; its rule for the stylesheet, under the name by which it will be served."""
    package = modules / f"@fontsource/noto-sans-{script}"
    file = STATIC / f"noto-{script}.woff2"
    shutil.copy(package / f"files/noto-sans-{script}-{script}-400-normal.woff2", file)
    shutil.copy(package / "LICENSE", STATIC / f"LICENSE-noto-{script}.txt")
    letters = json.loads((package / "unicode.json").read_text())[script]
    local = ",".join(f'local("{name}")' for name in (f"Noto Sans {script.capitalize()}", *SCRIPTS[script]))
    return (
        f"@font-face{{font-family:tc-{script};font-display:swap;unicode-range:{letters};"
        f'src:{local},url("/static/{hashed_name(file)}") format("woff2")}}'
    )


def build() -> None:
    """Install the pinned packages in a temporary place and write ``static/``."""
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(STYLE / name, work / name)
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", cwd=work)
        modules = work / "node_modules"
        _compile(modules, STATIC / "portal.css")
        rules = "".join(_font(modules, script) for script in SCRIPTS)
        with (STATIC / "portal.css").open("a", encoding="utf-8") as stylesheet:
            stylesheet.write(rules + "\n")
        shutil.copy(modules / "htmx.org/dist/htmx.min.js", STATIC / "htmx.js")
        shutil.copy(modules / "htmx.org/LICENSE", STATIC / "LICENSE-htmx.txt")
    built = {name: digest(STATIC / name) for name in ("portal.css", "htmx.js", *(f"noto-{s}.woff2" for s in SCRIPTS))}
    record = {"made_from": sources(), "built": built}
    (STATIC / "VENDORED.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if shutil.which("npm") is None:
        sys.exit("npm was not found: install Node.js 20 or newer, then run this again.")
    build()
