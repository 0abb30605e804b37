"""The disk store drops what it did not write, and goes on where it cannot write."""

from __future__ import annotations

import errno
import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from perfkit.caches import _survey, disk
from perfkit.caches._entry import OVERHEAD_BYTES, entry_name
from perfkit.caches._locks import locked
from perfkit.caches.disk import DiskStore
from tests.cache_work import Clock

SECRET = bytes(range(32))
EXPIRY = slice(16, 24)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "cache"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(folder: Path, clock: Clock) -> DiskStore:
    return DiskStore(folder, SECRET, 60.0, 1.0, clock)


def entry_of(store: DiskStore, key: str) -> Path:
    return Path(store._path(entry_name(SECRET, key), ".entry"))


def rewrite(change: Callable[[bytearray], object]) -> Callable[[Path], None]:
    """Change the bytes of a file in place."""

    def tamper(path: Path) -> None:
        content = bytearray(path.read_bytes())
        change(content)
        path.write_bytes(content)

    return tamper


def flip(place: int) -> Callable[[Path], None]:
    return rewrite(lambda content: content.__setitem__(place, content[place] ^ 1))


def replace_by_link(path: Path) -> None:
    target = path.with_name("elsewhere")
    path.rename(target)
    path.symlink_to(target)


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


TAMPERINGS: dict[str, Callable[[Path], object]] = {
    "magic": flip(0),
    "time of writing": flip(15),
    "length": flip(31),
    "digest": flip(40),
    "first byte": flip(OVERHEAD_BYTES),
    "last byte": flip(-1),
    "longer life": rewrite(lambda content: content.__setitem__(EXPIRY, struct.pack(">d", 1e12))),
    "truncated": lambda path: os.truncate(path, 70),
    "cut in its header": lambda path: os.truncate(path, 20),
    "emptied": lambda path: os.truncate(path, 0),
    "zeroed": rewrite(lambda content: content.__setitem__(slice(None), bytes(len(content)))),
    "appended": rewrite(lambda content: content.append(0)),
    "grown beyond the bound": lambda path: os.truncate(path, 1 << 40),
    "swapped": lambda path: path.write_bytes(path.with_name("other").read_bytes()),
    "planted link": replace_by_link,
    "planted folder": replace_by_folder,
    "planted pipe": replace_by_pipe,
    "opened to others": lambda path: path.chmod(0o644),
}


@pytest.mark.parametrize("tamper", TAMPERINGS.values(), ids=TAMPERINGS)
def test_tampering_is_found_out_logged_and_the_entry_dropped(store, tamper, caplog):
    store.put("a", b"payload of a")
    store.put("b", b"payload of b")
    path = entry_of(store, "a")
    shutil.copy2(entry_of(store, "b"), path.with_name("other"))
    tamper(path)
    assert store.look("a") == ("tampered", None)
    assert "tampered" in caplog.text
    assert "payload" not in caplog.text
    assert not os.path.lexists(path)
    assert store.look("a").state == "missing"
    store.put("a", b"made anew")
    assert store.look("a") == ("live", b"made anew")
    assert store.look("b").state == "live"


def test_a_planted_link_is_not_followed_when_it_is_dropped(store, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("stays", encoding="utf-8")
    entry_of(store, "a").symlink_to(victim)
    assert store.look("a").state == "tampered"
    store.put("a", b"x")
    assert victim.read_text(encoding="utf-8") == "stays"


def test_a_link_planted_for_a_lock_stops_nothing(store, tmp_path):
    lock = entry_of(store, "a").with_suffix(".lock")
    lock.symlink_to(tmp_path / "victim")
    with store.flight("a", 1) as alone:
        assert alone
    assert not (tmp_path / "victim").exists()


def test_what_was_replaced_meanwhile_is_not_dropped(store):
    store.put("a", b"old")
    seen = entry_of(store, "a").stat()
    store.put("a", b"new")
    store._drop(entry_of(store, "a").stem, seen)
    store._drop(entry_of(store, "a").stem, None)
    assert store.look("a") == ("live", b"new")


def test_a_store_with_a_shorter_life_does_not_accept_the_longer_one_of_others(store, folder, clock):
    store.put("a", b"x")
    clock.now += 20
    hasty = DiskStore(folder, SECRET, 10.0, 1.0, clock)
    assert hasty.look("a").state == "expired"


def test_another_secret_sees_an_empty_store(store, folder, clock):
    store.put("a", b"x")
    assert DiskStore(folder, bytes(32), 60.0, 1.0, clock).look("a").state == "missing"


def test_an_entry_is_there_for_the_next_process(store, folder, clock):
    store.put("a", b"x")
    assert DiskStore(folder, SECRET, 60.0, 1.0, clock).look("a") == ("live", b"x")


def test_the_folder_never_holds_more_than_the_bound(store, folder):
    for number in range(60):
        store.put(f"{number}", bytes(50_000))
        assert sum(file.stat().st_size for file in folder.glob("*.entry")) <= 1 << 20


def test_two_writers_together_keep_to_the_bound(store, folder, clock):
    other = DiskStore(folder, SECRET, 60.0, 1.0, clock)
    for number in range(30):
        store.put(f"{number}", bytes(50_000))
        other.put(f"-{number}", bytes(50_000))
        assert sum(file.stat().st_size for file in folder.glob("*.entry")) <= 1 << 20


@pytest.mark.parametrize("sum_kept", [b"", b"nonsense", b"0" * 20, b"9" * 20])
def test_a_sum_that_was_changed_is_put_right_by_the_next_process(store, folder, clock, sum_kept):
    for number in range(20):
        store.put(f"{number}", bytes(50_000))
    (folder / ".lock").write_bytes(sum_kept)
    DiskStore(folder, SECRET, 60.0, 1.0, clock).put("next", bytes(50_000))
    assert sum(file.stat().st_size for file in folder.glob("*.entry")) <= 1 << 20


def test_what_dead_processes_left_is_swept_and_foreign_files_stay(folder, clock):
    name = "0" * 64
    for left in (f"{name}.01234567.draft", f"{name}.lock", "notes.txt"):
        (folder / left).touch()
    with locked(str(folder / f"{'1' * 64}.lock"), 0):
        DiskStore(folder, SECRET, 60.0, 1.0, clock).put("a", b"x")
        names = {file.name for file in folder.iterdir() if file.suffix != ".entry"}
    assert names == {".lock", "notes.txt", f"{'1' * 64}.lock"}


def test_a_flight_leaves_no_file(store, folder):
    with store.flight("a", 0):
        assert list(folder.iterdir())
    assert not list(folder.iterdir())


def test_a_folder_that_was_removed_is_made_again(store, folder):
    folder.rmdir()
    assert store.look("a").state == "missing"
    store.put("a", b"x")
    assert store.look("a").state == "live"
    assert folder.stat().st_mode & 0o777 == 0o700


def fail_with(number: int) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize(
    ("function", "number"),
    [("replace", errno.ENOSPC), ("pwrite", errno.ENOSPC), ("replace", errno.EROFS)],
)
def test_a_full_or_read_only_disk_is_a_warning_and_leaves_no_draft(
    store, folder, monkeypatch, caplog, function, number
):
    monkeypatch.setattr(os, function, fail_with(number))
    store.put("a", b"x")
    assert "cannot be kept" in caplog.text
    assert os.strerror(number) in caplog.text
    assert [file.name for file in folder.iterdir()] == [".lock"]


def test_where_no_file_can_be_made_work_goes_on_without_a_lock(store, monkeypatch, caplog):
    monkeypatch.setattr(os, "open", fail_with(errno.EROFS))
    with store.flight("a", 1) as alone:
        assert not alone
    assert "work may be done twice" in caplog.text


def test_what_cannot_be_read_is_missing_and_said_so(store, monkeypatch, caplog):
    store.put("a", b"x")
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", fail_with(errno.EIO))
        assert store.look("a").state == "missing"
    with monkeypatch.context() as patched:
        patched.setattr(os, "read", fail_with(errno.EIO))
        assert store.look("a").state == "missing"
    assert caplog.text.count("cannot be read") == 2
    assert store.look("a").state == "live"


def test_what_cannot_be_removed_is_served_by_nobody_and_said_so(store, monkeypatch, caplog):
    store.put("a", b"x")
    flip(-1)(entry_of(store, "a"))
    monkeypatch.setattr(os, "unlink", fail_with(errno.EROFS))
    assert store.look("a").state == "tampered"
    assert store.look("a").state == "tampered"
    assert "cannot be removed" in caplog.text


def test_a_writer_that_is_stopped_stops_nobody_else(store, folder, monkeypatch, caplog):
    monkeypatch.setattr(disk, "_WRITE_PATIENCE_SECONDS", 0.0)
    with locked(str(folder / ".lock"), 0, keep=True):
        store.put("a", b"x")
    assert "does not go on" in caplog.text


def test_a_folder_that_cannot_be_made_is_a_warning(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "file").touch()
    store = disk.open_store(
        ttl_seconds=60, max_mb=1, directory=tmp_path / "file" / "cache", clock=lambda: 0.0
    )
    store.put("a", b"x")
    with store.flight("a", 0) as alone:
        assert not alone
    assert store.look("a").state == "missing"
    assert "cannot be kept on disk" in caplog.text


def test_an_eviction_goes_on_past_what_it_cannot_remove(store, folder, monkeypatch):
    for number in range(4):
        store.put(f"{number}", bytes(200_000))
    monkeypatch.setattr(_survey, "_remove", lambda _: False)
    assert _survey._survey(str(folder), 400_000, 1 << 20) > 800_000
