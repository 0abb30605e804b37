"""An entry of the disk store as bytes: header, keyed digest, payload.

::

    magic  8 bytes   b"perfkit1"
    created          seconds, big-endian double
    expires          seconds, big-endian double
    length           of the payload, big-endian unsigned 64 bit
    digest 32 bytes  keyed BLAKE2b over name + header + payload
    payload

The digest covers the name, so an entry copied over another one is found out, and the
header, so its life cannot be lengthened.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from typing import NamedTuple

from perfkit.caches._look import Life

__all__ = ["OVERHEAD_BYTES", "Entry", "entry_name", "seal", "unseal"]

_MAGIC = b"perfkit1"
_HEADER = struct.Struct(">8sddQ")
_DIGEST_BYTES = 32
OVERHEAD_BYTES = _HEADER.size + _DIGEST_BYTES


class Entry(NamedTuple):
    """What an entry holds, proved to be as it was written."""

    life: Life
    payload: bytes


def entry_name(secret: bytes, key: str) -> str:
    """File name for a key: without the secret it cannot be told from which document it is."""
    # A key may hold lone surrogates (a path that is no UTF-8); it has a name all the same.
    data = key.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, key=secret, digest_size=32, person=b"perfkit-name").hexdigest()


def seal(secret: bytes, name: str, life: Life, payload: bytes) -> bytes:
    """The bytes of an entry."""
    header = _HEADER.pack(_MAGIC, *life, len(payload))
    return header + _digest(secret, name, header, payload) + payload


def unseal(secret: bytes, name: str, sealed: bytes) -> Entry | None:
    """What the bytes hold; None if they are not exactly what :func:`seal` gave for the name."""
    if len(sealed) < OVERHEAD_BYTES:
        return None
    header, digest = sealed[: _HEADER.size], sealed[_HEADER.size : OVERHEAD_BYTES]
    payload = sealed[OVERHEAD_BYTES:]
    # Nothing of the header is believed before the digest is proved right.
    if not hmac.compare_digest(digest, _digest(secret, name, header, payload)):
        return None
    magic, created, expires, length = _HEADER.unpack(header)
    if magic != _MAGIC or length != len(payload):
        return None
    return Entry(Life(created, expires), payload)


def _digest(secret: bytes, name: str, header: bytes, payload: bytes) -> bytes:
    # Name and header have fixed lengths: no two different triples give the same bytes.
    state = hashlib.blake2b(key=secret, digest_size=_DIGEST_BYTES, person=b"perfkit-entry")
    state.update(name.encode("ascii"))
    state.update(header)
    state.update(payload)
    return state.digest()
