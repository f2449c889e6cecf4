"""Run the core's tests under AddressSanitizer and UndefinedBehaviorSanitizer.

    python native/test/sanitize.py [INSTRUCTION_SET ...]

Takes the instruction sets to check, the baseline by default (the source is the same for all of
them); each adds minutes of compiling. Needs GCC, CMake, nanobind, pytest. It builds the module into
a temporary folder, beside a copy of the package, so that nothing installed changes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder / "build", sys.argv[1:] or ["sse4", "baseline"])
        package = folder / "src" / "recurra"
        shutil.copytree(ROOT / "src" / "recurra", package, ignore=shutil.ignore_patterns("*.so"))
        (module,) = (folder / "build").glob("_native*.so")
        shutil.copy(module, package / "kernels")
        return run_tests(folder)


def build(folder: Path, only: list[str]) -> None:
    import nanobind

    options = {
        "SKBUILD": "ON",
        "RECURRA_SANITIZE": "ON",
        "RECURRA_ONLY": ";".join(only),
        "CMAKE_BUILD_TYPE": "None",
        "Python_EXECUTABLE": sys.executable,
        "nanobind_DIR": nanobind.cmake_dir(),
    }
    flags = [f"-D{name}={value}" for name, value in options.items()]
    subprocess.run(["cmake", "-S", ROOT, "-B", folder, *flags], check=True)
    subprocess.run(["cmake", "--build", folder, "-j", "2"], check=True)


def run_tests(folder: Path) -> int:
    compiler = os.environ.get("CXX", "g++")
    find = [compiler, "-print-file-name=libasan.so"]
    library = subprocess.run(find, check=True, capture_output=True, text=True).stdout.strip()
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder / "src"),
        "LD_PRELOAD": library,
        # CPython keeps memory to its end on purpose.
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    }
    print("sanitizers on", sysconfig.get_platform())
    command = [sys.executable, "-m", "pytest", "-q", "-x", str(ROOT / "tests/kernels/test_core.py")]
    return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
