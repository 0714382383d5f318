"""The line of each key of a TOML file."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.places import Places, locate, words

FILE = """\
# a comment with [brackets] and = signs
id = "x"
"a\\u0062" = 1
'li teral'.sub = true
[snapshots.al]  # comment
sha = 'x'
[[evidence]]
quote = '''l'a
b'''
chain = [ # the chain
  { by = "x", snapshot = "y" },
  { by = "z", knows = "q" }, # last
]
[evidence.translation]
en = \"\"\"a""b\"\"\"\"\"
[[evidence]]
n = 1979-05-27 07:32:00
quotes = ["a, ] } #",
  'b']
empty = []
none = {}
[[evidence.sub]]
k = 1
[[evidence.sub]]
k = 2
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("id",), 2),
        (("ab",), 3),
        (("li teral", "sub"), 4),
        (("snapshots", "al"), 5),
        (("snapshots", "al", "sha"), 6),
        (("evidence",), 7),
        (("evidence", 0), 7),
        (("evidence", 0, "quote"), 8),
        (("evidence", 0, "chain"), 10),
        (("evidence", 0, "chain", 0, "by"), 11),
        (("evidence", 0, "chain", 1, "knows"), 12),
        (("evidence", 0, "translation", "en"), 15),
        (("evidence", 1), 16),
        (("evidence", 1, "n"), 17),
        (("evidence", 1, "quotes", 0), 18),
        (("evidence", 1, "quotes", 1), 19),
        (("evidence", 1, "empty"), 20),
        (("evidence", 1, "none"), 21),
        (("evidence", 1, "sub", 0, "k"), 23),
        (("evidence", 1, "sub", 1), 24),
        (("evidence", 1, "sub", 1, "k"), 25),
    ],
)
def test_each_key_has_the_line_on_which_it_begins(path, line):
    assert tomllib.loads(FILE)["evidence"][1]["sub"][1]["k"] == 2
    assert locate(FILE, "f").lines[path] == line


def test_a_path_that_is_not_there_has_the_line_of_what_is_around_it():
    places = locate(FILE, "f.toml")
    assert places.at("evidence", 1, "lang") == "f.toml:16"
    assert places.at("nothing") == "f.toml:1"
    assert Places("g").at() == "g:1"


def test_the_span_of_a_value_is_the_value_with_its_quotation_marks():
    places = locate(FILE, "f")
    first, last = places.spans["evidence", 0, "quote"]
    assert FILE[first:last] == "'''l'a\nb'''"
    first, last = places.spans["evidence", 0, "translation", "en"]
    assert FILE[first:last] == '"""a""b"""""'
    first, last = places.spans["evidence", 1, "quotes", 0]
    assert FILE[first:last] == '"a, ] } #"'


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\nb = 2\na = 3\n", ("a",), 3),
        ("[a]\n[b]\n[a]\n", ("a",), 3),
        ("[[e]]\nx = 1\n\nx = 2\n", ("e", 0, "x"), 4),
        ("a = { b = 1, b = 2 }", ("a", "b"), 1),
        ('a = 1\n"\\u0061" = 2', ("a",), 2),
    ],
)
def test_a_key_that_stands_twice_is_listed_with_its_second_line(text, path, line):
    assert locate(text, "f").twice == ((path, line),)


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a = ",
        "a = [1 2]",
        "a = [1",
        "a = {b = 1",
        "[a",
        "[[a]",
        "= 1",
        "a = " + "[" * 100_000,
        "a.",
        "a = {1",
        'a = "',
    ],
)
def test_what_is_no_toml_ends_the_scan_and_keeps_what_was_found(text):
    assert locate("x = 1\n" + text, "f").lines["x",] == 1


def test_odd_escapes_in_a_key_do_no_harm():
    places = locate('"\\U00110000\\n\\q" = 1', "f")
    assert list(places.lines) == [("\\U00110000\nq",)]


@given(st.text(alphabet="ab.=[]{}\"'#,\\\n 1", max_size=60))
def test_any_text_can_be_scanned(text):
    places = locate(text, "f")
    assert all(1 <= line <= text.count("\n") + 1 for line in places.lines.values())


keys = st.text(alphabet="abc-_", min_size=1, max_size=3)
values = st.recursive(
    st.one_of(st.integers(), st.booleans()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)
    ),
    max_leaves=6,
)


def _write(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[\n{','.join(map(_write, value))}]"
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{key}={_write(item)}" for key, item in value.items())
            + "}"
        )
    return str(value)


def _paths(value, path=()):
    pairs = enumerate(value) if isinstance(value, list) else ()
    pairs = value.items() if isinstance(value, dict) else pairs
    for key, item in pairs:
        yield (*path, key)
        yield from _paths(item, (*path, key))


@given(st.dictionaries(keys, values, max_size=4))
def test_every_path_of_a_document_is_found(document):
    text = "".join(f"{key} = {_write(item)}\n" for key, item in document.items())
    assert tomllib.loads(text) == document
    places = locate(text, "f")
    assert set(places.lines) == set(_paths(document))
    assert not places.twice


def test_a_path_is_said_from_the_inside_out():
    assert (
        words(("evidence", 1, "chain", 0, "knows"))
        == "knows of chain 1 of [[evidence]] 2"
    )
    assert words(("id",)) == "id"
    assert words(()) == ""
