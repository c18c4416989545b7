"""What an alert says, in the languages that it goes out in."""

from dataclasses import dataclass

from contracts.codes import Gender


@dataclass(frozen=True)
class Tongue:
    """The sentences of one language (BCP-47 ``tag``)."""

    tag: str
    event: str
    headline: str
    age: str
    gender: dict[Gender, str]
    guardian: str
    place: str
    missing_on: str
    instruction: str
    over: str
    over_text: str
    unnamed: str
    country: str


ENGLISH = Tongue(
    tag="en-IN",
    event="Missing child",
    headline="Missing child: {name}",
    age="Age: about {years} years",
    gender={Gender.FEMALE: "Girl", Gender.MALE: "Boy", Gender.TRANSGENDER: "Transgender child"},
    guardian="Parent or guardian: {name}",
    place="Missing from: {place}",
    missing_on="Missing since: {day}",
    instruction="If you see this child, call Childline 1098 or 112, or tell the nearest police station. "
    "Do not pass this alert on once it is cancelled.",
    over="Missing child alert cancelled",
    over_text="The alert is over. Remove it and every copy of it.",
    unnamed="name not known",
    country="India",
)
HINDI = Tongue(
    tag="hi-IN",
    event="लापता बच्चा",
    headline="लापता बच्चा: {name}",
    age="आयु: लगभग {years} वर्ष",
    gender={Gender.FEMALE: "लड़की", Gender.MALE: "लड़का", Gender.TRANSGENDER: "ट्रांसजेंडर बच्चा"},
    guardian="माता-पिता या अभिभावक: {name}",
    place="यहाँ से लापता: {place}",
    missing_on="कब से लापता: {day}",
    instruction="यदि आप इस बच्चे को देखें तो चाइल्डलाइन 1098 या 112 पर फ़ोन करें या निकटतम पुलिस थाने को बताएँ। "
    "रद्द होने के बाद इस सूचना को आगे न भेजें।",
    over="लापता बच्चे की सूचना रद्द",
    over_text="यह सूचना अब समाप्त है। इसे और इसकी हर प्रति को हटा दें।",
    unnamed="नाम ज्ञात नहीं",
    country="भारत",
)
TONGUES = (ENGLISH, HINDI)
