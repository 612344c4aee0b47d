"""A disk that is pulled out, read-only or full in the middle: one sentence, nothing half done, nothing recorded."""

from __future__ import annotations

import contextlib
import gc
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from bagging import COURSE, archived
from exporting import plugged_in, read_only, small_course, small_disk
from proving import flip

from exportmanager.archive.comparing import compare
from exportmanager.archive.drafts import ArchiveDraft
from exportmanager.archive.options import ArchiveOptions
from exportmanager.archive.proofs import standing_now
from exportmanager.core.archive import ArchiveRecord, Standing
from exportmanager.core.errors import BadSource, Damaged, NoAccess, NoRoom, NotFound
from exportmanager.core.meter import Meter, Progress
from exportmanager.program import Program

PASSPHRASE = "a long passphrase"
FORMS = [("zip", None), ("folder", None), ("zip", PASSPHRASE)]
NOBODY_ANSWERS = Path("/") / ("x" * 300)
"""The system refuses to look there, as it does where a disk of the network is stale: it does not say that it is not."""


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def filled(program: Program, tmp_path: Path) -> Program:
    program.bring_in("folder", str(small_course(tmp_path / "course")))
    return program


def empty(folder: Path) -> None:
    """As if its disk was pulled out."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def fill(folder: Path) -> None:
    with (folder / "large.bin").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 16))


def at(stage: str, act: Callable[[], object]) -> Meter:
    """A meter that acts once when the work comes to `stage`."""
    seen = set()

    def watch(progress: Progress) -> None:
        if progress.stage == stage and stage not in seen:
            seen.add(stage)
            act()

    return Meter(watch)


def make(program: Program, folder: Path, form: str, passphrase: str | None, meter: Meter) -> ArchiveRecord:
    options = ArchiveOptions(form=form, exports=False, reader=False)  # type: ignore[arg-type]
    return program.archives.archive(COURSE, options, folder, meter, passphrase)


def hidden(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


def noted(program: Program) -> list[Path]:
    return list((program.library.folder / "archive-drafts").iterdir())


@pytest.mark.parametrize(("form", "passphrase"), FORMS)
@pytest.mark.parametrize("stage", ["Packing", "Writing rows", "Verifying", "Bringing it to the disk"])
def test_a_draft_that_is_taken_away_while_it_is_made_is_said_to_be_gone(
    filled: Program, stick: Path, stage: str, form: str, passphrase: str | None
) -> None:
    with pytest.raises(NoAccess, match=rf"What was written into {stick} is gone: its disk was taken away"):
        make(filled, stick, form, passphrase, at(stage, lambda: empty(stick)))
    assert (list(stick.iterdir()), noted(filled), filled.library.archives.all()) == ([], [], [])


@pytest.mark.parametrize(("form", "passphrase"), FORMS)
@pytest.mark.parametrize("stage", ["Packing", "Verifying"])
def test_a_disk_that_becomes_full_in_the_middle_is_said_to_be_full(
    filled: Program, stick: Path, stage: str, form: str, passphrase: str | None
) -> None:
    with small_disk(stick, "80m"):
        with pytest.raises(NoRoom, match="The disk became full while"):
            make(filled, stick, form, passphrase, at(stage, lambda: fill(stick)))
        assert [path.name for path in stick.iterdir()] == ["large.bin"]
    gc.collect()  # what is let go of now says nothing either
    assert (noted(filled), filled.library.archives.all()) == ([], [])


def test_a_disk_that_does_not_keep_what_it_is_given_is_found_out(filled: Program, stick: Path) -> None:
    def forget_a_byte() -> None:
        (draft,) = stick.rglob("bag.zip")
        flip(draft, 300)

    with pytest.raises(Damaged, match=r"was removed. data/\S+: its content was changed."):
        make(filled, stick, "zip", None, at("Bringing it to the disk", forget_a_byte))
    assert (list(stick.iterdir()), noted(filled), filled.library.archives.all()) == ([], [], [])


def test_where_it_is_the_disk_of_the_library_that_is_full_that_one_is_named(tmp_path: Path, stick: Path) -> None:
    with small_disk(tmp_path / "small", "8m") as small:
        program = Program(small / "library")
        program.bring_in("folder", str(small_course(tmp_path / "course")))
        with pytest.raises(NoRoom, match=rf"The disk became full while writing into the library \({small}"):
            make(program, stick, "zip", None, at("Bringing it to the disk", lambda: fill(small)))
        assert (list(stick.iterdir()), noted(program)) == ([], [])
        (small / "large.bin").unlink()
        assert program.library.archives.all() == []
        program.close()


def test_what_lies_on_a_disk_that_can_only_be_read_now_goes_when_it_can_be_written_again(
    filled: Program, stick: Path
) -> None:
    with small_disk(stick, "80m"):
        with read_only(stick):
            pass
        barrier = read_only(stick)
        with pytest.raises(NoAccess, match="The system gave no permission while"):
            make(filled, stick, "zip", None, at("Verifying", barrier.__enter__))
        assert filled.library.archives.all() == []
        assert len(hidden(stick)) == 1
        barrier.__exit__(None, None, None)
        filled.tidy()
        assert (hidden(stick), noted(filled)) == ([], [])


@pytest.mark.parametrize(("moment", "expected"), [("seal", 0), ("publish", 1)])
def test_a_draft_on_a_stick_waits_for_it_though_the_folder_where_it_is_plugged_in_stays(
    filled: Program, tmp_path: Path, stick: Path, monkeypatch: pytest.MonkeyPatch, moment: str, expected: int
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with small_disk(tmp_path / "disk", "80m") as disk:
        with plugged_in(disk, stick), monkeypatch.context() as patch:
            patch.setattr(ArchiveDraft, moment, die)
            patch.setattr(ArchiveDraft, "discard", ArchiveDraft.release)
            with pytest.raises(KeyboardInterrupt):
                make(filled, stick, "zip", None, Meter())
        filled.tidy()
        assert (list(stick.iterdir()), len(hidden(disk)), filled.library.archives.all()) == ([], 1, [])
        with plugged_in(disk, stick):
            filled.tidy()
            assert (hidden(stick), len(filled.library.archives.all())) == ([], expected)
            assert [one.standing for one in filled.archives.proofs.all()] == [Standing.WHOLE] * expected
    assert noted(filled) == []


@pytest.mark.parametrize("form", ["zip", "folder"])
def test_an_archive_whose_disk_is_pulled_out_while_it_is_verified_is_not_called_changed(
    filled: Program, tmp_path: Path, stick: Path, form: str
) -> None:
    record = archived(filled, stick, form=form, exports=False, reader=False)
    away = at("Verifying", lambda: stick.rename(tmp_path / "away"))
    with pytest.raises(NotFound, match="is not there any more"):
        filled.archives.proofs.verify(record, away)
    (known,) = filled.archives.proofs.all()
    assert known.standing is Standing.NOT_REACHABLE
    (tmp_path / "away").rename(stick)
    (known,) = filled.archives.proofs.all()
    assert known.standing is Standing.WHOLE


@pytest.mark.parametrize("form", ["zip", "folder"])
def test_an_archive_whose_disk_is_pulled_out_while_it_is_copied_leaves_no_copy(
    filled: Program, tmp_path: Path, stick: Path, form: str
) -> None:
    record = archived(filled, stick, form=form, exports=False, reader=False)
    (tmp_path / "copies").mkdir()
    with pytest.raises(NoAccess, match="while copying the archive to"):
        filled.archives.copy(record, tmp_path / "copies", at("Copying", lambda: empty(stick)))
    assert (list((tmp_path / "copies").iterdir()), noted(filled)) == ([], [])
    assert len(filled.library.archives.all()) == 1


def test_a_disk_that_does_not_answer_is_away_and_stops_neither_list_nor_start(filled: Program, stick: Path) -> None:
    record = archived(filled, stick, exports=False, reader=False)
    afar = replace(record, path=NOBODY_ANSWERS / record.path.name)
    assert standing_now(afar).standing is Standing.NOT_REACHABLE
    with pytest.raises(NotFound, match="Connect its disk"):
        filled.archives.copy(afar, stick, Meter())
    with pytest.raises(NoAccess, match="There is no folder"):
        filled.archives.copy(record, NOBODY_ANSWERS, Meter())
    with pytest.raises(NoAccess, match="There is no folder"):
        make(filled, NOBODY_ANSWERS, "zip", None, Meter())
    draft = filled.archives.drafts.new(stick)
    draft._write_note(draft.note.model_copy(update={"folder": NOBODY_ANSWERS}))
    draft.release()
    filled.tidy()
    assert len(noted(filled)) == 2, "it waits"


def test_what_cannot_be_compared_is_refused_with_a_sentence(filled: Program, stick: Path) -> None:
    record = archived(filled, stick, form="folder", exports=False, reader=False)
    (record.path / "data" / "library" / "archive.json").unlink()
    with pytest.raises(BadSource, match="is no archive of this program"):
        compare(record.path, record.path)
    with pytest.raises((NotFound, NoAccess)):
        compare(NOBODY_ANSWERS, record.path)
