"""Features as they are stored: which of their bytes say something, then those bytes; most of a row says nothing.

A tenth of the size and no compressor: a million entries stay in the memory of the database, and hundreds of candidates
become a table again in a few steps. The length comes first (two bytes, little-endian), then a bit for each byte.
"""

from collections.abc import Sequence

import numpy as np

_HEAD = 2


def thinned(features: bytes) -> bytes:
    """At most 65,535 bytes of features, made small; nothing stays nothing."""
    if not features:
        return b""
    whole = np.frombuffer(features, dtype=np.uint8)
    says = whole != 0
    thin: bytes = len(features).to_bytes(_HEAD, "little") + np.packbits(says).tobytes() + whole[says].tobytes()
    return thin


def filled(thin: Sequence[bytes]) -> list[bytes]:
    """What was thinned, as it was; many of one length take hardly longer than one."""
    if not thin or any(one[:_HEAD] != thin[0][:_HEAD] for one in thin):
        return [_filled([one])[0] for one in thin]
    return _filled(thin)


def _filled(thin: Sequence[bytes]) -> list[bytes]:
    """All of one length."""
    long = int.from_bytes(thin[0][:_HEAD], "little")
    if not long:
        return [b""] * len(thin)
    rest = _HEAD - (-long // 8)
    masks = np.frombuffer(b"".join([one[_HEAD:rest] for one in thin]), dtype=np.uint8).reshape(len(thin), -1)
    says = np.unpackbits(masks, axis=1, count=long).view(bool)
    whole = np.zeros(says.shape, dtype=np.uint8)
    whole[says] = np.frombuffer(b"".join([one[rest:] for one in thin]), dtype=np.uint8)
    together = whole.tobytes()
    return [together[at : at + long] for at in range(0, len(together), long)]
