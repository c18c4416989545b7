"""Lets spyne 2.14 be imported on every Python from 3.11: import this module before the first import of spyne.

spyne carries a copy of six from 2020, whose importer Python 3.12 no longer understands and 3.11 warns of: the six from
PyPI takes its place under the names by which spyne asks for it. It also imports ``cgi``, which warns that it is old.
"""

import importlib
import sys
import warnings

_six = importlib.import_module("six")
_ASKED_FOR = ("collections_abc", "http_cookies", "urllib", "urllib.error", "urllib.parse", "urllib.request")

sys.modules.setdefault("spyne.util.six", _six)
sys.modules.setdefault("spyne.util.six.moves", _six.moves)
for _name in _ASKED_FOR:
    sys.modules.setdefault(f"spyne.util.six.moves.{_name}", importlib.import_module(f"six.moves.{_name}"))
with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
    importlib.import_module("cgi")
