"""Merkle trees over lists of leaves as RFC 6962 and RFC 9162 hash them: nodes, roots, proofs and their checks.

Arithmetic only. Where hashes come from is said by ``Nodes``: a function of (height, index) for every *complete*
subtree, so that a proof in a log of many millions reads a few dozen hashes.
"""

import hashlib
from collections.abc import Callable, Sequence

#: The hash of the complete subtree of 2**height leaves that begins at leaf index * 2**height.
Nodes = Callable[[int, int], bytes]
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """RFC 6962 s.2.1: ``SHA-256(0x00 || entry)``."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 s.2.1: ``SHA-256(0x01 || left || right)``."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(size: int, nodes: Nodes) -> bytes:
    """The root of the first ``size`` leaves."""
    return _span(0, size, nodes) if size else EMPTY


def inclusion(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """The audit path of leaf ``index`` in the tree of ``size`` leaves (RFC 6962 s.2.1.1), lowest first."""
    if not 0 <= index < size:
        raise ValueError("the leaf lies outside the tree")
    return _path(index, 0, size, nodes)


def consistency(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """Proof that the tree of ``new`` leaves begins with that of ``old`` (RFC 6962 s.2.1.2)."""
    if not 0 < old <= new:
        raise ValueError("the old tree is not a beginning of the new one")
    return _subproof(old, 0, new, True, nodes)


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], expected: bytes) -> bool:
    """RFC 9162 s.2.1.3.2: whether ``leaf`` (its hash) is the leaf ``index`` under the root ``expected``."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for hash_ in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(hash_, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, hash_)
        place, last = place >> 1, last >> 1
    return last == 0 and found == expected


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162 s.2.1.4.2: whether the tree under ``new_root`` begins with the whole tree under ``old_root``."""
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new or not proof:
        return False
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first, second = path[0], path[0]
    for hash_ in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(hash_, first), node_hash(hash_, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, hash_)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def of_leaves(leaves: Sequence[bytes]) -> Nodes:
    """Nodes computed from all leaf hashes at hand: for small trees and for tests."""

    def nodes(height: int, index: int) -> bytes:
        if height == 0:
            return leaves[index]
        return node_hash(nodes(height - 1, 2 * index), nodes(height - 1, 2 * index + 1))

    return nodes


def _split(size: int) -> int:
    """The largest power of two smaller than ``size``."""
    return int(1 << (size - 1).bit_length() - 1)


def _span(start: int, size: int, nodes: Nodes) -> bytes:
    """The root of ``size`` leaves from ``start``, which is a multiple of the next power of two."""
    if size & (size - 1) == 0:
        height = size.bit_length() - 1
        return nodes(height, start >> height)
    left = _split(size)
    return node_hash(_span(start, left, nodes), _span(start + left, size - left, nodes))


def _path(index: int, start: int, size: int, nodes: Nodes) -> list[bytes]:
    if size == 1:
        return []
    left = _split(size)
    if index < left:
        return [*_path(index, start, left, nodes), _span(start + left, size - left, nodes)]
    return [*_path(index - left, start + left, size - left, nodes), _span(start, left, nodes)]


def _subproof(old: int, start: int, size: int, whole: bool, nodes: Nodes) -> list[bytes]:
    if old == size:
        return [] if whole else [_span(start, size, nodes)]
    left = _split(size)
    if old <= left:
        return [*_subproof(old, start, left, whole, nodes), _span(start + left, size - left, nodes)]
    return [*_subproof(old - left, start + left, size - left, False, nodes), _span(start, left, nodes)]


class Range:
    """The roots of the complete subtrees of a tree that grows: it gives the root after each leaf in little memory."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """One more leaf, by its hash."""
        self._peaks.append(leaf)
        size = self.size
        while size & 1:
            right = self._peaks.pop()
            self._peaks[-1] = node_hash(self._peaks[-1], right)
            size >>= 1
        self.size += 1

    def root(self) -> bytes:
        """The root so far."""
        if not self._peaks:
            return EMPTY
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found
