"""The JSON Schemas that editors use."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from claims.schemas import format_schema, make_schema

ROOT = Path(__file__).parents[3]
MATERIAL = ROOT / "archives/material/kz-handover-2026"
NAMES = ("claim", "case", "source")


def _validator(name):
    schema = make_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def _document(path):
    text = path.read_text(encoding="utf-8").replace("@euronews-fr@", "0" * 64)
    return json.loads(json.dumps(tomllib.loads(text), default=str))


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_copy_is_current(name):
    copy = (ROOT / f"docs/schemas/{name}.json").read_text(encoding="utf-8")
    assert copy == format_schema(name), "write docs/schemas/ again"


@pytest.mark.parametrize("name", NAMES)
def test_every_key_has_a_meaning_and_nothing_stands_for_its_absence(name):
    for definition in make_schema(name)["$defs"].values():
        assert definition["additionalProperties"] is False
        for key, item in definition["properties"].items():
            assert item["description"], key
            assert item.get("default", "explicit") in ("explicit", False)
            assert "anyOf" not in item
    assert "?!" not in format_schema(name)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [("claim", "cases/*/claims/*.toml"), ("case", "cases/*/case.toml"),
     ("source", "sources/*/*.toml")],
)  # fmt: skip
def test_the_files_of_the_first_case_are_valid(name, pattern):
    validator = _validator(name)
    files = sorted(MATERIAL.glob(pattern))
    assert files
    for file in files:
        validator.validate(_document(file))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "negative"}, "'as_of' is a required property"),
        ({"knid": "x"}, "Additional properties are not allowed"),
        ({"id": "c-1234567l"}, "does not match"),
        ({"schema": "sourcebook/claim@2"}, "is not one of"),
        ({"about": ["nobody"]}, "does not match"),
    ],
)
def test_a_wrong_claim_is_invalid(change, said):
    file = next(MATERIAL.glob("cases/*/claims/bazhukov-handover.toml"))
    with pytest.raises(jsonschema.ValidationError, match=said):
        _validator("claim").validate(_document(file) | change)


@pytest.mark.parametrize(
    "change",
    [
        {"quotes": ["a", "b"]},
        {"translation": {"en": "x"}},
        {"chain": [{"by": "org/a"}]},
        {"chain": [{"by": "org/a", "lead": "lead/a", "missing": "b"}]},
        {"zone": None},
        {"added": 5},
    ],
)
def test_wrong_evidence_is_invalid(change):
    file = next(MATERIAL.glob("cases/*/claims/bazhukov-handover.toml"))
    document = _document(file)
    document["evidence"][0] |= change
    assert not _validator("claim").is_valid(document)


def test_access_without_a_reason_is_invalid():
    document = _document(MATERIAL / "cases/kz-handover/case.toml")
    assert _validator("case").is_valid(document)
    del document["snapshots"]["euronews-fr"]["reason"]
    assert not _validator("case").is_valid(document)
