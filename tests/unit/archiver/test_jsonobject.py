"""Members of a JSON object: each with its type, or named in the refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import MalformedError
from archiver.jsonobject import MAX_TEXT, JsonObject

WHOLE = JsonObject(
    {
        "text": "x",
        "empty": "",
        "long": "x" * (MAX_TEXT + 1),
        "number": 7,
        "yes": True,
        "hex": "0a",
        "object": {"inner": "y"},
        "null": None,
        "array": ["a", ""],
        "mixed": ["a", 1],
        "tall": ["x" * (MAX_TEXT + 1)],
    },
    "the case",
)


def test_each_member_is_read_with_its_type():
    assert WHOLE.text("text") == "x"
    assert WHOLE.text("empty", empty=True) == ""
    assert WHOLE.text_or_null("null") is None
    assert WHOLE.text_or_null("empty") == ""
    assert WHOLE.one_of("text", ("w", "x")) == "x"
    assert WHOLE.integer("number", low=7, high=7) == 7
    assert WHOLE.hex("hex", digits=2) == "0a"
    assert WHOLE.object("object").text("inner") == "y"
    assert WHOLE.object_or_null("null") is None
    inner = WHOLE.object_or_null("object")
    assert inner is not None
    assert inner.what == "the case.object"
    assert WHOLE.array("mixed") == ["a", 1]
    assert WHOLE.texts("array") == ("a", "")
    assert WHOLE.value("null") is None


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (lambda: JsonObject([], "it"), "it is [], expected an object"),
        (lambda: WHOLE.value("gone"), "the case has no 'gone', expected one"),
        (lambda: WHOLE.text("number"), "case.number is 7, expected a non-empty string"),
        (lambda: WHOLE.text("empty"), "the case.empty is '', expected a non-empty"),
        (lambda: WHOLE.text("null", empty=True), "null is None, expected a string"),
        (lambda: WHOLE.text("long"), "long has 65537 characters, expected 65536"),
        (lambda: WHOLE.text_or_null("number"), "number is 7, expected a string"),
        (lambda: WHOLE.one_of("text", ("w",)), "text is 'x', expected one of w"),
        (lambda: WHOLE.one_of("array", ("w",)), "array is ['a', ''], expected one of"),
        (lambda: WHOLE.integer("yes"), "the case.yes is True, expected an integer"),
        (lambda: WHOLE.integer("text"), "the case.text is 'x', expected an integer"),
        (lambda: WHOLE.integer("number", low=8), "number is 7, expected 8 to"),
        (lambda: WHOLE.integer("number", high=6), "number is 7, expected 0 to 6"),
        (lambda: WHOLE.hex("hex"), "the case.hex is '0a', expected 64 digits"),
        (lambda: WHOLE.object("array"), "the case.array is ['a', ''], expected an obj"),
        (lambda: WHOLE.array("object"), "object is {'inner': 'y'}, expected an array"),
        (lambda: WHOLE.texts("mixed"), "the case.mixed[1] is 1, expected a string"),
        (lambda: WHOLE.texts("tall"), "the case.tall[0] is 'xxx"),
    ],
)
def test_a_member_of_another_type_is_refused_and_named(read, said):
    with pytest.raises(MalformedError) as caught:
        read()
    assert said in str(caught.value)


def test_members_that_are_not_known_are_named():
    known = tuple(WHOLE.members)
    assert WHOLE.unknown(known) == ()
    assert WHOLE.unknown(known[1:]) == ("text",)
    WHOLE.check_no_more(known)
    with pytest.raises(MalformedError, match="the case has 'text', expected only e"):
        WHOLE.check_no_more(known[1:])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
READERS = ["text", "text_or_null", "integer", "hex", "object", "array", "texts"]


@given(JSON, st.sampled_from(READERS))
def test_any_value_is_read_or_refused_with_one_kind_of_error(value, reader):
    whole = JsonObject({"key": value}, "it")
    try:
        found = getattr(whole, reader)("key")
    except MalformedError:
        return
    if isinstance(found, JsonObject):
        found = found.members
    assert found == (tuple(value) if reader == "texts" else value)
