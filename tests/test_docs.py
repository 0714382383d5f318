"""What the documents say about the project is so."""

import ast
import importlib
import io
import re
import tokenize
from pathlib import Path

import pytest

from tools import database_reference
from tools.cli_reference import reference

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def read(page):
    return (ROOT / page).read_text(encoding="utf-8")


def anchors(path):
    titles = HEADING.findall(path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", t.lower()).replace(" ", "-") for t in titles}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_file_of_the_project_resolves(page):
    links = LINK.findall(FENCE.sub("", read(page)))
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (ROOT / page).parent / name if name else ROOT / page
        assert target.exists(), f"{link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{link} has no such heading"


def test_the_makefile_has_the_targets_that_the_documents_name():
    makefile = read("Makefile")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = {
        target
        for page in ("README.md", "CONTRIBUTING.md", "docs/cli.md")
        for target in re.findall(r"`?\bmake ([a-z]+)(?:`|$)", read(page), re.MULTILINE)
    }
    assert {"demo", "test"} <= named
    assert named <= targets
    assert (
        set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()) == targets
    )


def test_the_lines_without_make_are_those_that_make_runs():
    makefile = read("Makefile").replace("\t@", "").replace("\n", " && ")
    lines = [
        line for line in read("README.md").splitlines() if line.startswith("tools/")
    ]
    assert len(lines) == 2
    for line in lines:
        assert line in makefile


def test_the_readme_names_commands_that_exist():
    named = re.findall(r"sourcebook ([a-z]+(?: (?:new|check)\b)?)", read("README.md"))
    commands = re.findall(r"^#+ sourcebook (.+)$", reference(), re.MULTILINE)
    assert len(set(named)) >= 8
    assert set(named) <= set(commands)


def test_the_reference_of_the_command_line_is_current():
    assert read("docs/cli.md") == reference(), "run `make docs`"


def test_the_printed_schema_of_the_database_is_current():
    assert read("docs/database.md") == database_reference.reference(), "run `make docs`"


def test_every_decision_is_listed_once():
    files = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("0*.md"))
    listed = re.findall(r"\((0[^)]*\.md)\)", read("docs/decisions/README.md"))
    assert listed == files
    assert [name[:4] for name in files] == [f"{n + 1:04}" for n in range(len(files))]


def test_the_project_names_no_place_that_only_its_makers_have():
    forbidden = re.compile(r"/work/|helper session|file:///opt")
    for page in PAGES:
        assert not forbidden.search(read(page)), page


# A file or a folder of the project, or a module, or something that a module defines.
PLACE = re.compile(r"(?<![\w/.-])(?:archiver|claims|tests|tools|benchmarks)/[\w/.]*\w")
DOTTED = re.compile(r"(?<![\w/.-])(?:archiver|claims)(?:\.[A-Za-z_]\w*)+(?!\.?[\w/])")
SUFFIXES = (".md", ".json", ".csv", ".toml")
CODE = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("archiver", "claims", "tests", "tools", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
)


def prose(source):
    """Return the docstrings and comments of a module, as one text."""
    defining = ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef
    nodes = [n for n in ast.walk(ast.parse(source)) if isinstance(n, defining)]
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = [each.string for each in tokens if each.type == tokenize.COMMENT]
    return "\n".join([ast.get_docstring(node) or "" for node in nodes] + comments)


def is_in_the_house(dotted):
    """Tell whether a dotted name is a module, or what a module has by that name."""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:cut])
        if place.is_dir() or place.with_suffix(".py").exists():
            return cut == len(parts) or (
                cut == len(parts) - 1
                and not place.is_dir()
                and hasattr(importlib.import_module(".".join(parts[:cut])), parts[-1])
            )
    return False


def nowhere(text):
    """Return what a text names of the project that the project does not have."""
    dotted = [name for name in DOTTED.findall(text) if not name.endswith(SUFFIXES)]
    return [name for name in PLACE.findall(text) if not (ROOT / name).exists()] + [
        name for name in dotted if not is_in_the_house(name)
    ]


@pytest.mark.parametrize("page", [*PAGES, "claims/published/schema.sql"])
def test_every_module_that_a_page_names_is_there(page):
    assert nowhere(read(page)) == []


def test_every_module_and_page_that_a_docstring_or_a_comment_names_is_there():
    found = {}
    for module in CODE:
        text = prose(read(module))
        pages = re.findall(r"[\w/-]+\.md\b", text)
        away = [page for page in pages if not (ROOT / page).exists()]
        found[module] = nowhere(text) + away
    assert {module: names for module, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "name",
    [
        "archiver/nothing.py",
        "claims/searching",
        "archiver.verify_log",
        "claims.folding.unfold",
        "archiver.wire.fold",
    ],
)
def test_a_name_that_nothing_has_is_found(name):
    assert nowhere(f"It is in ``{name}``.") == [name]
    assert nowhere("See archiver/wire, `claims.folding`, claims.folding.fold.") == []
