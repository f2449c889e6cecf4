"""Run the core's tests under a sanitizer.

    python native/test/sanitize.py address|thread [INSTRUCTION_SET ...]

`address` (AddressSanitizer and UndefinedBehaviorSanitizer) runs `exercise.cpp` and the Python tests
of the core, bindings included; `thread` (ThreadSanitizer) runs `exercise.cpp`, which calls the core
from several threads at once. Instruction sets: the baseline by default (the source is the same for
all of them); each adds minutes of compiling. Needs GCC, CMake, nanobind, pytest. Everything is
built in a temporary folder, beside a copy of the package, so that nothing installed changes.
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
SANITIZERS = {"address": "address,undefined", "thread": "thread"}


def main() -> int:
    kind, *only = sys.argv[1:] or [""]
    if kind not in SANITIZERS:
        print(__doc__, file=sys.stderr)
        return 2
    print(f"{kind} sanitizer on {sysconfig.get_platform()}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder / "build", SANITIZERS[kind], only or ["sse4", "baseline"])
        failed = subprocess.run([folder / "build" / "exercise"], env=settings(), check=False)
        if failed.returncode or kind == "thread":
            return failed.returncode
        return run_tests(folder)


def build(folder: Path, sanitizers: str, only: list[str]) -> None:
    import nanobind

    options = {
        "SKBUILD": "ON",
        "RECURRA_SANITIZE": sanitizers,
        "RECURRA_ONLY": ";".join(only),
        "CMAKE_BUILD_TYPE": "None",
        "Python_EXECUTABLE": sys.executable,
        "nanobind_DIR": nanobind.cmake_dir(),
    }
    flags = [f"-D{name}={value}" for name, value in options.items()]
    subprocess.run(["cmake", "-S", ROOT, "-B", folder, *flags], check=True)
    targets = ["exercise"] if sanitizers == "thread" else ["exercise", "_native"]
    subprocess.run(["cmake", "--build", folder, "-j", "2", "--target", *targets], check=True)


def settings() -> dict[str, str]:
    return {
        **os.environ,
        # CPython keeps memory to its end on purpose.
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
        "TSAN_OPTIONS": "halt_on_error=1",
    }


def run_tests(folder: Path) -> int:
    package = folder / "src" / "recurra"
    shutil.copytree(ROOT / "src" / "recurra", package, ignore=shutil.ignore_patterns("*.so"))
    (module,) = (folder / "build").glob("_native*.so")
    shutil.copy(module, package / "kernels")
    compiler = os.environ.get("CXX", "g++")
    find = [compiler, "-print-file-name=libasan.so"]
    library = subprocess.run(find, check=True, capture_output=True, text=True).stdout.strip()
    environment = {**settings(), "PYTHONPATH": str(folder / "src"), "LD_PRELOAD": library}
    tests = [str(ROOT / "tests/kernels" / name) for name in ("test_core.py", "test_stream.py")]
    command = [sys.executable, "-m", "pytest", "-q", "-x", *tests]
    return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
