"""What msgspec says, in our words."""

from datetime import date
from typing import Annotated, Literal

import msgspec
import pytest

from claims.mismatches import BUILTIN, Fault, _type_at, explain, nearest
from claims.patterns import CLAIM_ID, SLUG

Odd = Annotated[str, msgspec.Meta(pattern="^odd$")]


class Leaf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[str, msgspec.Meta(pattern=CLAIM_ID.regex)]
    relation: Literal["needed-by", "part-of"] = msgspec.field(
        name="as", default="part-of"
    )
    odd: Odd = "odd"


class Tree(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    on: date
    leaves: tuple[Leaf, ...] = ()
    named: dict[Annotated[str, msgspec.Meta(pattern=SLUG.regex)], Leaf] = {}
    words: Annotated[tuple[str, ...], msgspec.Meta(min_length=2)] = ()
    yes: bool = False
    number: Annotated[int, msgspec.Meta(ge=3)] = 3
    either: int | str = 0
    zone: Literal["body", "caption"] | None = None
    schema: Literal["x@1"] = "x@1"


GOOD = {"on": date(2026, 1, 1)}
ID = "c-00000000"


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        ({}, (), "the file has no key 'on', which is required"),
        (
            {"on": "2026-01-01"},
            ("on",),
            "on is '2026-01-01', expected a date without quotes, such as 2026-11-25",
        ),
        (GOOD | {"leaves": {}}, ("leaves",), "leaves is {}, expected a list"),
        (
            GOOD | {"leaves": [{"id": ID}, 3]},
            ("leaves", 1),
            "[[leaves]] 2 is 3, expected a table",
        ),
        (
            GOOD | {"leaves": [{"id": "c-0000000l"}]},
            ("leaves", 0, "id"),
            f"id of [[leaves]] 1 is 'c-0000000l', expected {CLAIM_ID.words}",
        ),
        (
            GOOD | {"leaves": [{"id": ID, "as": "part of"}]},
            ("leaves", 0, "as"),
            "as of [[leaves]] 1 is 'part of', expected one of needed-by, part-of",
        ),
        (
            GOOD | {"leaves": [{"id": ID, "relation": "x"}]},
            ("leaves", 0, "relation"),
            "unknown key 'relation' in [[leaves]] 1, expected one of id, as, odd",
        ),
        (
            GOOD | {"named": {"a": {"id": ID}, "b": {"id": 5}}},
            ("named", "b", "id"),
            "id of b of named is 5, expected a string",
        ),
        (
            GOOD | {"named": {"a": {"id": ID}, "B": {"id": ID}}},
            ("named", "B"),
            f"B of named is 'B', expected {SLUG.words}",
        ),
        (
            GOOD | {"words": ["a"]},
            ("words",),
            "words is ['a'], expected 2 or more in it",
        ),
        (
            GOOD | {"zone": "bode"},
            ("zone",),
            "zone is 'bode', expected one of body, caption",
        ),
        (GOOD | {"zone": 5}, ("zone",), "zone is 5, expected a string"),
        (GOOD | {"schema": "x@2"}, ("schema",), "schema is 'x@2', expected x@1"),
        (
            GOOD | {"named": {"a": {"id": ID}, "b": {"id": 5}}, "yes": 1},
            ("named", "b", "id"),
            "id of b of named is 5, expected a string",
        ),
        (
            GOOD | {"named": {"a": {"id": ID, "ood": 1}}},
            ("named", "a", "ood"),
            "unknown key 'ood' in a of named, expected one of id, as, odd",
        ),
        (GOOD | {"yes": 1}, ("yes",), "yes is 1, expected true or false"),
        (GOOD | {"number": 1}, ("number",), "number: Expected `int` >= 3"),
        (
            GOOD | {"either": []},
            ("either",),
            "either: Expected `int | str`, got `array`",
        ),
        (
            GOOD | {"leaves": [{"id": ID, "odd": "x"}]},
            ("leaves", 0, "odd"),
            "odd of [[leaves]] 1: Expected `str` matching regex '^odd$'",
        ),
    ],
)
def test_a_mismatch_names_the_key_what_was_found_and_what_was_expected(
    document, path, message
):
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(document, Tree, builtin_types=BUILTIN)
    fault = explain(str(caught.value), document, Tree)
    assert (fault.path, fault.message) == (path, message)


def test_what_no_key_explains_is_blamed_on_the_first_key():
    said = "Expected `int`, got `str` - at `$.named[...]`"
    fault = explain(said, GOOD | {"named": {"a": {"id": ID}}}, Tree)
    assert fault.path == ("named", "a")


def test_a_culprit_inside_a_list_is_found():
    class Wood(msgspec.Struct):
        trees: tuple[Tree, ...]

    document = {"trees": [GOOD, GOOD | {"named": {"a": {"id": ID}, "c": {"id": "x"}}}]}
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(document, Wood, builtin_types=BUILTIN)
    assert explain(str(caught.value), document, Wood).path == (
        "trees",
        1,
        "named",
        "c",
        "id",
    )


def test_there_is_no_type_inside_of_what_holds_nothing():
    assert list(_type_at(Tree, ("yes", "more"))) == []


def test_a_key_that_is_nearly_right_is_suggested():
    assert nearest("roel", ("role", "lang")) == "did you mean 'role'?"
    assert nearest("xyz", ("role", "lang")) == ""
    assert nearest("role" * 20, ("role",)) == ""


def test_a_judgement_in_a_file_is_answered_with_where_it_belongs():
    said = "Object contains unknown field `verdict`"
    fault = explain(said, GOOD | {"verdict": 1}, Tree)
    assert fault.hint == "a judgement is a signed assessment, never a key in the file"


def test_a_value_that_is_nearly_right_is_suggested():
    document = GOOD | {"leaves": [{"id": ID, "as": "needed_by"}]}
    fault = explain("Invalid enum value 'x' - at `$.leaves[0].as`", document, Tree)
    assert fault.hint == "did you mean 'needed-by'?"


def test_the_rule_of_an_id_is_c19_and_of_the_rest_c20():
    document = GOOD | {"leaves": [{"id": "x"}]}
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(document, Tree, builtin_types=BUILTIN)
    assert explain(str(caught.value), document, Tree).code == "C19"
    assert Fault((), "").code == "C20"
