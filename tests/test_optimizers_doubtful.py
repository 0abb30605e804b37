"""Every optimizer tells whether a document is doubtful, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

import perfkit

HANDED = Path(__file__).parent / "data" / "handed" / "documents"
REASON = "page 2 of 2 is missing from the file; get the whole document"
INLINE = perfkit.Recipe(executor="inline")

WAYS = {
    "streaming": lambda file: perfkit.StreamingDocumentProcessor().process_with_streaming(file),
    "memory": lambda file: perfkit.MemoryOptimizer().process_with_memory_optimization(file),
    "concurrent": lambda file: perfkit.ConcurrentPageProcessor().process_pages_sequentially(file),
    "cached": lambda file: perfkit.IntelligentCachingSystem().get_processed_data(file),
    "creative_coop": lambda file: perfkit.CreativeCoopPerformanceOptimizer(
        INLINE.with_(cache="memory")
    ).process_optimized(file),
    "creative_coop without cache": lambda file: perfkit.CreativeCoopPerformanceOptimizer(
        INLINE.with_(cache="none")
    ).process_optimized(file),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_result_says_whether_it_is_doubtful_and_why(way):
    doubtful = WAYS[way](HANDED / "page_1_of_2_only.pdf")
    good = WAYS[way](HANDED / "actualtext.pdf")
    assert (doubtful["doubtful"], doubtful["doubts"]) == (True, [REASON])
    assert (good["doubtful"], good["doubts"]) == (False, [])
