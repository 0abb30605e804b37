"""Messages between this process and a worker: plain data, its length before it."""

from __future__ import annotations

import marshal
import socket
import struct
from typing import Any

__all__ = ["HEAD", "Frames", "pack", "receive"]

HEAD = struct.Struct("<Q")
#: More at once would be asked of the system anew for each part.
_PART_BYTES = 1 << 16
#: A longer message is not waited for.
MOST_BYTES = 1 << 30


def pack(message: Any) -> bytes:
    """A message as it travels.

    ``marshal`` takes plain values only, and making them anew runs no code of the sender's
    choice; it is several times as fast as JSON.

    Raises
    ------
    ValueError
        If the message is not plain data.
    """
    content = marshal.dumps(message)
    return HEAD.pack(len(content)) + content


class Frames:
    """Puts messages together from the parts in which they arrive."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, connection: socket.socket) -> bool:
        """Take what has arrived; False once the other side is gone."""
        try:
            part = connection.recv(_PART_BYTES)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        self._buffer += part
        return bool(part)

    def next(self) -> Any:
        """The next message, taken out; None if it is not here as a whole (none is None).

        Raises
        ------
        EOFError, TypeError, ValueError
            If what has come is no message.
        """
        if len(self._buffer) < HEAD.size:
            return None
        (size,) = HEAD.unpack_from(self._buffer)
        if size > MOST_BYTES:
            raise ValueError(f"a message of {size} bytes is none")
        end = HEAD.size + size
        if len(self._buffer) < end:
            return None
        with memoryview(self._buffer) as view:
            message = marshal.loads(view[HEAD.size : end])
        del self._buffer[:end]
        return message


def receive(connection: socket.socket) -> Any:
    """Wait for one message.

    Raises
    ------
    EOFError
        If the other side is gone.
    """
    (size,) = HEAD.unpack(_exactly(connection, HEAD.size))
    return marshal.loads(_exactly(connection, size))


def _exactly(connection: socket.socket, size: int) -> bytearray:
    content = bytearray(size)
    with memoryview(content) as view:
        filled = 0
        while filled < size:
            count = connection.recv_into(view[filled:])
            if not count:
                raise EOFError
            filled += count
    return content
