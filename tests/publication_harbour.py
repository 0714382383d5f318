"""An invented case, published, for tests of the pages in every state they have.

It has what the first case has not: a capture, Arabic and Chinese, a person whose name
is withheld, a snapshot of which only quotes are public, a sealed one, assessments, and
a claim with two revisions.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import compress, crc32

from tests.publication_fixture import (
    CEILING_STEPS,
    NOW,
    Book,
    add_log,
    add_snapshot,
    dump,
    write_rows,
)

WITHHELD_NAME = "Layla Nameless-Person"
SEALED_ALIAS = "letter-from-inside"

HARBOUR_PAGE = """<!DOCTYPE html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>مرفأ</title>
<link rel="preconnect" href="http://127.0.0.1:9"><script>document.title = "ran"</script>
<style>body { color: rgb(1, 2, 3); }</style></head>
<body><h1>إغلاق مرفأ الاختبار</h1>
<p>أعلنت إدارة مرفأ الاختبار أن الرصيف الثالث أُغلق يوم الأحد بسبب أعمال الصيانة.</p>
<p>وقالت الشاهدة إنها رأت الرصيف مغلقا في الصباح.</p>
<p>第三码头已关闭。</p></body></html>
"""
HARBOUR_TEXT = """إغلاق مرفأ الاختبار

أعلنت إدارة مرفأ الاختبار أن الرصيف الثالث أُغلق يوم الأحد بسبب أعمال الصيانة.

وقالت الشاهدة إنها رأت الرصيف مغلقا في الصباح.

第三码头已关闭。
"""
HARBOUR_QUOTE = "الرصيف الثالث أُغلق يوم الأحد"
QUOTED_TEXT = (
    "Minutes of the harbour board. The third quay is shut. Nothing else was said."
)
SEALED_TEXT = "A letter that nobody outside may read."


BROWSER = {
    "name": "Chromium",
    "version": "156.0",
    "settled": False,
    "requests": 31,
    "recorded": 30,
    "onlyBrowser": ["https://radio.example/worker.js"],
    "onlyProxy": [],
    "blocked": [{"url": "https://update.example/", "reason": "not of the page"}],
    "consoleErrors": [f"Uncaught error {number} ▒" for number in range(60)],
}

HARBOUR_CLAIMS: list[dict[str, Any]] = [
    {
        "id": "c-har60001",
        "slug": "quay-closed",
        "kind": "fact",
        "claim": "أُغلق الرصيف الثالث في مرفأ الاختبار يوم الأحد.",
        "about": ["org/harbour-office"],
        "ceiling": "attested",
        "strength": "attested",
        "note": "The office speaks of its own quay.",
        "related": [("c-har60002", "conflicts-with"), ("c-har60005", "overtakes")],
        "evidence": [
            {
                "snapshot": "page",
                "lang": "ar",
                "quotes": [HARBOUR_QUOTE],
                "chain": [
                    {"by": "org/harbour-office", "snapshot": True, "knows": "document"}
                ],
            }
        ],
    },
    {
        "id": "c-har60002",
        "slug": "quay-open",
        "kind": "negative",
        "as_of": "2026-11-22",
        "claim": "لم يُغلق الرصيف الثالث في ذلك الأحد.",
        "about": ["org/harbour-office", "person/unnamed-7q2k"],
        "ceiling": "reported",
        "state": "disputed",
        "wanted": [
            ("The witness's own words, recorded", "dispute", None),
            ("What the radio has", "context", "lead/harbour-recording"),
        ],
        "evidence": [
            {
                "snapshot": "minutes",
                "lang": "en",
                "quotes": ["The third quay is shut"],
                "role": "contradicts",
                "chain": [
                    {"by": "org/harbour-office", "snapshot": True, "party": True},
                    {
                        "by": "person/unnamed-7q2k",
                        "lead": "lead/harbour-recording",
                        "voice": "quoted",
                        "attribution": "adjacent",
                        "knows": "witness",
                    },
                ],
            },
            {
                "snapshot": SEALED_ALIAS,
                "lang": "en",
                "quotes": [],
                "role": "supports",
                "chain": [
                    {"by": "person/unnamed-7q2k", "sealed": True, "knows": "witness"}
                ],
            },
        ],
    },
    {
        "id": "c-har60003",
        "slug": "quay-in-chinese",
        "kind": "quotation",
        "claim": "يقول سطر بالصينية في الصفحة إن الرصيف الثالث مغلق.",
        "about": ["channel/harbour-radio"],
        "ceiling": "reported",
        "evidence": [
            {
                "snapshot": "page",
                "lang": "zh",
                "quotes": ["第三码头", "已关闭"],
                "role": "context",
                "translations": [
                    {
                        "lang": "en",
                        "text": "The third quay … is closed",
                        "by": "machine",
                    },
                    {"lang": "ar", "text": "الرصيف الثالث مغلق", "by": "A translator"},
                ],
                "chain": [
                    {
                        "by": "channel/harbour-radio",
                        "snapshot": True,
                        "knows": "relayed",
                    }
                ],
            }
        ],
    },
    {
        "id": "c-har60004",
        "slug": "nothing-in-hand",
        "kind": "statistic",
        "as_of": "2026-11",
        "claim": "يقال إن ثلاثة أرصفة في مرفأ الاختبار قيد الاستعمال، وهو ما لا يثبته"
        " أي نص في هذا الأرشيف، وقد كُتب هنا بكلمات كثيرة ليُرى كيف تُعرض جملة طويلة"
        " على هاتف صغير: Donaudampfschifffahrtselektrizitätenhauptbetriebswerk.",
        "about": [],
        "ceiling": "open",
        "wanted": [("Any text that gives the number", "support", None)],
        "evidence": [],
    },
    {
        "id": "c-har60005",
        "slug": "quay-busy",
        "kind": "fact",
        "claim": "كان الرصيف الثالث قيد الاستعمال يوم السبت.",
        "about": ["org/harbour-office"],
        "ceiling": "reported",
        "strength": "reported",
        "state": "superseded",
        "stale": 1,
        "evidence": [
            {
                "snapshot": "minutes",
                "lang": "en",
                "quotes": ["Nothing else was said"],
                "chain": [
                    {"by": "org/harbour-office", "snapshot": True, "knows": "unstated"}
                ],
            }
        ],
    },
]


def add_harbour(book: Book) -> None:
    """Add the invented case."""
    book.add(
        "cases",
        id="harbour",
        title="مرفأ الاختبار",
        language="ar",
        file="cases/harbour",
    )
    texts = {
        "page": (add_page(book), HARBOUR_TEXT),
        "minutes": (add_minutes(book), QUOTED_TEXT),
    }
    digest = sha256(SEALED_TEXT.encode()).hexdigest()
    sealed = book.say("snapshot", f"{digest}.warc", digest, sealed=True)
    for source, name in (
        ("org/harbour-office", "Office of the Test Harbour"),
        ("channel/harbour-radio", "Harbour Radio"),
        ("person/unnamed-7q2k", None),
    ):
        book.add(
            "sources",
            id=source,
            kind=source.partition("/")[0],
            name=name,
            family="harbour" if name else None,
            naming="public" if name else "withheld",
            file=f"sources/{source}.toml",
        )
    for position, (name, lang, script) in enumerate(
        (
            ("Office of the Test Harbour", "en", "Latn"),
            ("مكتب مرفأ الاختبار", "ar", "Arab"),
            ("测试港务局", "zh", "Hans"),
        )
    ):
        book.add(
            "source_names",
            source="org/harbour-office",
            position=position,
            name=name,
            lang=lang,
            script=script,
        )
    for alias, (sha, _) in texts.items():
        book.add(
            "snapshot_aliases",
            case_id="harbour",
            alias=alias,
            snapshot=sha,
            publisher="org/harbour-office",
            language="ar" if alias == "page" else "en",
            published="2026-11-22",
            published_words="on 22 November 2026",
        )
    book.add(
        "leads",
        id="lead/harbour-recording",
        case_id="harbour",
        url="https://example.org/%D8%B5%D9%88%D8%AA?x=1",
        publisher="Harbour Radio",
        language="ar",
        published="",
        published_words="",
        about="the third quay",
        bears_on="a recording of the witness",
    )
    for position, claim in enumerate(HARBOUR_CLAIMS):
        add_harbour_claim(book, position, claim, texts, sealed)
    add_older_revision(book)
    add_judgements(book)
    browsed = add_browsed(book)
    add_memento(book, texts["page"][0])
    add_attempts(book)
    book.add(
        "lead_snapshots",
        lead="lead/harbour-recording",
        snapshot=browsed,
        how="requested",
    )
    book.add(
        "findings",
        position=0,
        code="C23",
        severity="warning",
        place="cases/harbour/claims/quay-open.toml:6",
        message="'Sunday' stands in the claim and in no quote",
        claim="c-har60002",
    )


def add_page(book: Book) -> str:
    """Add a captured page."""
    body = HARBOUR_PAGE.encode()
    block = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    ) + body
    uri = "http://harbour.example/news"
    return add_snapshot(
        book,
        ("response", uri, "application/http; msgtype=response", block),
        HARBOUR_TEXT,
        custody="observed",
        requested_url=uri,
        final_url=uri,
        http_status=200,
        started_on=NOW,
        finished_on=NOW,
        labels=dump(["consent-wall", "a-label-of-tomorrow"]),
        label_reasons=dump({"consent-wall": "It asks about cookies in 90 letters."}),
        driver="client",
        tls=dump(
            {
                "version": "TLSv1.3",
                "cipher": "AES",
                "sni": "harbour.example",
                "verdict": "verified",
                "chain": ["ab" * 32],
            }
        ),
        robots=dump(
            {
                "url": "http://harbour.example/robots.txt",
                "verdict": "disallowed",
                "sha256": None,
            }
        ),
        redactions=dump(["Cookie"]),
        allowed_addresses=dump(["127.0.0.1:8080"]),
        zones=dump([[0, 20, "heading"], [20, len(HARBOUR_TEXT), "body"]]),
    )


def tiny_png() -> bytes:
    """Return a picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + check

    head = bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
    pixel = chunk(b"IDAT", compress(b"\0\x80"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + pixel + chunk(b"IEND", b"")


def add_browsed(book: Book) -> str:
    """Add a capture by a browser, with a picture and a PDF beside the DOM."""
    uri = "https://radio.example/items/7"
    view = f"urn:view:{uri}"
    return add_snapshot(
        book,
        ("conversion", uri, "text/html; charset=utf-8", HARBOUR_PAGE.encode()),
        HARBOUR_TEXT,
        beside=[
            ("resource", view, "image/png", tiny_png()),
            ("resource", view, "application/pdf", b"%PDF-1.7 invented"),
        ],
        custody="observed",
        requested_url="https://example.org/%D8%B5%D9%88%D8%AA?x=1",
        final_url=uri,
        http_status=404,
        started_on=NOW,
        finished_on=NOW,
        driver="browser",
        browser=dump(BROWSER),
        labels=dump(["soft-404"]),
        label_reasons=dump({"soft-404": "It was sent on to the front page."}),
    )


def add_memento(book: Book, compared: str) -> str:
    """Add the deposit of a memento."""
    text = "The third quay, as it was remembered elsewhere."
    return add_snapshot(
        book,
        ("resource", "urn:uuid:02", "text/plain", text.encode()),
        text,
        custody="supplied",
        supplied_by="a memento by Web Archive",
        claimed_url="http://harbour.example/news",
        document_name="memento",
        document_type="text/plain",
        document_length=len(text),
        memento=dump(
            {
                "uri": "https://web.example/20261122000000/http://harbour.example/news",
                "original": "http://harbour.example/news",
                "datetime": "2026-11-22T00:00:00Z",
                "archive": "Web Archive (web.example)",
                "status": 203,
                "raw": False,
                "allowedAddresses": ["127.0.0.1:99"],
                "jobId": None,
                "comparedWith": compared,
                "sameBody": False,
            }
        ),
    )


def add_attempts(book: Book) -> None:
    """Add two attempts at the page of the lead."""
    url = "https://example.org/%D8%B5%D9%88%D8%AA?x=1"
    for number, kind in ((1, "timeout"), (2, "dns")):
        failure = {
            "url": url,
            "failure": kind,
            "reason": f"the reason was {kind}",
            "startedOn": NOW,
            "finishedOn": NOW,
            "answers": ["192.0.2.1", "2001:db8::1"] if number == 1 else [],
            "peer": "192.0.2.1" if number == 1 else None,
            "bytesReceived": 0,
        }
        facts = {
            "requestedUrl": url,
            "startedOn": NOW,
            "finishedOn": NOW,
            "driver": "client",
            "failures": [failure] * number,
            "tool": {"name": "sourcebook", "version": "0.1.0"},
        }
        index = len(book.envelopes)
        digest = sha256(url.encode()).hexdigest()
        said = book.say("attempt", url, digest, **facts)
        book.add(
            "attempts",
            statement=said,
            log_index=index,
            requested_url=url,
            started_on=NOW,
            finished_on=NOW,
            driver="client",
            failure=kind,
            reason=failure["reason"],
            requests=number,
            failures=dump(facts["failures"]),
            tool="sourcebook 0.1.0",
        )
        book.add("lead_attempts", lead="lead/harbour-recording", statement=said)


def add_minutes(book: Book) -> str:
    """Add a deposit of which only quotes are public."""
    return add_snapshot(
        book,
        ("resource", "urn:uuid:01", "text/plain", QUOTED_TEXT.encode()),
        QUOTED_TEXT,
        custody="supplied",
        access="quotes",
        access_reason="given in confidence",
        supplied_by="a clerk",
        claimed_url="https://harbour.example/minutes",
        document_name="minutes.txt",
        document_type="text/plain",
        document_length=len(QUOTED_TEXT),
    )


def add_harbour_claim(
    book: Book,
    position: int,
    claim: dict[str, Any],
    texts: dict[str, tuple[str, str]],
    sealed: str,
) -> None:
    """Add one invented claim."""
    revision = 2 if claim["id"] == "c-har60001" else 1
    key = {"claim": claim["id"], "revision": revision}
    book.add(
        "claims",
        id=claim["id"],
        case_id="harbour",
        position=position,
        revision=revision,
        stale=claim.get("stale", 0),
        **{name: claim[name] for name in ("slug", "kind", "claim", "ceiling")},
        **{name: claim.get(name) for name in ("strength", "state")},
    )
    add_revision(book, key, claim, claim["claim"])
    for number, source in enumerate(claim["about"]):
        book.add("claim_about", **key, position=number, source=source)
    for number, (what, may, lead) in enumerate(claim.get("wanted", ())):
        book.add("wanted", **key, position=number, what=what, may=may, lead=lead)
    for number, (other, relation) in enumerate(claim.get("related", ())):
        book.add("related", **key, position=number, other=other, relation=relation)
    for number, evidence in enumerate(claim["evidence"]):
        snapshot = texts.get(evidence["snapshot"], (None, ""))
        place = key | {"evidence": f"e{number + 1}"}
        add_harbour_evidence(book, place, evidence, snapshot, sealed)


def add_revision(
    book: Book, key: dict[str, Any], claim: dict[str, Any], sentence: str
) -> None:
    """Add the row of one revision."""
    toml = f'claim = "{sentence}"\n'
    book.add(
        "claim_revisions",
        **key,
        file=f"cases/harbour/revisions/{key['claim']}/{key['revision']}.toml",
        sha256=sha256(toml.encode()).hexdigest(),
        toml=toml,
        since_release=1,
        since_index=1,
        since_on=NOW,
        author="A tester",
        kind=claim["kind"],
        sentence=sentence,
        as_of=claim.get("as_of"),
        as_of_words=claim.get("as_of"),
        original_lang="zh" if claim["kind"] == "quotation" else None,
        note=claim.get("note", ""),
        ceiling=claim["ceiling"],
        ceiling_steps=dump(
            [
                *CEILING_STEPS,
                {
                    "cap": "reported",
                    "why": "a quotation in translation",
                    "evidence": [],
                },
            ]
        ),
        citation=f"{sentence} Claim {key['claim']}.",
        citation_csl=dump({"id": key["claim"], "type": "dataset"}),
    )


def add_harbour_evidence(
    book: Book,
    key: dict[str, Any],
    evidence: dict[str, Any],
    snapshot: tuple[str | None, str],
    sealed: str,
) -> None:
    """Add one piece of evidence, its quotes and its chain."""
    digest, text = snapshot
    book.add(
        "evidence",
        **key,
        position=int(key["evidence"][1:]) - 1,
        added="2026-11-25",
        role=evidence.get("role", "supports"),
        snapshot=digest,
        sealed=None if digest else sealed,
        alias=evidence["snapshot"] if digest else None,
        record=1 if digest else None,
        extractor="html@1" if digest else None,
        lang=evidence["lang"],
        zone="body" if digest else None,
        zone_by="extractor" if digest else None,
        withheld=0 if digest else 1,
        translations=dump(evidence.get("translations", [])),
    )
    for part, quote in enumerate(evidence["quotes"]):
        start = text.index(quote)
        end = start + len(quote)
        book.add(
            "quotes",
            **key,
            part=part,
            quote=quote,
            status="exact",
            start=start,
            end=end,
            before=text[max(0, start - 120) : start],
            matched=quote,
            after=text[end : end + 120],
        )
    for place, link in enumerate(evidence["chain"]):
        book.add(
            "chain_links",
            **key,
            position=place,
            source=link["by"],
            snapshot=digest if link.get("snapshot") else None,
            sealed=sealed if link.get("sealed") else None,
            lead=link.get("lead"),
            voice=link.get("voice", "own"),
            attribution=link.get("attribution", "explicit"),
            party=int(link.get("party", False)),
            knows=link.get("knows"),
        )


def add_older_revision(book: Book) -> None:
    """Add revision 1 of a claim that has two."""
    key = {"claim": "c-har60001", "revision": 1}
    add_revision(book, key, HARBOUR_CLAIMS[0], "أُغلق الرصيف الثالث.")
    book.add("wanted", **key, position=0, what="The page itself", may="support")


def add_judgements(book: Book) -> None:
    """Add an assessment, the one that seconds it, and one of a claim overtaken."""
    digest = sha256(b"revision").hexdigest()
    first = book.say("assessment", "2.toml", digest, claim="c-har60001")
    second = book.say("assessment", "2.toml", digest, claim="c-har60001", seconds=first)
    overtaken = book.say("assessment", "1.toml", digest, claim="c-har60005")
    for statement, seconds in ((first, None), (second, first)):
        book.add(
            "assessments",
            statement=statement,
            claim="c-har60001",
            revision=2,
            strength="attested",
            rests_on=dump(["e1"]),
            why="The office says so of its own quay.",
            seconds=seconds,
        )
    book.add(
        "assessments",
        statement=overtaken,
        claim="c-har60005",
        revision=1,
        strength="reported",
        state="superseded",
        by_claim="c-har60001",
        from_date="2026-11-22",
        rests_on=dump(["e1"]),
        why="The quay was shut a day later.",
    )


def make_publication(folder: Path) -> Path:
    """Make the archive's files in ``folder``; return its published database."""
    book = Book(folder)
    book.say("policy", "trust/1/policy", sha256(b"").hexdigest(), n=1, why="the first")
    add_harbour(book)
    release = book.say(
        "release", "archive.toml", sha256(b"").hexdigest(), number=1, changes="first"
    )
    book.put("archive.toml", b'id = "test-archive"\n', "released")
    add_log(book, release)
    database = folder.parent / "sourcebook.db"
    write_rows(database, book.rows)
    return database
