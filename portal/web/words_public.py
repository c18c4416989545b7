"""Words of codes that stand on pages for everybody, so that every language has them."""

from collections.abc import Iterable

from contracts import codes
from hub.citizens import Outcome
from portal.web.language import _, mark

#: Said by ``portal.web.words`` too; here they are for the catalogues of every language.
GENDERS = {
    codes.Gender.MALE: mark("Boy"),
    codes.Gender.FEMALE: mark("Girl"),
    codes.Gender.TRANSGENDER: mark("Transgender"),
}
#: How the police ended a citizen's report.
_ENDED = {
    Outcome.REGISTERED: mark("The police registered it and work on it."),
    Outcome.LOOKED_INTO: mark("The police looked into it."),
    Outcome.NOT_ENOUGH: mark("The police could not go on with what was told. If you know more, send another report."),
}


def outcome(code: str) -> str:
    """How a citizen's report ended, in a sentence."""
    return _(_ENDED[Outcome(code)])


def outcome_options(codes_: Iterable[Outcome]) -> list[tuple[str, str]]:
    """The same for a list to choose from."""
    return [(one.value, outcome(one)) for one in codes_]


def gender(code: str) -> str:
    """A gender in the words that are used for children."""
    return _(GENDERS[codes.Gender(code)])
