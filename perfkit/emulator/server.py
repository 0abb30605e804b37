"""The stand-in's server: gRPC on loopback, over the client library's own message types."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import grpc
from google.cloud import documentai

from perfkit.emulator.answering import Answerer
from perfkit.emulator.chance import Attempts, Chance, Quota
from perfkit.emulator.contents import Contents
from perfkit.emulator.options import Options
from perfkit.emulator.processors import KINDS, fill_processor
from perfkit.emulator.refusal import Refused
from perfkit.emulator.statistics import Statistics

__all__ = ["CONTROL", "SERVICE", "Server"]

SERVICE = "google.cloud.documentai.v1.DocumentProcessorService"
#: The stand-in's own service; it speaks JSON.
CONTROL = "perfkit.emulator.Control"
HOST = "127.0.0.1"
_UNLIMITED = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
_GRACE_SECONDS = 0.2
_HEAR_SECONDS = 0.05

T = TypeVar("T")
Work = Callable[[Any], Awaitable[tuple[bytes, int]]]


class Server:
    """Answers requests until it is stopped.

    Parameters
    ----------
    options : Options
        How it behaves.
    clock : callable
        Seconds that never go back; of the quota.
    """

    def __init__(self, options: Options, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._contents = Contents()
        # pdfium is not for several threads, and reading a scan takes seconds.
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self._behave(options)
        self._stopping = asyncio.Event()
        self.address = ""

    def _behave(self, options: Options) -> None:
        """Behave so from now on, as if nothing had been before."""
        self._options = options
        self._answerer = Answerer(options, self._contents)
        self._chance, self._attempts = Chance(options), Attempts()
        self._quota = Quota(options.quota, self._clock)
        self._statistics = Statistics()

    async def serve(self, ready: Callable[[str], None]) -> None:
        """Listen, tell the address, and answer until :meth:`stop`.

        Raises
        ------
        OSError
            If the port is taken.
        """
        # Without sharing of ports: a second stand-in on the same one has to fail.
        server = grpc.aio.server(options=[*_UNLIMITED, ("grpc.so_reuseport", 0)])
        server.add_generic_rpc_handlers((self._service(), self._control()))
        try:
            port = server.add_insecure_port(f"{HOST}:{self._options.port}")
        except RuntimeError as error:
            raise OSError(f"port {self._options.port} is taken") from error
        await server.start()
        self.address = f"{HOST}:{port}"
        ready(self.address)
        await self._stopping.wait()
        await server.stop(_GRACE_SECONDS)
        self._reader.shutdown(wait=False, cancel_futures=True)

    def stop(self) -> None:
        """End :meth:`serve`; what is in flight is cut off."""
        self._stopping.set()

    def _service(self) -> grpc.GenericRpcHandler:
        methods: dict[str, tuple[Any, Work]] = {
            "ProcessDocument": (documentai.ProcessRequest, self._process),
            "GetProcessor": (documentai.GetProcessorRequest, self._get),
            "ListProcessors": (documentai.ListProcessorsRequest, self._list),
        }
        handlers = {
            name: grpc.unary_unary_rpc_method_handler(
                self._counted(name, work), request_deserializer=_sized(kind.pb())
            )
            for name, (kind, work) in methods.items()
        }
        return grpc.method_handlers_generic_handler(SERVICE, handlers)

    def _control(self) -> grpc.GenericRpcHandler:
        def statistics(_request: bytes, _context: Any) -> bytes:
            told = {"options": json.loads(self._options.as_json()), **self._statistics.as_dict()}
            return json.dumps(told).encode()

        def reset(request: bytes, _context: Any) -> bytes:
            self._behave(Options.from_json(request.decode()) if request else self._options)
            return b"{}"

        def stop(_request: bytes, _context: Any) -> bytes:
            asyncio.get_running_loop().call_later(_GRACE_SECONDS / 10, self.stop)
            return b"{}"

        def handler(work: Callable[[bytes, Any], bytes]) -> grpc.RpcMethodHandler:
            async def answer(request: bytes, context: Any) -> bytes:
                return work(request, context)

            return grpc.unary_unary_rpc_method_handler(answer)

        methods = {"Statistics": statistics, "Reset": reset, "Stop": stop}
        return grpc.method_handlers_generic_handler(
            CONTROL, {name: handler(work) for name, work in methods.items()}
        )

    def _counted(self, name: str, work: Work) -> Callable[[Any, Any], Awaitable[bytes]]:
        async def answer(sized: tuple[Any, int], context: Any) -> bytes:
            request, size = sized
            statistics = self._statistics  # those of its beginning, whatever is reset meanwhile
            statistics.begun(name, size)
            code, sent, pages = "CANCELLED", b"", 0
            try:
                sent, pages = await work(request)
                code = "OK"
            except Refused as refused:
                code = refused.code
                await context.abort(grpc.StatusCode[code], refused.message)
            finally:
                statistics.ended(code, len(sent), pages)
            return sent

        return answer

    async def _process(self, request: Any) -> tuple[bytes, int]:
        begun = time.monotonic()
        if not self._quota.take():
            raise Refused(
                "RESOURCE_EXHAUSTED",
                "Quota exceeded for quota metric 'Online process document requests' and limit "
                "'Online process document requests per minute' of service "
                "'documentai.googleapis.com'.",
            )
        asked = await self._apart(self._answerer.understand, request)
        what = (asked.content.digest, tuple(asked.pages))
        attempt = self._attempts.next(what)
        seconds = self._chance.seconds(asked.content.digest, asked.pages, attempt)
        code = self._chance.failure(asked.content.digest, asked.pages, attempt)
        if code == "DEADLINE_EXCEEDED":
            await asyncio.sleep(seconds)
        if code is not None:
            raise Refused(code, f"Injected by the stand-in (attempt {attempt}).")
        # What came at the same time is heard first: its latency counts from then.
        await asyncio.sleep(min(_HEAR_SECONDS, seconds / 4))
        answer = await self._apart(self._answerer.answer, asked, request.imageless_mode)
        # Making the answer is part of the time that a page takes.
        await asyncio.sleep(max(0.0, begun + seconds - time.monotonic()))
        self._attempts.succeeded(what)
        return answer, len(asked.pages)

    async def _apart(self, work: Callable[..., T], *arguments: object) -> T:
        """Done by the one thread that reads documents, while others are listened to."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, work, *arguments)

    async def _get(self, request: Any) -> tuple[bytes, int]:
        processor = documentai.Processor.pb()()
        fill_processor(processor, request.name)
        return processor.SerializeToString(), 0

    async def _list(self, request: Any) -> tuple[bytes, int]:
        answer = documentai.ListProcessorsResponse.pb()()
        for kind in KINDS:
            fill_processor(answer.processors.add(), f"{request.parent}/processors/{kind}")
        return answer.SerializeToString(), 0


def _sized(message: Any) -> Callable[[bytes], tuple[Any, int]]:
    def read(data: bytes) -> tuple[Any, int]:
        return message.FromString(data), len(data)

    return read
