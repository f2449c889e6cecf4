from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import DataError, UsageError
from recurra.sequences import EOS_ID, StreamBatches, Tokenizer, encode_stream, read_corpus


def test_documents_end_with_the_end_token(tmp_path, only_holds):
    corpus = read_corpus(["ab", "c?", "a"])
    tokenizer = Tokenizer(lowercase=True).fit(["abc"])
    for folder in (tmp_path, None):
        stream = encode_stream(corpus.iter_chunks(), tokenizer, folder)
        assert stream.ids.tolist() == [4, 5, EOS_ID, 6, 1, EOS_ID, 4, EOS_ID]
        assert (stream.characters, stream.unknown, len(stream)) == (5, 1, 8)
        assert stream.ids.dtype == np.uint8
    only_holds()


def test_one_document_never_ends():
    corpus = read_corpus(["abc"])
    tokenizer = Tokenizer().fit(["abc"])
    assert encode_stream(corpus.iter_chunks(), tokenizer).ids.tolist() == [4, 5, 6]
    nothing = encode_stream(corpus.iter_chunks(corpus.split(0.4).test), tokenizer)
    assert (len(nothing), nothing.characters) == (0, 0)


def test_ids_take_the_smallest_type():
    many = "".join(map(chr, range(0x4E00, 0x4E00 + 300)))
    for text, dtype in (("ab", np.uint8), (many, np.uint16)):
        stream = encode_stream(read_corpus([text]).iter_chunks(), Tokenizer().fit([text]))
        assert stream.ids.dtype == dtype


def test_sentences_are_no_running_text():
    tokenizer = Tokenizer(sentences=True).fit(["a"])
    with pytest.raises(UsageError, match="sentences=False"):
        encode_stream(read_corpus(["a"]).iter_chunks(), tokenizer)


@given(
    size=st.integers(2, 120),
    rows=st.integers(1, 5),
    time=st.integers(1, 9),
    offset=st.integers(0, 10**9),
)
def test_rows_go_on_where_they_ended_and_targets_are_one_later(size, rows, time, offset):
    if rows * time > size:
        with pytest.raises(DataError, match=f"the text has {size} tokens"):
            StreamBatches(np.arange(size), rows, time)
        return
    batches = StreamBatches(np.arange(size), rows, time)
    found = list(batches.plan(offset))
    assert len(found) == len(batches) == size // (rows * time)
    for x, y in found:
        assert x.shape == y.shape == (rows, time)
        assert x.dtype == y.dtype == np.int32
        np.testing.assert_array_equal(y, (x + 1) % size)
    for (_, before), (after, _) in pairwise(found):
        np.testing.assert_array_equal(before[:, -1], after[:, 0])
    read = np.concatenate([x.ravel() for x, _ in found])
    assert len(np.unique(read)) == len(read)
    assert found[0][0][0, 0] == offset % size


def test_an_epoch_may_be_shorter_or_longer_than_a_pass():
    batches = StreamBatches(np.arange(100, dtype=np.uint8), 2, 10)
    assert len(list(batches.plan(count=3))) == 3
    rounds = list(batches.plan(count=10))
    np.testing.assert_array_equal(rounds[9][1][:, -1], rounds[0][0][:, 0])


def test_offsets_are_seeded_and_spread():
    batches = StreamBatches(np.arange(1000), 2, 10)
    drawn = [batches.offset(np.random.default_rng(seed)) for seed in (0, 0, *range(20))]
    assert drawn[0] == drawn[1] == drawn[2]
    assert len(set(drawn)) > 15
    assert max(drawn) > 500


def test_shapes_that_make_no_sense_are_refused():
    with pytest.raises(UsageError, match="must be 1 or more, not 0 and 5"):
        StreamBatches(np.arange(9), 0, 5)
    with pytest.raises(DataError, match="needs 2; take a smaller"):
        StreamBatches(np.arange(1), 1, 1)
