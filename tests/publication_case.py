"""The first case as a published one, made from its material, for tests of the pages."""

import csv
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.publication_fixture import (
    CEILING_STEPS,
    NOW,
    ROOT,
    Book,
    add_snapshot,
    dump,
)

MATERIAL = ROOT / "archives" / "material" / "kz-handover-2026"


def add_first_case(book: Book) -> None:
    """Add the first case from its material: one deposit, all claims."""
    text = (MATERIAL / "given" / "euronews-fr.txt").read_text("utf-8")
    digest = add_snapshot(
        book,
        ("resource", "urn:uuid:00", "text/plain; charset=utf-8", text.encode()),
        text,
        custody="supplied",
        supplied_by="the project, with the case",
        access_reason="a published article",
        document_name="euronews-fr.txt",
        document_type="text/plain; charset=utf-8",
        document_length=len(text.encode()),
        document_sha256=sha256(text.encode()).hexdigest(),
    )
    folder = MATERIAL / "cases" / "kz-handover"
    case = tomllib.loads((folder / "case.toml").read_text("utf-8"))
    book.add(
        "cases",
        id=case["id"],
        title=case["title"],
        language=case["language"],
        file="cases/kz-handover/case.toml",
    )
    for place in sorted((MATERIAL / "sources").glob("*/*.toml")):
        add_source(book, place)
    book.add(
        "snapshot_aliases",
        case_id=case["id"],
        alias="euronews-fr",
        snapshot=digest,
        publisher="org/euronews",
        language="fr",
        published="2026-02-02/..",
        published_words="on 2 February 2026 or later",
    )
    with (folder / "leads.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            book.add(
                "leads", case_id=case["id"], published_words=row["published"], **row
            )
    claims = [
        (place, tomllib.loads(place.read_text("utf-8")))
        for place in (folder / "claims").glob("*.toml")
    ]
    claims.sort(key=lambda one: (text.find(parts_of(one[1])[0]), one[1]["id"]))
    for position, (place, claim) in enumerate(claims):
        add_claim(book, place, claim, position, {"euronews-fr": (digest, text)})


def add_source(book: Book, place: Path) -> None:
    """Add one source from its file; no name of one whose naming is withheld."""
    data = tomllib.loads(place.read_text("utf-8"))
    kind = place.parent.name
    name = f"{kind}/{place.stem}"
    withheld = data.get("naming") == "withheld"
    book.add(
        "sources",
        id=name,
        kind=kind,
        name=None if withheld else data["names"][0]["text"],
        family=data.get("family"),
        naming=data.get("naming", "public"),
        note=data.get("note", ""),
        file=f"sources/{name}.toml",
    )
    for position, one in enumerate([] if withheld else data["names"]):
        row = {"name" if key == "text" else key: value for key, value in one.items()}
        book.add("source_names", source=name, position=position, **row)


def parts_of(claim: dict[str, Any]) -> list[str]:
    """Return the parts of the first quote."""
    evidence = claim["evidence"][0]
    parts: list[str] = evidence.get("quotes") or [evidence["quote"]]
    return parts


def add_claim(
    book: Book,
    place: Path,
    claim: dict[str, Any],
    position: int,
    texts: dict[str, tuple[str, str]],
) -> None:
    """Add one claim of the first case, anchored by plain search."""
    key = {"claim": claim["id"], "revision": 1}
    toml = place.read_text("utf-8")
    book.add(
        "claims",
        id=claim["id"],
        case_id=claim["case"],
        position=position,
        slug=place.stem,
        revision=1,
        kind=claim["kind"],
        claim=claim["claim"],
        ceiling="reported",
    )
    book.add(
        "claim_revisions",
        **key,
        file=f"cases/{claim['case']}/revisions/{claim['id']}/1.toml",
        sha256=sha256(toml.encode()).hexdigest(),
        toml=toml,
        since_release=1,
        since_index=5,
        since_on=NOW,
        author=claim["author"],
        kind=claim["kind"],
        sentence=claim["claim"],
        holds=claim.get("holds"),
        holds_words=claim.get("holds"),
        as_of=claim.get("as_of"),
        as_of_words=claim.get("as_of"),
        original_lang=claim.get("original_lang"),
        note=claim.get("note", ""),
        ceiling="reported",
        ceiling_steps=dump(CEILING_STEPS),
        citation=f"Sourcebook test archive. “{claim['claim']}” Claim {claim['id']},"
        " revision 1.",
        citation_csl=dump({"id": claim["id"], "type": "dataset"}),
    )
    for number, source in enumerate(claim.get("about", ())):
        book.add("claim_about", **key, position=number, source=source)
    for number, wanted in enumerate(claim.get("wanted", ())):
        book.add("wanted", **key, position=number, **wanted)
    for number, related in enumerate(claim.get("related", ())):
        book.add(
            "related",
            **key,
            position=number,
            other=related["claim"],
            relation=related["as"],
        )
    for number, evidence in enumerate(claim["evidence"]):
        digest, text = texts[evidence["snapshot"]]
        add_evidence(book, key, number, evidence, digest)
        add_quotes(book, key | {"evidence": evidence["id"]}, evidence, text)


def add_evidence(
    book: Book, key: dict[str, Any], number: int, evidence: dict[str, Any], digest: str
) -> None:
    """Add evidence and its chain."""
    given = dict(evidence.get("translation", {}))
    by = given.pop("by", None)
    book.add(
        "evidence",
        **key,
        evidence=evidence["id"],
        position=number,
        added=str(evidence["added"]),
        role=evidence["role"],
        snapshot=digest,
        alias=evidence["snapshot"],
        record=1,
        extractor="plain@1",
        lang=evidence["lang"],
        zone=evidence.get("zone"),
        zone_by="author" if "zone" in evidence else None,
        translations=dump(
            [{"lang": lang, "text": text, "by": by} for lang, text in given.items()]
        ),
    )
    for place, link in enumerate(evidence["chain"]):
        book.add(
            "chain_links",
            **key,
            evidence=evidence["id"],
            position=place,
            source=link["by"],
            snapshot=digest if "snapshot" in link else None,
            lead=link.get("lead"),
            missing=link.get("missing"),
            voice=link.get("voice", "paraphrased" if place else "own"),
            attribution=link.get("attribution", "explicit"),
            party=int(link.get("party", False)),
            knows=link.get("knows"),
        )


def add_quotes(
    book: Book, key: dict[str, Any], evidence: dict[str, Any], text: str
) -> None:
    """Add the parts of a quote with the text around them."""
    parts = evidence.get("quotes") or [evidence["quote"]]
    for number, part in enumerate(parts):
        prefix = evidence.get("prefix", "") if number == 0 else ""
        whole = text.find(prefix, 0) if prefix else 0
        start = text.find(part, max(whole, 0))
        start = start if start >= 0 else text.find(part)
        found = start >= 0
        end = start + len(part)
        book.add(
            "quotes",
            **key,
            part=number,
            quote=part,
            prefix=prefix,
            suffix=evidence.get("suffix", "") if number == len(parts) - 1 else "",
            status="exact" if found else "absent",
            start=start if found else None,
            end=end if found else None,
            before=text[max(0, start - 240) : start] if found else "",
            matched=text[start:end] if found else "",
            after=text[end : end + 240] if found else "",
        )
