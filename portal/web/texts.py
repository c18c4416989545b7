"""What the pages say, gathered for the translators: ``python -m portal.web.texts`` brings every catalogue up to today.

What was translated stays; what no page says any more goes; what is new stands empty until a test has it filled.
"""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from portal.web import words
from portal.web.catalogues import LANGUAGES, Language, catalogue, file_of

HERE = Path(__file__).parent
Text = str | tuple[str, ...]
_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "plural": (1, 2),
    "mark": None,
}
#: Where the words of the citizens' pages stand; a language that the desks do not speak has all of these, and no more.
OF_CITIZENS = frozenset(
    {
        "letters.py",
        "poster.py",
        "pages/citizens.py",
        "reports_form.py",
        "words_public.py",
        *(
            f"templates/{name}.html"
            for name in (
                "layout",
                "components",
                "missing",
                "card",
                "card_closed",
                "citizens",
                "citizens_report",
                "citizens_where",
                "citizens_thanks",
                "citizens_track",
            )
        ),
    }
)


def said() -> Iterator[tuple[str, int, Text]]:
    """Everything that the pages say: source file, line, and the text (one and many where it counts)."""
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    for file, line, text, _comments, _context in extract_from_dir(HERE, methods, keywords=_KEYWORDS):
        if text:
            yield file, line, text
    for code, text in words.of_codes():
        yield f"contracts.{code}", 0, text


def wanted(language: Language) -> dict[Text, list[tuple[str, int]]]:
    """What a language must be able to say, with where it is said."""
    found: dict[Text, list[tuple[str, int]]] = {}
    for file, line, text in said():
        if language.desks or file in OF_CITIZENS:
            found.setdefault(text, []).append((file, line))
    return found


def update(language: Language) -> list[Text]:
    """Bring the catalogue of ``language`` up to the pages of today; what it cannot say yet."""
    known = catalogue(language.code) if file_of(language.code).exists() else Catalog(locale=language.code)
    header = known.header_comment if file_of(language.code).exists() else _HEADER % language.name
    made = Catalog(
        locale=language.code, project="TrackChild hub", header_comment=header, creation_date=known.creation_date
    )
    for text, places in wanted(language).items():
        before = known.get(text)
        files = sorted({(file, 0) for file, _line in places})
        made.add(text, before.string if before else "", locations=files)
    with file_of(language.code).open("wb") as file:
        write_po(file, made, width=120, sort_output=True, include_lineno=False, omit_header=False)
    return [text for text in wanted(language) if not _told(made.get(text))]


def _told(message: Message | None) -> bool:
    string = message.string if message else ""
    return all(string) if isinstance(string, tuple) else bool(string)


_HEADER = """# %s: what the portal says, translated.
# DRAFT: no speaker of the language has reviewed it yet. Whoever does, adds here a line: Reviewed by, colon, name, day
#"""

if __name__ == "__main__":
    for one in LANGUAGES[1:]:
        print(f"{one.code}: {len(update(one))} texts left to translate")
