"""Bundles for a court or an owner: lines of the audit, each with its proof under the newest signed head."""

import base64
import json
import zipapp
import zipfile
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

from contracts import Refused, Unready
from hub.evidence.offline import merkle
from hub.evidence.offline.checkpoint import join, part
from hub.index import Store
from hub.index.evidence import Leaf
from hub.index.store import Work

_README = """This bundle holds lines of a hub's audit. Each was in the audit under the signed head in `checkpoint`.

Check it by a verifier and a key that you had from somewhere else than this file:

    python verify.pyz BUNDLE --key KEY [--witness KEY ...] [--notice FILE ...]

`checkpoint`     the head: C2SP tlog-checkpoint, with the cosignatures of witnesses (tlog-cosignature)
`entries.jsonl`  leaf number, the line as it was hashed, its audit path (RFC 6962), one to a line
`timestamp.tsr`  a time-stamp token over the first three lines of the head (RFC 3161), where one was had:
                 openssl ts -verify -data head.txt -in timestamp.tsr -CAfile authority.pem
"""


def export(store: Store, path: Path, *, notice: str | None = None, hub_id: str | None = None) -> int:
    """Write the lines about a notice or a child; how many. ``Refused`` (``no_such_lines``, ``heads_not_signed``)."""
    with store.read() as work:
        kept = work.evidence.head()
        if kept is None:
            raise Refused("heads_not_signed", "No head of the audit is signed yet. Set TRACKCHILD_AUDIT_KEY first.")
        head, signatures = part(kept.checkpoint)
        leaves = [one for one in work.evidence.leaves_about(matter=notice, hub_id=hub_id) if one.leaf < head.size]
        if not leaves:
            raise Refused("no_such_lines", "The audit holds no line about it. Check the id, or wait some seconds.")
        entries = [_entry(work, leaf, head.size) for leaf in leaves]
    checkpoint = join(head, [*signatures, *kept.cosignatures])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("README.txt", _README)
        file.writestr("checkpoint", checkpoint)
        file.writestr("entries.jsonl", "".join(entries))
        if kept.stamp is not None:
            file.writestr("timestamp.tsr", kept.stamp)
    return len(leaves)


def _entry(work: Work, leaf: Leaf, size: int) -> str:
    if leaf.entry is None:
        raise Unready("audit_broken", "A line of the audit is gone. Run `trackchild audit verify` and call for help.")
    proof = [base64.b64encode(hash_).decode() for hash_ in merkle.inclusion(leaf.leaf, size, work.evidence.node)]
    return json.dumps({"leaf": leaf.leaf, "entry": leaf.entry.decode(), "proof": proof}, ensure_ascii=False) + "\n"


def write_verifier(path: Path) -> None:
    """The stand-alone verifier as one file: needs Python 3.11 and ``cryptography``, nothing of the hub."""
    with TemporaryDirectory() as place:
        package = Path(place, "offline")
        package.mkdir()
        for module in resources.files("hub.evidence.offline").iterdir():
            if module.name.endswith(".py"):
                (package / module.name).write_bytes(module.read_bytes())
        zipapp.create_archive(place, path, interpreter="/usr/bin/env python3", main="offline.bundle:run")
