"""What a citizen filled in, read into a report; what is wrong is said beside its field."""

import datetime
from collections.abc import Mapping

from pydantic import ValidationError

from contracts.codes import Gender
from hub.citizens import CitizenReport, Kind
from portal.web import words
from portal.web.forms import Wrong
from portal.web.language import _, current

WORDS_MOST = 2_000
_PLAIN = ("place", "child", "sender", "phone", "mail", "station")


def report_of(kind: Kind, fields: Mapping[str, str]) -> tuple[CitizenReport | None, list[Wrong]]:
    """The report behind a filled form, or what is wrong with it."""
    wrong = _wrong(kind, fields)
    if wrong:
        return None, wrong
    said: dict[str, object] = {name: fields[name] for name in _PLAIN if fields.get(name)}
    said |= {"kind": kind, "state": fields.get("state"), "district": fields.get("district")}
    said |= {"on": _day(fields.get("on", "")), "words": fields.get("words", ""), "language": current.get().code}
    said |= {"gender": fields.get("gender") or None, "age_years": fields.get("age_years") or None}
    try:
        return CitizenReport.model_validate(said), []
    except ValidationError as error:
        return None, [_of_model(str(one["loc"][0])) for one in error.errors(include_input=False)]


def _wrong(kind: Kind, fields: Mapping[str, str]) -> list[Wrong]:
    wrong = []
    if not fields.get("place"):
        wrong.append(Wrong("place", _("Write the place: a street, a station, a village, a landmark")))
    if fields.get("on") and _day(fields["on"]) is None:
        wrong.append(Wrong("on", _("Give a day that is not in the future")))
    age = fields.get("age_years", "")
    if age and not (age.isdecimal() and int(age) <= 17):
        wrong.append(Wrong("age_years", _("Give the age in whole years, from 0 to 17")))
    if fields.get("gender") and fields["gender"] not in list(Gender):
        wrong.append(Wrong("gender", _("Choose one of the list")))
    if len(fields.get("words", "")) > WORDS_MOST:
        wrong.append(Wrong("words", _("Write at most %(most)s letters", most=WORDS_MOST)))
    if kind is Kind.LOST and not (fields.get("phone") or fields.get("mail")):
        wrong.append(
            Wrong("phone", _("Give a telephone number or an e-mail address, so that the police can reach you"))
        )
    return wrong


def _of_model(field: str) -> Wrong:
    said = {
        "phone": _("Write the telephone number with digits only, such as 98765 43210"),
        "mail": _("Write the e-mail address in full, such as name@example.in"),
        "state": _("Choose the State, the district and the police station from the lists"),
        "district": _("Choose the State, the district and the police station from the lists"),
    }
    return Wrong(field, said.get(field, _("Write at most %(most)s letters", most=200)))


def _day(text: str) -> datetime.date | None:
    try:
        on = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return on if datetime.date(1990, 1, 1) <= on <= words.today() else None
