"""Records and reports that several tests read; a report takes seconds to draw."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from recurra.report import write_report

sys.path.insert(0, str(Path(__file__).parent))


def _factory(name: str) -> ModuleType:
    path = Path(__file__).with_name(f"{name}.py")
    specification = importlib.util.spec_from_file_location(f"report_{name}", path)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def factory() -> ModuleType:
    return _factory("records")


@pytest.fixture(scope="session")
def forecasts() -> ModuleType:
    """Makes records of comparisons of forecasters."""
    return _factory("forecast_records")


@pytest.fixture(scope="session")
def generations() -> ModuleType:
    """Makes records of comparisons of language models."""
    return _factory("generation_records")


@pytest.fixture(scope="session")
def translations() -> ModuleType:
    """Makes records of comparisons of translators."""
    return _factory("translation_records")


@pytest.fixture(scope="session")
def imdb(factory: ModuleType) -> list[dict[str, Any]]:
    return factory.imdb_like()


@pytest.fixture(scope="session")
def names(factory: ModuleType) -> list[dict[str, Any]]:
    return factory.names_like(3, 2)


@pytest.fixture(scope="session")
def report(imdb: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a written report."""
    return write_report(imdb, tmp_path_factory.mktemp("report") / "new").parent


@pytest.fixture(scope="session")
def page(report: Path) -> str:
    return (report / "report.html").read_text(encoding="utf-8")
