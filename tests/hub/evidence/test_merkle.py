"""RFC 6962 trees: the values that the RFC's reference implementations publish, and every proof of small trees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.evidence.offline import merkle

# Certificate Transparency's own test vectors (google/certificate-transparency, merkletree tests).
_ENTRIES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.leaf_hash(b"line %d" % n) for n in range(70)]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_that_certificate_transparency_publishes(size: int) -> None:
    nodes = merkle.of_leaves([merkle.leaf_hash(entry) for entry in _ENTRIES])
    assert merkle.root(size, nodes).hex() == _ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert merkle.root(0, merkle.of_leaves([])).hex().startswith("e3b0c442")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33, 64, 70])
def test_every_leaf_of_a_tree_is_proven_and_no_other_in_its_place(size: int) -> None:
    nodes = merkle.of_leaves(LEAVES)
    root = merkle.root(size, nodes)
    for index in range(size):
        proof = merkle.inclusion(index, size, nodes)
        assert merkle.verify_inclusion(index, size, LEAVES[index], proof, root)
        assert not merkle.verify_inclusion(index, size, merkle.leaf_hash(b"else"), proof, root)
        assert size == 1 or not merkle.verify_inclusion((index + 1) % size, size, LEAVES[index], proof, root)
        assert not merkle.verify_inclusion(index, size, LEAVES[index], [*proof, root], root)


@pytest.mark.parametrize("new", [1, 2, 3, 6, 8, 31, 64, 70])
def test_every_earlier_tree_is_proven_a_beginning_of_the_later_one(new: int) -> None:
    nodes = merkle.of_leaves(LEAVES)
    root = merkle.root(new, nodes)
    for old in range(1, new + 1):
        proof, before = merkle.consistency(old, new, nodes), merkle.root(old, nodes)
        assert merkle.verify_consistency(old, new, before, root, proof)
        assert not merkle.verify_consistency(old, new, merkle.leaf_hash(b"else"), root, proof)
        assert not merkle.verify_consistency(old, new, before, merkle.leaf_hash(b"else"), proof)


@given(st.integers(1, 70), st.integers(0, 69), st.integers(0, 7), st.binary(min_size=32, max_size=32))
def test_a_proof_with_one_hash_changed_proves_nothing(size: int, index: int, place: int, wrong: bytes) -> None:
    nodes, index = merkle.of_leaves(LEAVES), index % size
    proof = merkle.inclusion(index, size, nodes)
    if proof:
        proof[place % len(proof)] = wrong
        assert not merkle.verify_inclusion(index, size, LEAVES[index], proof, merkle.root(size, nodes))


def test_a_tree_that_grows_leaf_by_leaf_has_the_same_roots() -> None:
    grown, nodes = merkle.Range(), merkle.of_leaves(LEAVES)
    assert grown.root() == merkle.EMPTY
    for size, leaf in enumerate(LEAVES, start=1):
        grown.append(leaf)
        assert (grown.size, grown.root()) == (size, merkle.root(size, nodes))


@pytest.mark.parametrize(("index", "size"), [(3, 3), (-1, 3), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        merkle.inclusion(index, size, merkle.of_leaves(LEAVES))
    assert not merkle.verify_inclusion(index, size, LEAVES[0], [], LEAVES[0])
