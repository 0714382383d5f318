"""The arrows between the modules, and their sizes, read from the code itself."""

import ast
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CORE = PROJECT["tool"]["sourcebook"]["core"]
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(
        ".__init__"
    ): path
    for package in ("archiver", "claims")
    for path in sorted((ROOT / package).rglob("*.py"))
} | {"sourcebook": ROOT / "sourcebook.py"}
MODULES = sorted(FILES)
CORE_HERE = sorted(set(CORE) & set(FILES))
WORLD = """
    asyncio click concurrent datasette fcntl getpass glob http logging mmap
    multiprocessing os platform platformdirs playwright queue random requests
    resource sched secrets select selectors shutil signal socket sqlite3 sqlite_utils
    ssl subprocess tempfile threading time tqdm urllib3 uvicorn warcio
"""
PURE_PATHS = {"PurePath", "PurePosixPath"}
CLOCK_AND_DISK = """
    date.today datetime.now datetime.today datetime.utcnow input io.open open print
"""
NAMES_OF_NOTHING = {"utils", "helpers", "common", "base", "misc"}


@cache
def read(module):
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


def imports(tree) -> Iterator[tuple[str, str | None]]:
    """Yield each import as (module, name); name is None for ``import module``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            yield from ((node.module, alias.name) for alias in node.names)


def targets(tree) -> Iterator[str]:
    """Yield our own modules that are imported, submodules named in full."""
    for module, name in imports(tree):
        full = f"{module}.{name}"
        yield full if full in FILES else module


def functions(tree):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def test_the_list_of_core_modules_names_modules_that_exist():
    assert [module for module in CORE if module not in FILES] == []
    assert sorted(CORE) == CORE


@pytest.mark.parametrize("module", MODULES)
def test_archiver_never_imports_claims(module):
    if module.partition(".")[0] == "archiver":
        upward = ("claims", "sourcebook")
        assert [t for t in targets(read(module)) if t.split(".")[0] in upward] == []
    else:
        assert "sourcebook" not in set(targets(read(module)))


@pytest.mark.parametrize("module", CORE_HERE)
def test_core_never_imports_shell(module):
    found = set(targets(read(module)))
    ours = {
        target for target in found if target.split(".")[0] in ("archiver", "claims")
    }
    assert [target for target in ours if target not in CORE] == []


@pytest.mark.parametrize("module", CORE_HERE)
def test_core_imports_nothing_that_reaches_the_world(module):
    found = [
        (source, name)
        for source, name in imports(read(module))
        if source.partition(".")[0] in WORLD.split()
        or (source == "pathlib" and name not in PURE_PATHS)
    ]
    assert found == []


@pytest.mark.parametrize("module", CORE_HERE)
def test_core_asks_neither_clock_nor_disk(module):
    calls = [node for node in ast.walk(read(module)) if isinstance(node, ast.Call)]
    names = [ast.unparse(call.func) for call in calls]
    assert [name for name in names if name in CLOCK_AND_DISK.split()] == []


def reaches_the_world(module):
    tree = read(module)
    calls = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    return bool(calls & {*CLOCK_AND_DISK.split()}) or any(
        source.partition(".")[0] in WORLD.split()
        or (source == "pathlib" and name not in PURE_PATHS)
        for source, name in imports(tree)
    )


def test_a_module_that_is_pure_is_in_the_list():
    shell = {module for module in MODULES if reaches_the_world(module)}
    while more := {m for m in MODULES if arrows()[m] & shell} - shell:
        shell |= more
    packages = {m for m, path in FILES.items() if path.stem == "__init__"}
    pure = {*MODULES} - packages - shell
    assert sorted(pure - {*CORE}) == []


@pytest.mark.parametrize("module", MODULES)
def test_no_import_hides_in_a_function_or_behind_type_checking(module):
    tree = read(module)
    hidden = [
        node.lineno
        for outer in ast.walk(tree)
        if isinstance(
            outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.If
        )
        for node in ast.walk(outer)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []
    assert "TYPE_CHECKING" not in {name for _, name in imports(tree)}


@cache
def arrows():
    return {name: set(targets(read(name))) & set(FILES) for name in MODULES}


@pytest.mark.parametrize("module", MODULES)
def test_imports_make_no_cycle(module):
    graph = arrows()
    seen, waiting = set(), set(graph[module])
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= graph[name] - seen
    assert module not in seen


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_at_most_400_lines_and_its_functions_40(module):
    assert len(FILES[module].read_text(encoding="utf-8").splitlines()) <= 400
    spans = {f.name: f.end_lineno - f.lineno + 1 for f in functions(read(module))}
    assert {name: span for name, span in spans.items() if span > 40} == {}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_named_by_its_job_and_not_like_the_standard_library(module):
    last = module.rpartition(".")[2]
    assert last not in NAMES_OF_NOTHING
    assert last not in sys.stdlib_module_names


def test_no_two_classes_share_a_name():
    names = Counter(
        node.name
        for module in MODULES
        for node in read(module).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_check_returns_nothing_and_a_rule_of_claims_its_findings(module):
    allowed = {"None"}
    if module.startswith("claims."):
        allowed |= {"Iterator[Finding]", "Iterator[Fault]"}
    checks = [f for f in functions(read(module)) if f.name.startswith("check_")]
    found = {f.name: ast.unparse(f.returns) for f in checks}
    assert {name: what for name, what in found.items() if what not in allowed} == {}


def test_the_folder_of_the_publication_is_no_package():
    assert not (ROOT / "datasette" / "__init__.py").exists()
    assert list((ROOT / "datasette").rglob("test_*.py")) == []


def test_no_folder_of_tests_is_a_package_and_no_two_files_share_a_name():
    tests = [p for p in (ROOT / "tests").rglob("*.py") if "__pycache__" not in p.parts]
    names = [path.name for path in tests]
    assert "__init__.py" not in names
    names = sorted(name for name in names if name != "conftest.py")
    assert sorted(set(names)) == names
