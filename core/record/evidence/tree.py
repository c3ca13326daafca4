"""The Merkle tree of RFC 6962 and RFC 9162 over salted leaves, with SHA-256: roots, proofs, and their verification.

A proof is a list of hashes, each of 32 bytes. Leaves are numbered from 0; a size counts the leaves of a tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

HASH_BYTES = 32
SALT_BYTES = 32


def leaf_hash(salt: bytes, payload: bytes) -> bytes:
    """The hash of one leaf. The salt keeps a payload of few possible values from being guessed by its hash."""
    return hashlib.sha256(b"\x00" + salt + payload).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class MerkleTree:
    """A tree that leaves are appended to; every earlier size can still be asked for."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        """Over these hashes of leaves, in their order."""
        # levels[k][i] is the hash of the complete subtree over 2^k leaves that begins at leaf i * 2^k.
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Add the hash of one more leaf."""
        if len(leaf) != HASH_BYTES:
            raise ValueError(f"a hash has {HASH_BYTES} bytes, not {len(leaf)}")
        level, added = 0, leaf
        self._levels[0].append(added)
        while len(self._levels[level]) % 2 == 0:
            added = node_hash(*self._levels[level][-2:])
            level += 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(added)

    def leaf(self, index: int) -> bytes:
        """The hash of one leaf. Raises IndexError where there is none."""
        return self._levels[0][index]

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves, of all where None. Raises ValueError where there are fewer."""
        size = self._checked(len(self) if size is None else size)
        return self._over(0, size) if size else hashlib.sha256(b"").digest()

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof that a leaf is in the tree of `size` leaves (RFC 9162, 2.1.3.1), from the leaf up."""
        size = self._checked(len(self) if size is None else size)
        if not 0 <= index < size:
            raise ValueError(f"there is no leaf {index} in a tree of {size}")
        proof: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self._over(middle, end))
                end = middle
            else:
                proof.append(self._over(start, middle))
                start = middle
        return proof[::-1]

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """The proof that the tree of `old` leaves is the beginning of the tree of `size` (RFC 9162, 2.1.4.1)."""
        size = self._checked(len(self) if size is None else size)
        if not 0 <= old <= size:
            raise ValueError(f"a tree of {size} leaves does not begin with one of {old}")
        if old in (0, size):
            return []
        proof: list[bytes] = []
        start, end, is_whole = 0, size, True
        while old < end:
            middle = start + _split(end - start)
            if old <= middle:
                proof.append(self._over(middle, end))
                end = middle
            else:
                proof.append(self._over(start, middle))
                start, is_whole = middle, False
        if not is_whole:
            proof.append(self._over(start, end))
        return proof[::-1]

    def _checked(self, size: int) -> int:
        if not 0 <= size <= len(self):
            raise ValueError(f"the tree has {len(self)} leaves, not {size}")
        return size

    def _over(self, start: int, end: int) -> bytes:
        """The hash over leaves `start` to before `end`, a range that some tree has a node for."""
        count = end - start
        level = count.bit_length() - 1
        if count == 1 << level:
            return self._levels[level][start >> level]
        middle = start + _split(count)
        return node_hash(self._over(start, middle), self._over(middle, end))


def _split(count: int) -> int:
    """The largest power of two below `count`, which is at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a leaf is the one at `index` in the tree with this size and root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes([leaf, *proof, root]):
        return False
    place, last, found = index, size - 1, leaf
    for hashed in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(hashed, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, hashed)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree with the first size and root is the beginning of the other (RFC 9162, 2.1.4.2).

    An empty tree is the beginning of every tree, of the same size only the same tree is.
    """
    if not 0 <= old <= size or not _are_hashes([old_root, root, *proof]):
        return False
    if old == size:
        return not proof and old_root == root
    if old == 0:
        return not proof and old_root == hashlib.sha256(b"").digest()
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = path[0]
    for hashed in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(hashed, first), node_hash(hashed, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, hashed)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == root


def _are_hashes(given: Sequence[bytes]) -> bool:
    return all(len(each) == HASH_BYTES for each in given)
