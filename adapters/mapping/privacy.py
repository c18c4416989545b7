"""Cuts phone numbers and e-mail addresses out of free text: they belong to the owner, not to the index."""

import re

REMOVED = "[number removed]"
_GAP = r"[\s\-.()/]{0,3}"
_MOBILE = rf"(?:(?:\+|00)?\s?91{_GAP}|0{_GAP})?[6-9](?:{_GAP}\d){{9}}(?!\d)"
# With its STD code: 011-23490000, (0120) 2345678/79; and, after a word that says so, any run of six digits or more.
_LANDLINE = rf"(?:(?:\+|00)?\s?91{_GAP})?\(?0\d{{2,4}}\)?{_GAP}\d{{6,8}}(?!\d)(?:\s*[/,]\s*\d{{6,10}}(?!\d))*"
_SAID = (
    r"(?:ph|phone|tel|telephone|mob|mobile|contact|cell|फोन|फ़ोन|मोबाइल|मोबाईल|मो|दूरभाष)"
    r"(?:\W{0,3}(?:no|number|नं|नंबर))?\W{0,4}"
)
_NUMBER = re.compile(
    rf"(?<!\d)(?:{_MOBILE}|{_LANDLINE})|(?P<said>(?<!\w){_SAID})\+?\d(?:[\s\-/]?\d){{5,}}", re.IGNORECASE
)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_SIX_DIGITS = re.compile(r"\d(?:\D{0,3}\d){5}")


def redacted(text: str) -> str:
    """``text`` without Indian mobile and landline numbers (any digits Unicode knows) and e-mail addresses.

    >>> redacted("call SI on 098765 43210")
    'call SI on [number removed]'
    """
    if "@" in text:
        text = _MAIL.sub(REMOVED, text)
    if not _SIX_DIGITS.search(text):
        return text
    plain = text if text.isascii() else "".join(_plain(letter) for letter in text)
    return _cut(text, plain)


def _plain(letter: str) -> str:
    return str(int(letter)) if letter.isdecimal() else letter


def _cut(text: str, plain: str) -> str:
    # ``plain`` has the same length, so what is found in it is cut out of the text itself.
    parts, end = [], 0
    for found in _NUMBER.finditer(plain):
        start = found.end("said") if found.group("said") else found.start()
        parts += [text[end:start], REMOVED]
        end = found.end()
    return "".join([*parts, text[end:]])
