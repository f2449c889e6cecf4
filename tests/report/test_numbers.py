from __future__ import annotations

import pytest

from recurra.report.numbers import (
    compact,
    count,
    duration,
    fixed,
    megabytes,
    percent,
    plain,
    shorten,
    signed_percent,
    significant,
)


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
        (duration(0.0123), "12 ms"),
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


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "–"), (0, "0"), (0.5, "0.500"), (12.345, "12.3"), (1234.4, "1,234"),
        (-0.0123, "−0.0123"), (4.3e-16, "4e−16"), (99.96, "100.0"),
    ],
)  # fmt: skip
def test_significant_digits(value, written):
    assert significant(value, 3) == written


def test_signed_shares():
    assert [signed_percent(v) for v in (0.1234, -0.04, 0.0, -0.0001, None)] == [
        "+12.3\u00a0%", "−4.0\u00a0%", "0.0\u00a0%", "0.0\u00a0%", "–",
    ]  # fmt: skip


def test_ticks_are_short():
    assert [plain(v) for v in (1.0, 0.25, -20.0, 1200.0, 2.5e6)] == [
        "1", "0.25", "−20", "1,200", "2.50\u00a0M",
    ]  # fmt: skip
