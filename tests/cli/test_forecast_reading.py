"""How files say their times and numbers."""

from __future__ import annotations

from pathlib import Path

from command_line import command

LINE = ("train", "forecast", "de.csv", "-o", "m.recurra", "--time", "tag", "--target", "wert")
SMALL = ("--horizon", 2, "--lookback", 7, "--epochs", 1, "--units", 4)


def write_german(path: Path) -> None:
    rows = [f"{day:02}.{month:02}.2023;{day}, 5".replace(" ", "") for month in (1, 2, 3)
            for day in range(1, 29 if month == 2 else 32)]  # fmt: skip
    path.write_text("\n".join(["tag;wert", *rows]) + "\n", encoding="utf-8")


def test_time_format_and_decimal_comma_are_options_and_kept_in_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_german(Path("de.csv"))
    ended = command(*LINE, *SMALL)
    assert ended.code == 1
    assert "'1,5' in the column 'wert' is no number" in ended.err
    given = ("--time-format", "%d.%m.%Y", "--decimal", ",")
    assert command(*LINE, *SMALL, *given).code == 0
    ended = command("predict", "m.recurra", "de.csv")
    assert ended.code == 0
    assert ended.out.splitlines()[1].startswith("2023-04-01,")
