"""The files of an archive that people write, read together."""

from claims.dossier import (
    check_dossier,
    examine_dossier,
    read_dossier,
)
from claims.drafting import (
    append_block,
    format_alias,
    format_case,
    format_new_claim,
    format_source,
)
from claims.model import Related
from claims.verdicts import Assessment
from tests.claim_kit import SHA, claim, holding, own

LEADS = (
    "id,url,publisher,language,published,about,bears_on\n"
    "lead/page-1,https://example.org/1,Example,en,2026-02,the door,the opening\n"
)


def _case(name="house"):
    text = format_case(case=name, title="The house", language="en")
    for alias in ("a", "b"):
        pinned = format_alias(
            alias=alias,
            sha256=SHA[alias],
            publisher=f"org/{alias}",
            language="en",
            published="2026-02-02",
        )
        text = append_block(text, pinned)
    return text


def _files(**changed):
    files = {
        "cases/house/case.toml": _case(),
        "cases/house/leads.csv": LEADS,
        "cases/house/claims/open.toml": format_new_claim(claim(own("a"))),
        "cases/house/claims/shut.toml": format_new_claim(
            claim(
                own("b"),
                id="c-00000002",
                related=(Related(claim="c-00000001", relation="conflicts-with"),),
            )
        ),
        "cases/house/revisions/c-00000001/1.toml": format_new_claim(claim(own("a"))),
        "sources/org/a.toml": format_source(source="org/a", name="A", lang="en"),
        "sources/org/b.toml": format_source(source="org/b", name="B", lang="en"),
        "archive.toml": "no case",
        "cases/house/notes.txt": "no case either",
    } | changed
    return {name: text.encode() for name, text in files.items() if text is not None}


def _faults(**changed):
    found = check_dossier(read_dossier(_files(**changed)))
    return [(each.code, each.place) for each in found]


HOLDINGS = {SHA[name]: holding(name) for name in "ab"}


def test_the_files_are_read_by_their_places():
    dossier = read_dossier(_files())
    assert dossier.faults == ()
    folder = dossier.cases["house"]
    assert [each.file for each in folder.claims] == [
        "cases/house/claims/open.toml",
        "cases/house/claims/shut.toml",
    ]
    assert set(dossier.claims) == {"c-00000001", "c-00000002"}
    assert set(dossier.leads) == {"lead/page-1"}
    assert set(dossier.sources) == {"org/a", "org/b"}
    assert list(dossier.revisions["c-00000001"]) == [1]
    assert list(check_dossier(dossier)) == []


def test_every_claim_is_examined_in_its_context():
    dossier = read_dossier(_files())
    first, second = examine_dossier(dossier, HOLDINGS, {})
    assert (first.claim.id, second.claim.id) == ("c-00000001", "c-00000002")
    assert (first.findings, second.findings) == ((), ())
    assert first.ceiling.strength == "attested"


def test_a_snapshot_that_is_not_in_hand_is_told_by_the_claims_line():
    dossier = read_dossier(_files())
    first, _ = examine_dossier(dossier, {}, {})
    assert {each.code for each in first.findings} == {"C05"}
    assert first.findings[0].place == "cases/house/claims/open.toml:12"


def test_an_assessment_is_judged_with_its_claim():
    verdict = Assessment("s", "c-00000002", 1, "kim", "established", "none", "why")
    dossier = read_dossier(_files())
    first, second = examine_dossier(dossier, HOLDINGS, {"c-00000002": [verdict]})
    assert first.findings == ()
    assert [each.code for each in second.findings] == ["C01"]


def test_a_file_that_cannot_be_read_does_not_keep_the_others_from_it():
    changed = {
        "cases/house/claims/open.toml": "id = 5",
        "cases/house/leads.csv": "id",
        "sources/org/b.toml": "nam = 1",
        "cases/house/revisions/c-00000001/1.toml": "x",
    }
    dossier = read_dossier(_files(**changed))
    assert [each.place for each in dossier.faults] == [
        "sources/org/b.toml:1",
        "cases/house/claims/open.toml:1",
        "cases/house/leads.csv:1",
        "cases/house/revisions/c-00000001/1.toml:1",
    ]
    (examined,) = examine_dossier(dossier, HOLDINGS, {})
    assert {each.code for each in examined.findings} == {"C18"}


def test_a_case_that_cannot_be_read_is_told_once():
    changed = {"cases/house/case.toml": "id = 5"}
    assert _faults(**changed) == [("C20", "cases/house/case.toml:1")]
    assert list(examine_dossier(read_dossier(_files(**changed)), HOLDINGS, {})) == []


def test_a_case_folder_has_a_case_file():
    changed = {"cases/house/case.toml": None}
    assert _faults(**changed) == [("C20", "cases/house/case.toml:1")]


def test_an_id_is_that_of_its_folder():
    assert _faults(**{"cases/house/case.toml": _case("home")}) == [
        ("C19", "cases/house/case.toml:1")
    ]
    other = format_new_claim(claim(id="c-00000009"))
    assert _faults(**{"cases/house/revisions/c-00000001/2.toml": other}) == [
        ("C19", "cases/house/revisions/c-00000001/2.toml:2")
    ]


def test_ids_are_unique_across_cases():
    changed = {
        "cases/home/case.toml": _case("home"),
        "cases/home/leads.csv": LEADS,
        "cases/home/claims/open.toml": format_new_claim(claim(own("a"), case="home")),
    }
    assert _faults(**changed) == [
        ("C19", "cases/house/claims/open.toml:2"),
        ("C19", "cases/house/leads.csv:2"),
        ("C19", "cases/home/claims/open.toml:2"),  # published in another case
    ]
    dossier = read_dossier(_files(**changed))
    assert dossier.claims["c-00000001"].case == "home"
    assert dossier.leads["lead/page-1"].line == 2


def test_what_is_written_into_dates_and_publishers_is_checked():
    text = _case().replace("2026-02-02", "soon").replace("org/b", "org/z")
    leads = LEADS.replace("2026-02,", "soon,")
    changed = {"cases/house/case.toml": text, "cases/house/leads.csv": leads}
    assert _faults(**changed) == [
        ("C17", "cases/house/case.toml:9"),
        ("C17", "cases/house/case.toml:15"),
        ("C18", "cases/house/case.toml:13"),
        ("C17", "cases/house/leads.csv:2"),
    ]
