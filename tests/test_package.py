"""What holds for the package as a whole: imports, exports, lightness, the choice of backend."""

from __future__ import annotations

import ast
import importlib
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

import recurra

SOURCE = Path(recurra.__file__).parent
ROOMS = sorted(path.name for path in SOURCE.iterdir() if path.is_dir() and any(path.glob("*.py")))
FREE = {"errors", "_backend", "_types", "_version", "_threads"}  # root modules that all may use
MAY_IMPORT = {
    "kernels": set(),
    "sequences": set(),
    "runtime": {"kernels", "sequences"},
    "layers": {"kernels", "sequences"},
    "models": {"runtime", "layers", "kernels", "sequences"},
    "tasks": {"models", "runtime", "layers", "kernels", "sequences"},
    "study": {"tasks", "models", "runtime", "layers", "kernels", "sequences"},
    "report": {"study", "tasks", "models", "runtime", "layers", "kernels", "sequences"},
    "serve": {"runtime", "kernels", "sequences"},
    "cli": set(ROOMS),
}
NEVER = {
    "kernels": {"keras"},
    "sequences": {"keras"},
    "runtime": {"keras", "jax", "sklearn", "polars"},
    "serve": {"keras", "jax"},
    "tasks": {"matplotlib", "rich", "typer", "jinja2"},
    "study": {"matplotlib", "jinja2", "rich", "typer"},
    "models": {"polars", "sklearn"},
}
HEAVY = ("keras", "jax", "sklearn", "polars", "matplotlib", "tokenizers", "pandas", "scipy")


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """Name every module that is imported, and each name taken from a package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def lazily_imported(tree: ast.Module) -> Iterator[str]:
    """Name the modules in the `_LAZY` tables of `__getattr__`."""
    for node in ast.walk(tree):
        target = getattr(node, "targets", [None])[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Name) and target.id == "_LAZY":
            values = node.value.values if isinstance(node.value, ast.Dict) else []
            yield from (v.value for v in values if isinstance(v, ast.Constant))


def room_of(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if parts[0] == "recurra" and len(parts) > 1 else None


def forbidden_imports(room: str, tree: ast.Module) -> set[str]:
    """Return what a module of a room imports and may not."""
    names = {*imported(tree), *lazily_imported(tree)}
    ours = {name for name in names if room_of(name) not in (None, room, *FREE)}
    wrong = {name for name in ours if room_of(name) not in MAY_IMPORT[room]}
    wrong -= {"recurra.__version__"}
    foreign = {name.split(".")[0] for name in names}
    return wrong | (foreign & NEVER.get(room, set()))


def test_every_room_is_known():
    assert set(ROOMS) <= set(MAY_IMPORT)


def test_imports_point_one_way():
    wrong = {}
    for path, tree in modules():
        parts = path.relative_to(SOURCE).parts
        if len(parts) > 1 and (found := forbidden_imports(parts[0], tree)):
            wrong["/".join(parts)] = found
    assert not wrong


def test_an_import_that_goes_up_is_found():
    for code, room in (
        ("from recurra.tasks import TextClassifier", "models"),
        ("def f():\n    import recurra.cli", "tasks"),
        ("import keras.layers", "runtime"),
        ("from recurra import study", "report"),
        ('_LAZY = {"x": "recurra.report.page"}', "study"),
    ):
        found = forbidden_imports(room, ast.parse(code))
        assert bool(found) == (room != "report"), code


def test_root_modules_import_no_room_when_loaded():
    for name in FREE:
        path = SOURCE / f"{name}.py"
        if path.exists():
            rooms = {room_of(used) for used in imported(ast.parse(path.read_text("utf-8")))}
            assert rooms <= {None, *FREE}


def test_nothing_unpickles_or_evaluates():
    for path, tree in modules():
        roots = {name.split(".")[0] for name in imported(tree)}
        assert not roots & {"pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}, path
        called = {
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not called & {"eval", "exec", "compile", "__import__"}, path


@pytest.mark.parametrize("room", ["", *ROOMS])
def test_exports_are_exact(room):
    module = importlib.import_module(f"recurra.{room}".rstrip("."))
    if not hasattr(module, "__all__"):
        pytest.skip("the room exports nothing yet")
    assert list(module.__all__) == sorted(module.__all__, key=_isort_key)
    assert len(set(module.__all__)) == len(module.__all__)
    for name in module.__all__:
        if name != "compare":
            assert getattr(module, name) is not None, name
    public = _bound_names(Path(str(module.__file__)))
    assert public <= set(module.__all__)


def _isort_key(name: str) -> tuple[int, str]:
    """Sort as ruff does: constants, classes, then the rest."""
    rank = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return rank, name


def _bound_names(path: Path) -> set[str]:
    """Return the public names that an `__init__` takes out of its own modules."""
    names: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("recurra."):
            names |= {alias.asname or alias.name for alias in node.names}
    return {name for name in names if not name.startswith("_") and name != "choose_backend"}


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"module 'recurra' has no attribute 'Classifier'"):
        _ = recurra.Classifier
    assert dir(recurra) == sorted(recurra.__all__)


def test_import_is_light_and_fast(run_python):
    code = (
        "import time, sys; start = time.perf_counter(); import recurra; "
        "print(time.perf_counter() - start); print(*{m.split('.')[0] for m in sys.modules})"
    )
    seconds = []
    for _ in range(3):
        first, loaded = run_python(code).stdout.splitlines()
        assert not set(loaded.split()) & {*HEAVY, "numpy"}
        seconds.append(float(first))
    assert min(seconds) < 0.3


def test_py_typed_and_version():
    from recurra._version import __version__

    assert files("recurra").joinpath("py.typed").is_file()
    assert recurra.__version__ == __version__
    assert 'input = "src/recurra/_version.py"' in (SOURCE.parents[1] / "pyproject.toml").read_text()


PRINT_BACKEND = (
    "import os; before = os.environ.get('KERAS_BACKEND'); import recurra; "
    "print(os.environ.get('KERAS_BACKEND'))"
)
WRITTEN_BY_KERAS = {
    "floatx": "float32",
    "epsilon": 1e-07,
    "backend": "tensorflow",
    "image_data_format": "channels_last",
}


def backend_with(run_python, home: Path, config: object = None, **env: str | None) -> str:
    """Return the backend that `import recurra` leaves in the environment."""
    if config is not None:
        text = config if isinstance(config, str) else json.dumps(config)
        (home / "keras.json").write_text(text)
    result = run_python(PRINT_BACKEND, env={"KERAS_BACKEND": None, "KERAS_HOME": str(home), **env})
    return result.stdout.strip()


def test_jax_is_chosen_when_nothing_is_configured(run_python, tmp_path):
    assert backend_with(run_python, tmp_path) == "jax"
    assert backend_with(run_python, tmp_path, WRITTEN_BY_KERAS) == "jax"
    for odd in ("{broken", "[]", '{"epsilon": 1e-6}', '{"backend": 7}'):
        assert backend_with(run_python, tmp_path, odd) == "jax"


def test_the_users_own_choice_is_respected(run_python, tmp_path):
    assert backend_with(run_python, tmp_path, KERAS_BACKEND="torch") == "torch"
    assert backend_with(run_python, tmp_path, {"backend": "torch"}) == "None"
    changed = {**WRITTEN_BY_KERAS, "floatx": "bfloat16"}
    assert backend_with(run_python, tmp_path, changed) == "None"


def test_a_users_home_folder_is_read(run_python, tmp_path):
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras" / "keras.json").write_text('{"backend": "torch"}')
    env = {"KERAS_BACKEND": None, "KERAS_HOME": None, "HOME": str(tmp_path)}
    assert run_python(PRINT_BACKEND, env=env).stdout.strip() == "None"


def test_keras_still_writes_the_file_that_counts_as_no_choice(run_python, tmp_path):
    run_python("import keras", env={"KERAS_HOME": str(tmp_path), "KERAS_BACKEND": "jax"})
    assert json.loads((tmp_path / "keras.json").read_text()) == WRITTEN_BY_KERAS
    assert backend_with(run_python, tmp_path) == "jax"


def test_keras_that_is_imported_already_is_left_alone(run_python, tmp_path):
    code = "import sys, types; sys.modules['keras'] = types.ModuleType('keras'); " + PRINT_BACKEND
    env = {"KERAS_BACKEND": None, "KERAS_HOME": str(tmp_path)}
    assert run_python(code, env=env).stdout.strip() == "None"
