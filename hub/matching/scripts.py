"""Any script of the scheduled languages, and Perso-Arabic, to plain Latin letters; the library behind it is uroman.

Why uroman, and what is mended here because it reads it badly: docs/decisions/0003-transliteration.md.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any, NamedTuple


class Latin(NamedTuple):
    """A word in lower-case ASCII letters, and how far its spelling can be trusted."""

    text: str
    indic: bool = False
    """From a Brahmic script: doubled vowels are long vowels, and a final ``a`` may be silent."""
    unvowelled: bool = False
    """From Perso-Arabic letters: short vowels are not written."""


#: The nine Brahmic blocks that Unicode lays out alike (from ISCII): the same sound has the same offset in each.
_BLOCKS = {
    0x0900: "Deva",
    0x0980: "Beng",
    0x0A00: "Guru",
    0x0A80: "Gujr",
    0x0B00: "Orya",
    0x0B80: "Taml",
    0x0C00: "Telu",
    0x0C80: "Knda",
    0x0D00: "Mlym",
}
_NORTHERN = frozenset({"Deva", "Beng", "Guru", "Gujr", "Orya"})
_VIRAMA, _RA, _NA, _MA, _SIGN_I, _SIGN_VOCALIC_R, _VOCALIC_R = 0x4D, 0x30, 0x28, 0x2E, 0x3F, 0x43, 0x0B
_NASALS, _VISARGA, _LABIALS = (0x01, 0x02, 0x70), 0x03, range(0x2A, 0x2F)
#: Malayalam's bare final consonants, as the consonant with its vowel struck out.
_CHILLU = {"ൺ": "ണ്", "ൻ": "ന്", "ർ": "ര്", "ൽ": "ല്", "ൾ": "ള്", "ൿ": "ക്"}
_CONSONANT = r"(?:[kgcjtdpbs]h|chh|[bcdfghjklmnpqrstvwyz])"

# Ol Chiki is an alphabet and Meetei Mayek an alphasyllabary that uroman reads by the letters' Unicode names.
_OL_CHIKI = dict(
    zip(
        "ᱚᱛᱜᱝᱞᱟᱠᱡᱢᱣᱤᱥᱦᱧᱨᱩᱪᱫᱬᱭᱮᱯᱰᱱᱲᱳᱴᱵᱶᱷ",
        [
            "o",
            "t",
            "g",
            "ng",
            "l",
            "a",
            "k",
            "j",
            "m",
            "w",
            "i",
            "s",
            "h",
            "ny",
            "r",
            "u",
            "ch",
            "d",
            "n",
            "y",
            "e",
            "p",
            "d",
            "n",
            "r",
            "o",
            "t",
            "b",
            "w",
            "h",
        ],
        strict=True,
    )
)
_MEETEI = dict(
    zip(
        "ꯀꯁꯂꯃꯄꯅꯆꯇꯈꯉꯊꯋꯌꯍꯎꯏꯐꯑꯒꯓꯔꯕꯖꯗꯘꯙꯚ",
        [
            "k",
            "s",
            "l",
            "m",
            "p",
            "n",
            "ch",
            "t",
            "kh",
            "ng",
            "th",
            "w",
            "y",
            "h",
            "u",
            "i",
            "ph",
            "a",
            "g",
            "jh",
            "r",
            "b",
            "j",
            "d",
            "gh",
            "dh",
            "bh",
        ],
        strict=True,
    )
)
_MEETEI_FINALS = dict(zip("ꯛꯜꯝꯞꯟꯠꯡꯢ", ["k", "l", "m", "p", "n", "t", "ng", "i"], strict=True))
_MEETEI_SIGNS = dict(zip("ꯣꯤꯥꯦꯧꯨꯩꯪ", ["o", "i", "aa", "e", "ou", "u", "ei", "ng"], strict=True))


# Urdu, Kashmiri and Sindhi letters by sound, one letter each: what tells names apart survives (uroman reads them as
# Arabic: zakir as thakr, yusuf as iwsf). The h of aspirates is left out, the h that is spoken is kept.
_ARABIC_BY_SOUND = (
    "a:اآأٲعٱ i:إ b:بٻڀ p:پڦ t:تٹطٽٿةݨ s:ثسصش j:جڄڃ c:چڇ h:حہهۂ k:خقکكڪ d:دڈڊڌڏ z:ذزژضظ "
    "r:رڑڙ g:غگڳ f:ف l:ل m:م n:نںڻ w:وؤۆۄۏ y:یيئىؠې e:ے"
)
_ARABIC = {letter: one[0] for one in _ARABIC_BY_SOUND.split() for letter in one[2:]}


@lru_cache(maxsize=200_000)
def latin(word: str) -> Latin:
    """One word in Latin letters. ASCII words never load the transliterator (it takes about two seconds, once)."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    if plain.isascii():
        return Latin(_letters(plain))
    script = _script(word)
    if script == "Olck":
        return Latin(_letters("".join(_OL_CHIKI.get(c, "") for c in word)))
    if script == "Mtei":
        return Latin(_letters(_meetei(word)), indic=True)
    if script == "Arab":
        return Latin("".join(_ARABIC.get(c, "") for c in unicodedata.normalize("NFC", word)), unvowelled=True)
    if script:
        return Latin(_brahmic(word, script), indic=True)
    return Latin(_letters(_romanised(word)))


def _script(word: str) -> str | None:
    for char in word:
        code = ord(char)
        if code & ~0x7F in _BLOCKS:
            return _BLOCKS[code & ~0x7F]
        if 0x0600 <= code <= 0x077F or 0xFB50 <= code <= 0xFEFC or 0x08A0 <= code <= 0x08FF:
            return "Arab"
        if 0x1C50 <= code <= 0x1C7F:
            return "Olck"
        if 0xABC0 <= code <= 0xABFF or 0xAAE0 <= code <= 0xAAFF:
            return "Mtei"
    return None


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


_reader: list[Any] = []


def _romanised(word: str) -> str:
    if not _reader:
        import uroman

        _reader.append(uroman.Uroman())
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", str(_reader[0].romanize_string(word))) if not unicodedata.combining(c)
    )
    return plain.lower()


def _meetei(word: str) -> str:
    out: list[str] = []
    for char in word:
        if char in _MEETEI_SIGNS:
            out[-1:] = [out[-1].removesuffix("a") if out else "", _MEETEI_SIGNS[char]]
        elif char in _MEETEI_FINALS:
            out.append(_MEETEI_FINALS[char])
        elif char in _MEETEI:
            sound = _MEETEI[char]
            out.append(sound if sound in "aui" else sound + "a")
    return "".join(out)


def _brahmic(word: str, script: str) -> str:
    text = _letters(_romanised(_spelt_out(word, script)))
    text = re.sub(r"c(?!h)", "ch", re.sub(r"s?ssh?", "sh", text)).replace("chchh", "chh")
    if script == "Taml":
        text = _tamil_voiced(text)
    text = text.replace("aa", "A")
    if script == "Beng":
        text = re.sub(r"oy(?=[aA])", "v", text)
    if script in _NORTHERN or script == "Knda":
        text = re.sub(rf"([aeiouA]{_CONSONANT})a$", r"\1", text)
    if script in _NORTHERN - {"Beng", "Orya"}:
        text = re.sub(rf"([nm]{_CONSONANT})a$", r"\1", text)
    if script in _NORTHERN:
        text = _without_inner_schwa(text)
    return text.replace("A", "aa")


def _spelt_out(word: str, script: str) -> str:
    """Nasal signs as the nasal they sound like, vocalic r as ``ri``, silent signs dropped."""
    chars = "".join(_CHILLU.get(c, c) for c in unicodedata.normalize("NFC", word))
    out = []
    for i, char in enumerate(chars):
        block, offset = ord(char) & ~0x7F, ord(char) & 0x7F
        if block not in _BLOCKS:
            out.append(char)
        elif offset in _NASALS and not (offset == 0x70 and script != "Guru"):
            following = ord(chars[i + 1]) & 0x7F if i + 1 < len(chars) else None
            out.append(_nasal(block, following, script))
        elif offset == _SIGN_VOCALIC_R:
            out.append(chr(block + _VIRAMA) + chr(block + _RA) + chr(block + _SIGN_I))
        elif offset == _VOCALIC_R:
            out.append(chr(block + _RA) + chr(block + _SIGN_I))
        elif offset != _VISARGA and char != "ੱ":
            out.append(char)
    return "".join(out)


def _nasal(block: int, following: int | None, script: str) -> str:
    if following is None:
        return "" if script in _NORTHERN else chr(block + _MA) + chr(block + _VIRAMA)
    return chr(block + (_MA if following in _LABIALS else _NA)) + chr(block + _VIRAMA)


def _tamil_voiced(text: str) -> str:
    """Tamil writes one letter for k and g, p and b, t and d: voiced after a nasal, and k, p between vowels.

    Its dental t stays between vowels, where names are written with th: Anitha, Latha, Revathi.
    """
    voiced = {"k": "g", "t": "d", "p": "b", "c": "s", "ch": "s"}
    text = re.sub(r"(?<=[aeiou])(k|p|ch|c)(?=[aeiou])", lambda m: voiced[m[1]], text)
    text = re.sub(r"(?<=[nm])(k|t|p)(?=[aeiou])", lambda m: voiced[m[1]], text)
    return re.sub(r"^ch?(?=[aeiou])", "s", text)


def _without_inner_schwa(text: str) -> str:
    """Drop the unspoken ``a`` between consonants, from the right (gurapreet: gurpreet)."""
    inner = re.compile(rf"^(.*[aeiouA]{_CONSONANT})a((?:{_CONSONANT}|(?![nmy]|(.)\3){_CONSONANT}{{2}})[aeiouA].*)$")
    found = inner.match(text)
    return found[1] + found[2] if found else text
