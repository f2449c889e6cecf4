from __future__ import annotations

import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from report_reading import BLANK

import recurra.report
from recurra.errors import DataError, OutputError
from recurra.report import write_report, writer
from recurra.report.texts import pictures

Records = list[dict[str, Any]]
PICTURES = {"comparison", "intervals", "curves", "losses", "size_vs_accuracy"}
PICTURES |= {"time_vs_accuracy", "lengths", "padding", "word_order", "confusion"}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw few pictures, and only for the page."""
    slugs = ("comparison", "confusion", "word_order")
    chosen = tuple(picture for picture in pictures.PICTURES if picture.slug in slugs)
    monkeypatch.setattr(pictures, "PICTURES", chosen)
    monkeypatch.setattr(writer, "png_sheet", lambda figure, title: BLANK)


def test_report_is_a_page_and_its_pictures(report: Path) -> None:
    assert {path.name for path in report.iterdir()} == {
        "report.html",
        *(f"{slug}.png" for slug in PICTURES),
    }
    for path in report.glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG"), path


@pytest.mark.usefixtures("quick")
def test_same_records_give_the_same_report(imdb: Records, tmp_path: Path) -> None:
    first = write_report(imdb[:2], tmp_path / "one")
    second = write_report(copy.deepcopy(imdb[:2]), str(tmp_path / "two"))
    assert first == tmp_path / "one" / "report.html"
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.usefixtures("quick")
def test_pictures_of_an_earlier_report_do_not_stay(imdb: Records, tmp_path: Path) -> None:
    keep = tmp_path / "mine.png"
    keep.write_bytes(b"mine")
    write_report(imdb[2:3], tmp_path)
    assert (tmp_path / "word_order.png").exists()
    write_report([imdb[2] | {"accuracy_shuffled": None}], tmp_path)
    assert not (tmp_path / "word_order.png").exists()
    assert keep.read_bytes() == b"mine"


@pytest.mark.usefixtures("quick")
def test_folder_that_cannot_be_written_is_named(imdb: Records, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file, no folder")
    with pytest.raises(OutputError, match=r"file.*cannot be written.*choose a folder"):
        write_report(imdb[:1], tmp_path / "file")


@pytest.mark.usefixtures("quick")
def test_failure_leaves_nothing_half_written(
    imdb: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OutputError, match="No space left on device"):
        write_report(imdb[:1], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_wrong_records_write_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no records"):
        write_report([], tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_public_names_come_lazily() -> None:
    plots = {"anomaly_plot", "backtest_plot", "forecast_plot"}
    written = {"load_results", "records_table", "sections_without", "write_attention_plot"}
    reports = {"write_inspection", "write_report"}
    assert set(recurra.report.__all__) == {*written, *plots, *reports}
    with pytest.raises(AttributeError, match="nothing"):
        recurra.report.nothing  # noqa: B018
    code = (
        "import sys; from recurra.report import load_results, records_table; "
        "sys.exit(any(name in sys.modules for name in ('matplotlib', 'jinja2', 'keras', 'scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
