import re
from pathlib import Path

import pytest

from recurra.sequences import columns

PAGE = Path(__file__).parents[2] / "docs" / "text-data.md"


@pytest.mark.skipif(not PAGE.is_file(), reason="the documentation is not here")
def test_the_python_blocks_of_the_page_run_as_one_script(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 6
    exec(compile("\n".join(blocks), str(PAGE), "exec"), {})


@pytest.mark.skipif(not PAGE.is_file(), reason="the documentation is not here")
def test_the_page_lists_the_guessed_columns():
    page = PAGE.read_text(encoding="utf-8")
    for name in (*columns._TEXT_NAMES, *columns._LABEL_NAMES):
        assert f"`{name}`" in page
