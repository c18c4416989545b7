"""spyne can be imported on every Python this project runs on, without a warning."""

import subprocess
import sys

SERVE = """
import contracts.spyne_compat
from spyne.protocol.soap import Soap11, Soap12
from spyne.server.wsgi import WsgiApplication
"""


def test_a_fresh_interpreter_imports_spyne_with_warnings_as_errors() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", SERVE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_six_of_everybody_else_stays_as_it_was() -> None:
    code = "import contracts.spyne_compat, six; assert not hasattr(six, 'get_function_name')"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
