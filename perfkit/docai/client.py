"""The one client that all documents of a process share, and single attempts through it."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from perfkit.docai.retry import Refusal
from perfkit.docai.settings import Settings
from perfkit.errors import MissingExtraError, ServiceError

if TYPE_CHECKING:
    from google.cloud.documentai import DocumentProcessorServiceClient

__all__ = ["client_for", "process", "processor_version", "request_for"]

#: Messages of any size, and a server that was restarted is found again at once.
_CHANNEL = [
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 1000),
]
_clients: dict[tuple[int, str, bool], DocumentProcessorServiceClient] = {}
_lock = threading.Lock()


def client_for(settings: Settings) -> DocumentProcessorServiceClient:
    """The process's client of an endpoint; safe to share between threads.

    A fork gets one of its own, since a channel does not survive it.

    Raises
    ------
    MissingExtraError
        If the client library is not installed.
    ServiceError
        If there are no credentials.
    """
    key = (os.getpid(), settings.endpoint, settings.insecure)
    with _lock:
        if key not in _clients:
            _clients[key] = _connect(settings)
        return _clients[key]


def _connect(settings: Settings) -> DocumentProcessorServiceClient:
    try:
        import grpc
        from google.api_core.client_options import ClientOptions
        from google.auth.exceptions import DefaultCredentialsError
        from google.cloud import documentai
        from google.cloud.documentai_v1.services.document_processor_service import transports
    except ImportError as error:
        raise MissingExtraError(
            "google-cloud-documentai", "docai", "The engine documentai"
        ) from error
    if settings.insecure:
        channel = grpc.insecure_channel(settings.endpoint, options=_CHANNEL)
        transport = transports.DocumentProcessorServiceGrpcTransport(channel=channel)
        return documentai.DocumentProcessorServiceClient(transport=transport)
    try:
        return documentai.DocumentProcessorServiceClient(
            client_options=ClientOptions(api_endpoint=settings.endpoint)
        )
    except DefaultCredentialsError as error:
        raise ServiceError(
            "There are no credentials for Google Cloud. Run gcloud auth application-default "
            "login, or set GOOGLE_APPLICATION_CREDENTIALS to a service account's key file. "
            "A stand-in on this machine needs none (perfkit emulator start)."
        ) from error


def request_for(settings: Settings, content: bytes, pages: tuple[int, ...]) -> Any:
    """A request for some pages of a PDF; none for all of them."""
    from google.cloud import documentai

    request = documentai.ProcessRequest.pb()(
        name=settings.processor, imageless_mode=settings.imageless, skip_human_review=True
    )
    request.raw_document.content = content
    request.raw_document.mime_type = "application/pdf"
    request.field_mask.paths.extend(settings.fields)
    if pages:
        request.process_options.individual_page_selector.pages.extend(pages)
    return documentai.ProcessRequest.wrap(request)


def process(client: DocumentProcessorServiceClient, request: Any, seconds: float) -> Any:
    """One attempt at a request; the answer's document as protobuf itself.

    Raises
    ------
    Refusal
        If there is none within so many seconds.
    """
    from google.api_core.exceptions import GoogleAPICallError, RetryError

    try:
        answer = client.process_document(request=request, retry=None, timeout=seconds)
    except (GoogleAPICallError, RetryError) as error:
        raise _refusal(error) from error
    return type(answer).pb(answer).document


def _refusal(error: Any) -> Refusal:
    status = getattr(error, "grpc_status_code", None)
    code = "UNKNOWN" if status is None else status.name
    return Refusal(code, str(getattr(error, "message", error)))


def processor_version(client: DocumentProcessorServiceClient, settings: Settings) -> str:
    """Full name of the version that a processor's name stands for at present.

    The name itself where it pins a version, or the service does not tell.
    """
    from google.api_core.exceptions import GoogleAPICallError, RetryError

    if "/processorVersions/" in settings.processor:
        return settings.processor
    try:
        found = client.get_processor(
            name=settings.processor, retry=None, timeout=settings.deadline_seconds
        )
    except (GoogleAPICallError, RetryError):
        return settings.processor
    return found.default_processor_version or settings.processor
