"""Compiled patterns, each made once, and statistics that are right."""

import re
import threading

import pytest

import perfkit


def test_the_same_pattern_is_the_same_object():
    cache = perfkit.OptimizedPatternCache()
    assert cache.get_compiled_pattern("[0-9]+") is cache.get_compiled_pattern("[0-9]+")


def test_flags_are_part_of_the_key():
    cache = perfkit.OptimizedPatternCache()
    plain, ignoring = (
        cache.get_compiled_pattern("a"),
        cache.get_compiled_pattern("a", re.IGNORECASE),
    )
    assert plain is not ignoring
    assert ignoring.match("A")
    assert not plain.match("A")


def test_text_and_bytes_are_two_patterns():
    cache = perfkit.OptimizedPatternCache()
    assert cache.get_compiled_pattern("a").match("a")
    assert cache.get_compiled_pattern(b"a").match(b"a")


def test_before_the_first_access_the_hit_rate_is_zero():
    stats = perfkit.OptimizedPatternCache().get_cache_stats()
    assert stats == {"cached_patterns": 0, "total_accesses": 0, "cache_hit_rate": 0.0}


def test_the_hit_rate_is_hits_over_accesses_however_often_it_is_read():
    cache = perfkit.OptimizedPatternCache()
    for _ in range(4):
        cache.get_compiled_pattern("a")
        cache.get_cache_stats()
    assert cache.get_cache_stats() == {
        "cached_patterns": 1,
        "total_accesses": 4,
        "cache_hit_rate": 0.75,
    }


def test_what_is_no_pattern_is_a_miss_and_not_kept():
    cache = perfkit.OptimizedPatternCache()
    with pytest.raises(re.error):
        cache.get_compiled_pattern("(")
    stats = cache.get_cache_stats()
    assert (stats["cached_patterns"], stats["total_accesses"]) == (0, 1)


def test_threads_compile_each_pattern_once_and_lose_no_access():
    cache, found, start = perfkit.OptimizedPatternCache(), set(), threading.Barrier(8)

    def work() -> None:
        start.wait()
        for number in range(500):
            found.add(id(cache.get_compiled_pattern(f"x{number % 10}")))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stats = cache.get_cache_stats()
    assert len(found) == stats["cached_patterns"] == 10
    assert stats["total_accesses"] == 4000
    assert stats["cache_hit_rate"] == pytest.approx(3990 / 4000)
