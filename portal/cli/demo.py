"""``trackchild demo``: four foreign systems, one index, a match on screen, and the portal to look at it."""

import shutil
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.panel import Panel
from rich.text import Text

from contracts import Refused, Unready
from portal.cli import output
from portal.cli.exchange import counts
from portal.cli.match import matches_table
from portal.cli.opened import opened_hub

if TYPE_CHECKING:
    from portal.demo.processes import Processes
    from portal.demo.running import Shown

USUAL_PORT = 8000


def add_to(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(demo)


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after printing; without it the portal stays up.")] = False,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65_535,
            help="Port of the portal; if not given 8000, or any free one where that is taken; 0 takes any free one.",
        ),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Folder for its files; a new one that is removed at the end if none.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed makes another world of synthetic children.")] = 2012,
    as_json: output.Json = False,
) -> None:
    """Start the hub and four look-alikes of foreign systems, move synthetic records, show the matches.

    Examples:

        trackchild demo

        trackchild demo --once --json
    """
    # Ended by either signal, it must still end what it started.
    signal.signal(signal.SIGTERM, _as_interrupt)
    port = _port_of_the_portal(port)
    place = folder or Path(tempfile.mkdtemp(prefix="trackchild-demo-"))
    try:
        place.mkdir(parents=True, exist_ok=True)
        _run(place, port, seed, once, as_json)
    except KeyboardInterrupt:
        output.errors.print("\nEnded: the portal, the nodes and their processes are gone.")
    except Unready:
        folder = place  # it is not removed, so that the logs named can be read
        raise
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


def _run(place: Path, port: int, seed: int, once: bool, as_json: bool) -> None:
    from portal.demo.processes import Processes

    begun = time.monotonic()
    with Processes(place / "logs") as processes:
        shown = _shown(place, processes, port, seed, as_json)
        _print(shown, time.monotonic() - begun, as_json)
        if not once:
            _stay(processes)


def _shown(place: Path, processes: "Processes", port: int, seed: int, as_json: bool) -> "Shown":
    from portal.demo.running import Demonstration

    demonstration = Demonstration(place, processes, lambda title: output.progress(title, as_json), seed)
    demonstration.start_nodes()
    with opened_hub(demonstration.settings) as hub:
        shown = demonstration.run(hub)
    processes.start("portal", "--database", demonstration.settings.database, "serve", "--port", str(port))
    shown.addresses["portal"] = processes.address("portal")
    return shown


def _as_interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _stay(processes: "Processes") -> None:
    while not (ended := processes.ended()):
        time.sleep(1)
    raise Unready(
        "process_ended", f"{', '.join(ended)} ended by itself; run the demo with --folder and see logs/ there."
    )


def _port_of_the_portal(wished: int | None) -> int:
    """The port to serve at. Looked at before anything starts, so that nobody waits for an address that is taken."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", USUAL_PORT if wished is None else wished))
        except OSError:
            if wished is None:
                return 0
            raise Refused("address_taken", f"Cannot listen at 127.0.0.1:{wished}. Choose another --port.") from None
    return USUAL_PORT if wished is None else wished


def _print(shown: "Shown", seconds: float, as_json: bool) -> None:
    if as_json:
        output.show({**output.plain(shown), "seconds": round(seconds, 2)}, True, lambda: None)
        return
    output.screen.print(counts("What came in: every row is accounted for", shown.pulls))
    output.screen.print(matches_table(shown.best))
    output.screen.print(_where_to_look(shown, seconds))
    sys.stdout.flush()


def _where_to_look(shown: "Shown", seconds: float) -> Panel:
    from portal.demo.taking_part import ACCOUNTS, PASSWORD

    said = Text()
    said.append(f"{shown.proposed_of_planted} of {shown.planted} planted pairs are proposed")
    if shown.delivery is not None:
        said.append(f"; {shown.delivery.delivered} notices delivered to their owners")
    said.append(f"; {seconds:.1f} s from start to here.\n\nPortal: ")
    said.append(shown.addresses["portal"], style="bold")
    said.append(f"\nSign in as {' or '.join(a.login for a in ACCOUNTS[:3])}, password {PASSWORD}\n")
    for name, address in shown.addresses.items():
        if name != "portal":
            said.append(f"{name:>10}  {address}\n")
    said.append("Everybody in it is synthetic. Ctrl-C ends all of it.")
    return Panel(said, title="TrackChild hub", expand=False)
