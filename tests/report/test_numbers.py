from __future__ import annotations

import pytest

from recurra.report.numbers import compact, count, duration, fixed, megabytes, percent, shorten


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (percent(0.8812), "88.1 %"),
        (percent(None), "–"),
        (count(25000.4), "25,000"),
        (count(None), "–"),
        (fixed(0.12345), "0.123"),
        (compact(999), "999"),
        (compact(61_212), "61.2 k"),
        (compact(1_284_226), "1.28 M"),
        (compact(123_456_789), "123 M"),
        (duration(6.42), "6.4 s"),
        (duration(41.7), "42 s"),
        (duration(200), "3 min 20 s"),
        (duration(7300), "2 h 01 min"),
        (megabytes(1234.5), "1,234 MB"),
    ],
)
def test_numbers_read_as_a_person_writes_them(written: str, expected: str) -> None:
    assert written.replace("\u00a0", " ") == expected


def test_long_names_keep_their_ends() -> None:
    assert shorten("Bidirectional LSTM", 12) == "Bidirect…STM"
    assert shorten("a\n\x00b", 10) == "a b"
    assert shorten("\x00", 10) == "(empty)"
