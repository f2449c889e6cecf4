"""The made language, and a tagger that has learnt it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from sentences import made_sentences, quick

from recurra import SequenceTagger


@pytest.fixture(scope="session")
def tagger() -> SequenceTagger:
    return SequenceTagger(**quick()).fit(*made_sentences(240))


@pytest.fixture(scope="session")
def entity_tagger() -> SequenceTagger:
    return SequenceTagger(**quick(cell="gru", epochs=6)).fit(*made_sentences(200, bio=True))
