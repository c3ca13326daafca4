"""The tree against the definitions of RFC 9162, written down a second time as they stand there, and known vectors."""

import hashlib
from functools import cache

import pytest

from core.record.evidence.tree import MerkleTree, leaf_hash, verify_consistency, verify_inclusion

MOST = 300
LEAVES = [hashlib.sha256(b"\x00" + str(n).encode()).digest() for n in range(MOST)]
# The eight leaves of Certificate Transparency's own tests, and the roots of their trees of 1 to 8.
KNOWN = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# {(index, size): proof} and {(old, new): proof} of the same tests.
INCLUSIONS = {
    (0, 8): ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"],
    (5, 8): ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
             "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"],
}  # fmt: skip
CONSISTENCIES = {
    (1, 8): INCLUSIONS[0, 8],
    (6, 8): ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
             "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    (2, 5): ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"],
    (6, 7): ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
             "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
}  # fmt: skip


# ---------------------------------------------------------------- RFC 9162, 2.1, read aloud


@cache
def mth(start: int, end: int) -> bytes:
    """MTH of the leaves [start:end]; a leaf is hashed already."""
    if start == end:
        return hashlib.sha256().digest()
    if end - start == 1:
        return LEAVES[start]
    k = half(end - start)
    return hashlib.sha256(b"\x01" + mth(start, start + k) + mth(start + k, end)).digest()


def half(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


@cache
def path(m: int, start: int, end: int) -> tuple[bytes, ...]:
    """PATH(m, D[start:end])."""
    if end - start == 1:
        return ()
    k = half(end - start)
    if m < k:
        return (*path(m, start, start + k), mth(start + k, end))
    return (*path(m - k, start + k, end), mth(start, start + k))


@cache
def subproof(m: int, start: int, end: int, whole: bool) -> tuple[bytes, ...]:
    """SUBPROOF(m, D[start:end], b)."""
    if m == end - start:
        return () if whole else (mth(start, end),)
    k = half(end - start)
    if m <= k:
        return (*subproof(m, start, start + k, whole), mth(start + k, end))
    return (*subproof(m - k, start + k, end, False), mth(start, start + k))


# ---------------------------------------------------------------- tests


@pytest.fixture(scope="module")
def tree() -> MerkleTree:
    return MerkleTree(LEAVES)


def flipped(proof: list[bytes], bit: int) -> list[bytes]:
    """The proof with one bit changed: which one, its place in the list decides."""
    place, bit = bit % len(proof), bit * 7919 % 256
    changed = bytearray(proof[place])
    changed[bit // 8] ^= 1 << bit % 8
    return [*proof[:place], bytes(changed), *proof[place + 1 :]]


def test_roots_and_inclusion_for_every_size(tree: MerkleTree) -> None:
    for size in range(1, MOST + 1):
        root = tree.root(size)
        assert root == mth(0, size)
        for index in range(size):
            proof = tree.inclusion(index, size)
            assert tuple(proof) == path(index, 0, size)
            assert verify_inclusion(index, size, LEAVES[index], proof, root)
            if proof:
                assert not verify_inclusion(index, size, LEAVES[index], flipped(proof, index + size), root)
                assert not verify_inclusion(index, size, LEAVES[index], proof[:-1], root)
            assert not verify_inclusion(index, size, LEAVES[index - 1], proof, root) or size == 1
            assert not verify_inclusion(index ^ 1, size, LEAVES[index], proof, root)


def test_consistency_of_every_two_sizes(tree: MerkleTree) -> None:
    for size in range(1, MOST + 1):
        root = tree.root(size)
        for old in range(1, size + 1):
            proof, before = tree.consistency(old, size), tree.root(old)
            assert tuple(proof) == (() if old == size else subproof(old, 0, size, True))
            assert verify_consistency(old, before, size, root, proof)
            assert not verify_consistency(old, LEAVES[0] if before != LEAVES[0] else LEAVES[1], size, root, proof)
            if proof:
                assert not verify_consistency(old, before, size, root, flipped(proof, old + size))
                assert not verify_consistency(old, before, size, root, proof[:-1])
                assert not verify_consistency(old, root, size, before, proof)


def test_published_vectors() -> None:
    known = MerkleTree(leaf_hash(b"", bytes.fromhex(leaf)) for leaf in KNOWN)
    assert known.root(0).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert [known.root(size).hex() for size in range(1, 9)] == ROOTS
    for (index, size), proof in INCLUSIONS.items():
        assert [each.hex() for each in known.inclusion(index, size)] == proof
        leaf, root = known.leaf(index), bytes.fromhex(ROOTS[size - 1])
        assert verify_inclusion(index, size, leaf, [bytes.fromhex(each) for each in proof], root)
    for (old, size), proof in CONSISTENCIES.items():
        assert [each.hex() for each in known.consistency(old, size)] == proof
        before, root = bytes.fromhex(ROOTS[old - 1]), bytes.fromhex(ROOTS[size - 1])
        assert verify_consistency(old, before, size, root, [bytes.fromhex(each) for each in proof])


def test_what_is_no_proof_proves_nothing(tree: MerkleTree) -> None:
    root, empty = tree.root(), tree.root(0)
    assert verify_consistency(0, empty, MOST, root, []) and not verify_consistency(0, empty, MOST, root, [root])
    assert not verify_consistency(MOST, root, 1, LEAVES[0], [])
    assert not verify_consistency(64, tree.root(64), MOST, root, [])
    assert not verify_inclusion(0, 0, root, [], empty) and not verify_inclusion(-1, 1, LEAVES[0], [], LEAVES[0])
    assert not verify_inclusion(0, 1, LEAVES[0][:-1], [], LEAVES[0])
    for wrong in (lambda: tree.inclusion(3, 3), lambda: tree.consistency(4, 3), lambda: tree.root(MOST + 1)):
        with pytest.raises(ValueError, match="tree"):
            wrong()
    with pytest.raises(ValueError, match="32"):
        MerkleTree([b"short"])


def test_a_salt_hides_what_a_leaf_is_of() -> None:
    assert leaf_hash(b"\x01" * 32, b"yes") != leaf_hash(b"\x02" * 32, b"yes")
