"""The letters that go out by e-mail, each in the language of whoever gets it. They say nothing of a child."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hub.citizens import CitizenReport, Letter
from portal.web.catalogues import BY_CODE, ENGLISH
from portal.web.language import _, current


@contextmanager
def _speaking(code: str) -> Iterator[None]:
    token = current.set(BY_CODE.get(code, ENGLISH))
    try:
        yield
    finally:
        current.reset(token)


def received(language: str, where: str, address: str) -> Callable[[str], Letter]:
    """To the sender, at once: the number, and to whom the report went."""

    def written(number: str) -> Letter:
        with _speaking(language):
            told = _("Your report arrived and was sent to: %(where)s.", where=where)
            kept = _("Number of your report: %(number)s. Keep it to yourself.", number=number)
            follow = _("Follow it here: %(address)s", address=f"{address}/citizens/track")
            return Letter(_("Your report arrived"), "\n\n".join((told, kept, follow, _danger())))

    return written


def taken(address: str) -> Callable[[CitizenReport], Letter]:
    """To the sender, once an officer took it up."""

    def written(said: CitizenReport) -> Letter:
        with _speaking(said.language):
            follow = _("Follow it here: %(address)s", address=f"{address}/citizens/track")
            text = "\n\n".join((_("A police officer has taken up your report."), follow, _danger()))
            return Letter(_("The police have your report"), text)

    return written


def waits(address: str) -> Letter:
    """To a station: that a report waits. What it says is read in the portal only."""
    return Letter(
        "TrackChild: a citizen's report waits for your station",
        f"A citizen's report was routed to your station. Open it after signing in: {address}/reports\n",
    )


def _danger() -> str:
    return _(
        "In danger now? Call 112. For a child who needs help, call Childline on 1098, at any hour, free of charge."
    )
