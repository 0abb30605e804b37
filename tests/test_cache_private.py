"""The disk cache's folder and secret belong to their owner alone."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from perfkit.caches import _locks, disk
from perfkit.caches._private import default_folder, load_secret, private_folder, secret_file
from perfkit.errors import CacheError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    private_folder(folder)
    return folder


@pytest.fixture
def strict_umask_off():
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("strict_umask_off")
def test_folder_secret_and_entries_are_closed_to_others_whatever_the_umask(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "deep" / "cache"
    store = disk.open_store(ttl_seconds=60, max_mb=1, directory=folder, clock=lambda: 0.0)
    store.put("a", b"x")
    assert mode(folder) == 0o700
    assert {mode(file) for file in folder.iterdir()} == {0o600}
    assert mode(secret_file()) == 0o600
    assert mode(secret_file().parent) == 0o700


def test_an_empty_folder_that_others_may_enter_is_closed(tmp_path):
    tmp_path.chmod(0o755)
    private_folder(tmp_path)
    assert mode(tmp_path) == 0o700


@pytest.mark.parametrize("open_mode", [0o755, 0o777, 0o710, 0o701])
def test_a_used_folder_that_others_may_enter_is_refused(cache, open_mode):
    (cache / "file").touch()
    cache.chmod(open_mode)
    with pytest.raises(CacheError, match="chmod 700"):
        private_folder(cache)


def test_a_folder_of_another_user_is_refused(cache, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: cache.stat().st_uid + 1)
    with pytest.raises(CacheError, match="another user"):
        private_folder(cache)


def test_a_file_where_the_folder_should_be_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CacheError, match="no folder"):
        private_folder(tmp_path / "file")


def test_the_secret_stays_the_same(tmp_path, cache):
    file = tmp_path / "state" / "key"
    assert load_secret(file, cache) == load_secret(file, cache)


def test_of_many_who_make_the_secret_at_once_all_get_the_same(tmp_path, cache):
    file, found = tmp_path / "state" / "key", []
    barrier = threading.Barrier(8)

    def make() -> None:
        barrier.wait()
        found.append(load_secret(file, cache))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [each.name for each in file.parent.iterdir()] == ["key"]


def test_a_secret_that_others_may_read_is_refused(tmp_path, cache):
    file = tmp_path / "key"
    load_secret(file, cache)
    file.chmod(0o640)
    with pytest.raises(CacheError, match=r"Remove .*key"):
        load_secret(file, cache)


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_damaged_secret_is_refused(tmp_path, cache, content):
    file = tmp_path / "key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(CacheError, match="damaged"):
        load_secret(file, cache)


def test_a_link_or_pipe_in_place_of_the_secret_is_refused(tmp_path, cache):
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("link", "pipe"):
        with pytest.raises(CacheError):
            load_secret(tmp_path / name, cache)


def test_a_secret_inside_the_cache_is_refused(cache):
    with pytest.raises(CacheError, match="protects nothing"):
        load_secret(cache / "state" / "key", cache)


def test_folders_follow_the_xdg_variables_and_ignore_relative_ones(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "named"))
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert default_folder() == tmp_path / "named/perfkit/results"
    assert secret_file() == tmp_path / ".local/state/perfkit/cache.key"


def test_without_posix_locks_the_disk_store_says_what_to_use(tmp_path, monkeypatch):
    monkeypatch.setattr(_locks, "fcntl", None)
    with pytest.raises(CacheError, match='Use store="memory"'):
        disk.open_store(ttl_seconds=60, max_mb=1, directory=tmp_path, clock=lambda: 0.0)
