"""Files: whole or not at all, of the right permissions, through links and into pipes; and what is said of
those that fail."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from engine import Value, draw, lecture
from engine.show import files
from engine.show.files import written

ROOT = Path(__file__).parents[3]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_text_and_bytes(tmp_path):
    assert written(tmp_path / "a", "σ\n").read_bytes() == "σ\n".encode()
    assert written(str(tmp_path / "b"), b"\x00").read_bytes() == b"\x00"
    assert names(tmp_path) == ["a", "b"]


@pytest.mark.parametrize("make, name", [(draw, "a.svg"), (draw, "a.txt"), (lecture, "a.html"),
                                        (lecture, "a.slides.html")])
def test_a_folder_that_does_not_exist(tmp_path, make, name):
    target = tmp_path / "missing" / name
    with pytest.raises(FileNotFoundError,
                       match=r"cannot write .*missing.*Give a file in a folder that exists"):
        make(Value(2.0, "x") * 3).save(target)
    assert not target.parent.exists()


def test_a_folder_in_the_place_of_the_file(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(IsADirectoryError, match="cannot write the page to .*a: Is a directory"):
        written(tmp_path / "a", "new", "the page to ")
    assert names(tmp_path) == ["a"]


# --- whole or not at all ----------------------------------------------------------------------------

@pytest.mark.parametrize("stop", [KeyboardInterrupt, MemoryError, OSError(28, "No space left on device")])
@pytest.mark.parametrize("where", ["fsync", "replace"])
def test_what_ends_a_write_half_way_leaves_the_earlier_file_and_nothing_else(tmp_path, monkeypatch, where,
                                                                             stop):
    target = written(tmp_path / "a", "earlier")

    def interrupt(*args):
        assert len(names(tmp_path)) == 2                             # the part is there
        raise stop
    monkeypatch.setattr(files.os, where, interrupt)
    with pytest.raises(stop if isinstance(stop, type) else OSError):
        written(target, "new")
    assert target.read_text() == "earlier" and names(tmp_path) == ["a"]


def test_the_content_is_on_the_disk_before_it_has_the_name(tmp_path, monkeypatch):
    seen, fsync, replace = [], os.fsync, os.replace
    monkeypatch.setattr(files.os, "fsync", lambda *args: seen.append("fsync") or fsync(*args))
    monkeypatch.setattr(files.os, "replace", lambda *args: seen.append("replace") or replace(*args))
    written(tmp_path / "a", "new")
    assert seen == ["fsync", "replace"]


def test_each_part_has_a_name_of_its_own_that_cannot_be_foreseen(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(files.os, "replace", lambda part, target, real=os.replace: seen.append(part)
                        or real(part, target))
    for _ in range(20):
        written(tmp_path / "a", "new")
    assert len(set(seen)) == 20 and {os.path.dirname(part) for part in seen} == {str(tmp_path)}


def test_threads_that_write_one_file_and_a_reader(tmp_path):
    target, contents = tmp_path / "a", {letter * 100_000 for letter in "abcd"}
    written(target, "a" * 100_000)
    threads = [threading.Thread(target=lambda content=content: [written(target, content) for _ in range(25)])
               for content in sorted(contents)]
    for thread in threads: thread.start()
    while any(thread.is_alive() for thread in threads):
        assert target.read_text() in contents
    for thread in threads: thread.join()
    assert names(tmp_path) == ["a"]


# --- permissions ------------------------------------------------------------------------------------

@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_new_file_has_the_usual_permissions(tmp_path, umask):
    before = os.umask(umask)
    try:
        written(tmp_path / "a", "new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o666 & ~umask


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_an_existing_file_keeps_its_permissions(tmp_path, mode):
    written(tmp_path / "a", "earlier").chmod(mode)
    assert written(tmp_path / "a", "new").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode


def test_a_file_that_is_write_protected_is_refused(tmp_path, monkeypatch):
    written(tmp_path / "a", "earlier").chmod(0o444)
    monkeypatch.setattr(files.os, "access", lambda path, kind: False)    # (as for anyone but root)
    with pytest.raises(PermissionError, match="cannot write .*a: it is write-protected"):
        written(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "earlier" and names(tmp_path) == ["a"]


# --- what is no plain file --------------------------------------------------------------------------

def test_a_link_stays_a_link_and_its_file_is_written(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder/file")
    for content in ("made", "replaced"):
        written(tmp_path / "link", content)
        assert (tmp_path / "link").is_symlink() and (tmp_path / "folder/file").read_text() == content
    assert names(tmp_path / "folder") == ["file"]


def test_a_link_to_itself_is_refused(tmp_path):
    (tmp_path / "link").symlink_to("link")
    with pytest.raises(OSError, match="cannot write .*link: "):
        written(tmp_path / "link", "new")


def test_a_pipe_is_written_to(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    found = []
    reader = threading.Thread(target=lambda: found.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    written(tmp_path / "pipe", "through")
    reader.join()
    assert found == [b"through"] and stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_device_is_written_to():
    assert stat.S_ISCHR(written(os.devnull, "gone").stat().st_mode)
    with pytest.raises(OSError, match="cannot write /dev/full: No space left"):
        written("/dev/full", "much")


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1"])
@pytest.mark.parametrize("into", ["pipe", "file"])
def test_standard_output_has_it_after_what_was_printed(tmp_path, name, into):
    script = (f"from engine.show.files import written; print('before'); written({name!r}, 'content\\n'); "
              "print('after')")
    with open(tmp_path / "out", "wb") as out:
        ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT,
                             stdout=subprocess.PIPE if into == "pipe" else out, check=True)
    found = ran.stdout if into == "pipe" else (tmp_path / "out").read_bytes()
    assert found == b"before\ncontent\nafter\n" and names(tmp_path) == ["out"]
