"""Lets spyne 2.14 be imported on every Python from 3.11: import this module before the first import of spyne.

spyne carries a copy of six from 2020, whose importer Python 3.12 no longer understands and 3.11 warns of: the six from
PyPI takes its place under the names by which spyne asks for it. It also imports ``cgi``, which warns that it is old.
"""

import importlib
import operator
import sys
import types
import warnings

_ASKED_FOR = ("collections_abc", "http_cookies", "urllib", "urllib.error", "urllib.parse", "urllib.request")


def _stand_in() -> types.ModuleType:
    six = types.ModuleType("spyne.util.six")
    vars(six).update({name: value for name, value in vars(importlib.import_module("six")).items() if name[:2] != "__"})
    vars(six)["get_function_name"] = operator.attrgetter("__name__")  # spyne's own addition to its copy
    return six


if "spyne.util.six" not in sys.modules:
    sys.modules["spyne.util.six"] = _stand_in()
    for _name in ("", *(f".{name}" for name in _ASKED_FOR)):
        sys.modules[f"spyne.util.six.moves{_name}"] = importlib.import_module(f"six.moves{_name}")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        importlib.import_module("cgi")
