"""A newborn written down under its mother's name: ``Baby of Sunita`` is no name of the child."""

import re

_BABY_OF = re.compile(
    r"^\s*(?:(?:new\s*born\s+)?(?:baby|male|female)\s+(?:child\s+)?of|b\s*/\s*o)\.?\s+(?P<mother>\S.*?)\s*$"
    r"|^\s*(?P<maa>\S.*?)\s+(?:का|की)\s+(?:नवजात\s+)?(?:बच्चा|बच्ची|शिशु)\s*$",
    re.IGNORECASE,
)


def mother_of_unnamed(name: str | None) -> str | None:
    """The mother's name where a name only says whose baby it is, else None.

    >>> mother_of_unnamed("Baby of Sunita Devi"), mother_of_unnamed("सुनीता की बच्ची"), mother_of_unnamed("Babita")
    ('Sunita Devi', 'सुनीता', None)
    """
    found = _BABY_OF.match(name or "")
    return (found["mother"] or found["maa"]) if found else None
