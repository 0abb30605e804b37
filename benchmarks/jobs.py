"""What fresh processes are weighed on. Every import here would be counted as part of a job."""

from __future__ import annotations

__all__ = ["collect", "iterate", "search_file"]


def iterate(path: str) -> None:
    """Read a document item by item, and keep none."""
    from perfkit.optimizers.streaming import StreamingDocumentProcessor

    for _ in StreamingDocumentProcessor().iterate(path):
        pass


def collect(path: str) -> None:
    """Read a document by the fixed method, which gives all its items."""
    from perfkit.optimizers.streaming import StreamingDocumentProcessor

    StreamingDocumentProcessor().process_with_streaming(path)


def search_file(path: str, count: str) -> None:
    """Search a long file; what is found must be so many codes."""
    from perfkit.patterns.codes import OptimizedProductCodeSearch

    with open(path, "rb") as file:
        found = sum(1 for _ in OptimizedProductCodeSearch().iter_product_codes(file))
    if found != int(count):
        raise ValueError(f"{found} codes were found where {count} are.")
