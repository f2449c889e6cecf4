import sys
from pathlib import Path

import pytest

from recurra import kernels

# The import mode of the tests adds no folder to the path; the cells' helpers stand here.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(params=kernels.instruction_sets() or [None])
def each_instruction_set(request):
    """Run a test on every instruction set of the machine; once on the reference without a core."""
    if request.param is None:
        yield
        return
    before = kernels.instruction_set()
    kernels.use_instruction_set(request.param)
    yield
    kernels.use_instruction_set(before)
