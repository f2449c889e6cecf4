"""Small files and one trained model, away from the user's caches and data sets."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from command_line import command, write_csv, write_days, write_pairs, write_text


@pytest.fixture(scope="session", autouse=True)
def own_caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's caches out, for subprocesses too; hear Ctrl-C in a background job too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("RECURRA_COMPILATION_CACHE", "off")
        patch.delenv("PYTHONUNBUFFERED", raising=False)  # it hides late failures
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2] / "src"))
        yield


@pytest.fixture(autouse=True)
def no_data_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's data sets out."""
    monkeypatch.delenv("RECURRA_DATA", raising=False)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, the present one during the test; temporary files have another."""
    folder, temporary = tmp_path / "work", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    return folder


@pytest.fixture
def tiny(work: Path) -> Path:
    """`tiny.csv` in the present folder: 60 rows, columns `review` and `stars`."""
    return write_csv(work / "tiny.csv")


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained model; it has learnt its data."""
    folder = tmp_path_factory.mktemp("model")
    source = write_csv(folder / "tiny.csv", 200)
    options = ("--cell", "gru", "--units", 8, "--epochs", 12, "--patience", 12)
    more = ("--learning-rate", 0.05, "--batch-size", 32)
    ended = command("train", "classify", source, "-o", folder / "m.recurra", *options, *more)
    assert (ended.code, ended.err) == (0, "")
    return folder / "m.recurra"


@pytest.fixture
def days(work: Path) -> Path:
    """`days.csv` in the present folder: 120 days, columns `day` and `sales`."""
    return write_days(work / "days.csv")


@pytest.fixture(scope="session")
def forecaster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A forecaster of two shops' sales over a week, 12 rows of each held out to measure on."""
    folder = tmp_path_factory.mktemp("forecaster")
    source = write_days(folder / "days.csv", shops=("north", "south"))
    columns = ("--time", "day", "--target", "sales", "--series-id", "shop", "--horizon", 3)
    small = ("--epochs", 4, "--units", 4, "--lookback", 14, "--learning-rate", 0.02)
    ended = command(
        "train", "forecast", source, "-o", folder / "f.recurra", *columns, *small, "--test", 12
    )
    assert (ended.code, ended.err) == (0, "")
    return folder / "f.recurra"


@pytest.fixture(scope="session")
def generator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A language model that has learnt one line, `cats.txt` beside it."""
    folder = tmp_path_factory.mktemp("generator")
    source = write_text(folder / "cats.txt")
    small = ("--units", 24, "--embedding", 8, "--epochs", 8, "--patience", 8, "--batch-size", 4)
    more = ("--sequence-length", 32, "--learning-rate", 0.03, "--averaging", 0)
    ended = command("train", "generate", source, "-o", folder / "g.recurra", *small, *more)
    assert (ended.code, ended.err) == (0, "")
    return folder / "g.recurra"


@pytest.fixture(scope="session")
def translator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A translator of numbers that knows nearly all of them, `pairs.tsv` beside it."""
    folder = tmp_path_factory.mktemp("translator")
    source = write_pairs(folder / "pairs.tsv")
    small = ("--units", 24, "--embedding", 16, "--epochs", 20, "--patience", 20, "--level", "word")
    more = ("--batch-size", 16, "--learning-rate", 0.02, "--averaging", 0, "--test", 40)
    ended = command("train", "translate", source, "-o", folder / "t.recurra", *small, *more)
    assert (ended.code, ended.err) == (0, "")
    return folder / "t.recurra"


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail when anything is read or trained."""

    def fail(*_: object, **__: object) -> None:
        pytest.fail("training started")

    monkeypatch.setattr("recurra.tasks.TextClassifier.fit_source", fail)
    monkeypatch.setattr("recurra.study.compare", fail)
    monkeypatch.setattr("recurra.tasks.forecaster.open_series", fail)
    monkeypatch.setattr("recurra.tasks.text_generator.read_corpus", fail)
    monkeypatch.setattr("recurra.tasks.translator.open_pairs", fail)
