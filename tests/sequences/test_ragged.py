import gc
import os
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import OutputError, ShapeError, UsageError
from recurra.sequences import EncodedTexts, EncodedTextsWriter, pad_sequences, token_dtype

ROWS = st.lists(st.lists(st.integers(0, 60_000), max_size=7), max_size=12)


@given(ROWS, st.sampled_from(["uint16", "int32"]), st.data())
def test_batch_equals_padding_the_rows_one_by_one(rows, dtype, data):
    encoded = EncodedTexts.from_sequences([np.array(r, dtype=np.int32) for r in rows], dtype)
    assert len(encoded) == len(rows)
    assert [encoded[i].tolist() for i in range(len(rows))] == rows
    assert encoded.lengths.tolist() == [len(row) for row in rows]
    choice = st.lists(st.integers(0, len(rows) - 1), max_size=9) if rows else st.just([])
    indices = data.draw(choice)
    time = data.draw(st.integers(max((len(rows[i]) for i in indices), default=0), 9))
    batch = encoded.batch(indices, time)
    assert batch.dtype == np.int32
    assert batch.shape == (len(indices), time)
    np.testing.assert_array_equal(batch, pad_sequences([rows[i] for i in indices], maxlen=time))
    taken = encoded.take(indices)
    assert [taken[k].tolist() for k in range(len(taken))] == [rows[i] for i in indices]


@pytest.mark.parametrize("chunks", [[], [[[1, 2], []], [[]], [[3]]]])
def test_a_file_holds_the_same_rows_as_memory(tmp_path, chunks):
    results = []
    for directory in (None, tmp_path):
        writer = EncodedTextsWriter(directory, "uint16")
        for chunk in chunks:
            writer.append([np.array(row, dtype=np.int32) for row in chunk])
        results.append(writer.close())
    memory, file = results
    np.testing.assert_array_equal(memory.tokens, file.tokens)
    np.testing.assert_array_equal(memory.offsets, file.offsets)
    assert file.tokens.dtype == np.uint16


@pytest.mark.skipif(os.name != "posix", reason="other systems keep the name until it is closed")
def test_the_temporary_file_has_no_name_and_outlives_its_writer(tmp_path):
    with EncodedTextsWriter(tmp_path, "int32") as writer:
        writer.append([np.arange(5000, dtype=np.int32)])
        encoded = writer.close()
    gc.collect()
    assert list(tmp_path.iterdir()) == []
    assert encoded[0].sum() == sum(range(5000))
    assert not encoded.tokens.flags.writeable


def test_indices_count_from_the_end_and_stop_at_it():
    encoded = EncodedTexts.from_sequences([[1], [2, 3]])
    assert encoded[-1].tolist() == [2, 3]
    with pytest.raises(IndexError):
        encoded[2]


def test_rows_longer_than_the_batch_are_refused():
    encoded = EncodedTexts.from_sequences([[1, 2, 3]])
    with pytest.raises(ShapeError, match="a row has 3 tokens, the batch only 2 steps"):
        encoded.batch([0], 2)


def test_ids_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match=r"70000\.\.70000 do not fit uint16"):
        EncodedTexts.from_sequences([[70_000]], "uint16")
    assert token_dtype(65_535) == np.uint16
    assert token_dtype(65_536) == np.int32


@pytest.mark.parametrize("offsets", [[], [0], [0, 3], [0, 2, 1, 2], [1, 2]])
def test_offsets_must_describe_the_tokens(offsets):
    with pytest.raises(ShapeError):
        EncodedTexts(np.zeros(2, dtype=np.int32), offsets)


def test_a_full_disk_is_an_output_error(tmp_path):
    with pytest.raises(UsageError, match="is not a folder"):
        EncodedTextsWriter(tmp_path / "none", "int32")
    writer = EncodedTextsWriter(tmp_path, "int32")
    with mock.patch.object(writer, "_file") as file:
        file.write.side_effect = OSError("no space left on device")
        with pytest.raises(OutputError, match="no space left"):
            writer.append([np.zeros(3, dtype=np.int32)])
    writer.discard()
