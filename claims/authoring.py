"""The act of writing a new claim: its file, and whatever it needs that is missing.

The case folder, the alias of the snapshot and the source files are made where they are
not there.  A file that somebody wrote is added to at its end, and never written again.
"""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from archiver.chance import Token
from archiver.errors import ArchiveError, MalformedError, VerificationError
from archiver.holdings import StoredSnapshot, match_id, read_snapshots
from archiver.store import Archive, batch, put, read_file, writing
from archiver.strict import show
from archiver.trust import read_trust
from claims.dates import parse_edtf
from claims.drafting import (
    ID_BYTES,
    append_block,
    format_alias,
    format_case,
    format_new_claim,
    format_source,
    make_claim_id,
)
from claims.faults import MAX_BYTES
from claims.model import (
    SCHEMA,
    UNDETERMINED,
    Case,
    Claim,
    Evidence,
    Kind,
    Link,
    ZoneName,
    parse_case,
    parse_claim,
)
from claims.patterns import SLUG, SOURCE_ID
from claims.sources import parse_source
from claims.tried import check_no_attempt

LEADS_HEAD = b"id,url,publisher,language,published,about,bears_on\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQuote:
    """The quote that a new claim begins with, and what is known of its page."""

    snapshot: str
    quote: str
    prefix: str = ""
    suffix: str = ""
    lang: str = ""
    zone: ZoneName | None = None
    translation: str = ""
    alias: str = ""
    publisher: str = ""
    published: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClaim:
    """A claim to be written: its place, its sentence, what it is about, its quote."""

    case: str
    slug: str
    sentence: str
    kind: Kind
    author: str
    about: tuple[str, ...]
    language: str
    quoted: NewQuote | None


class UnfitError(MalformedError):
    """What was given for a new claim cannot stand in the archive's files."""


@dataclass(slots=True)
class _Drafts:
    """The archive, its snapshot that is quoted, and the files to write."""

    archive: Archive
    snapshot: StoredSnapshot | None
    files: dict[str, str]

    def read(self, rel: str) -> str | None:
        """Return a file as it is, or will be; None where there is none."""
        if rel in self.files:
            return self.files[rel]
        if not self.archive.path(rel).exists():
            return None
        data = read_file(self.archive, rel, MAX_BYTES)
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise MalformedError(
                f"{rel} is not UTF-8 at byte {error.start}",
                hint="'sourcebook claim check' tells the line",
            ) from error


def write_claim(
    archive: Archive, new: NewClaim, *, today: date, token: Token
) -> tuple[Claim, list[str]]:
    """Write a new claim; return it, and every file that was written or added to.

    Raises:
        UnfitError: a name is not spelt as it must be, or a file would not parse.
        ArchiveError: the claim file is there, or the disk fails.
        MalformedError: a file that is there does not parse.
        VerificationError: there is no such snapshot.
    """
    _check_names(new)
    with writing(archive):  # what is read now is what will be added to
        drafts = _Drafts(archive, _find_snapshot(archive, new.quoted), {})
        claim = _draft(drafts, new, today, token)
        _write(drafts, token)
    return claim, list(drafts.files)


def _draft(drafts: _Drafts, new: NewClaim, today: date, token: Token) -> Claim:
    """Draft every file that the claim needs, its own as the last."""
    rel = f"cases/{new.case}/claims/{new.slug}.toml"
    if drafts.read(rel) is not None:
        raise ArchiveError(
            f"{rel} is there already, and is not written over",
            hint="edit it, or give the new claim another slug",
        )
    _ensure_case(drafts, new)
    evidence = (_draft_evidence(drafts, new, today),) if new.quoted else ()
    claim = _draft_claim(new, evidence, token)
    for source in new.about:
        _ensure_source(drafts, source, source.partition("/")[2], new.language)
    drafts.files[rel] = format_new_claim(claim)
    for name, text in drafts.files.items():
        _check_drafted(name, text.encode())
    return claim


def _check_names(new: NewClaim) -> None:
    for what, text in (("case", new.case), ("slug", new.slug)):
        if not re.match(SLUG.regex, text):
            raise UnfitError(f"the {what} is {show(text)}, expected {SLUG.words}")
    for source in new.about:
        _check_source(source)
    if new.quoted:
        _check_quoted(new.quoted)


def _check_source(source: str) -> None:
    if not re.match(SOURCE_ID.regex, source):
        raise UnfitError(f"a source is {show(source)}, expected {SOURCE_ID.words}")


def _check_quoted(quoted: NewQuote) -> None:
    if quoted.publisher:
        _check_source(quoted.publisher)
    if quoted.alias and not re.match(SLUG.regex, quoted.alias):
        raise UnfitError(f"the alias is {show(quoted.alias)}, expected {SLUG.words}")
    if quoted.published:
        try:
            parse_edtf(quoted.published, "the date of publication")
        except MalformedError as error:
            raise UnfitError(str(error), hint=error.hint) from error


def _check_drafted(rel: str, data: bytes) -> None:
    """Check that a file that is about to be written would be read again."""
    try:
        if rel.endswith("/case.toml"):
            parse_case(data, rel)
        elif rel.startswith("sources/"):
            parse_source(data, rel)
        elif rel.endswith(".toml"):
            parse_claim(data, rel)
    except MalformedError as error:
        raise UnfitError(
            f"nothing is written, since it would be wrong: {error}", hint=error.hint
        ) from error


def _write(drafts: _Drafts, token: Token) -> None:
    """Write all or nothing: new files are staged, then the old one is replaced."""
    archive = drafts.archive
    with batch(archive, token(8).hex()) as staged:
        for rel, text in drafts.files.items():
            if not archive.path(rel).exists():
                staged.add(rel, text.encode())
        for rel, text in drafts.files.items():
            if archive.path(rel).exists():
                put(archive, rel, text.encode(), token(8).hex())


def _find_snapshot(archive: Archive, quoted: NewQuote | None) -> StoredSnapshot | None:
    if quoted is None:
        return None
    trust = read_trust(archive)
    snapshots = read_snapshots(archive, trust)
    try:
        return snapshots[match_id(snapshots, quoted.snapshot)]
    except VerificationError:
        check_no_attempt(archive, trust, quoted.snapshot)
        raise
    except MalformedError as error:
        raise UnfitError(str(error), hint=error.hint) from error


def _draft_claim(new: NewClaim, evidence: tuple[Evidence, ...], token: Token) -> Claim:
    return Claim(
        schema=SCHEMA,
        id=make_claim_id(token(ID_BYTES)),
        case=new.case,
        author=new.author,
        kind=new.kind,
        claim=new.sentence,
        about=new.about,
        evidence=evidence,
    )


def _draft_evidence(drafts: _Drafts, new: NewClaim, today: date) -> Evidence:
    """Draft the evidence; its publisher's own word, until the chain is written out."""
    quoted, snapshot = new.quoted, drafts.snapshot
    if quoted is None or snapshot is None:
        raise ValueError("there is no quote to draft evidence from")
    alias, publisher = _ensure_alias(drafts, new.case, quoted, snapshot, today)
    opening = snapshot.text_opening
    zoned = opening is not None and opening.zones
    translation = {"en": quoted.translation, "by": new.author}
    return Evidence(
        id="e1",
        added=today,
        role="supports",
        snapshot=alias,
        lang=quoted.lang or UNDETERMINED,
        quote=quoted.quote,
        prefix=quoted.prefix,
        suffix=quoted.suffix,
        zone=quoted.zone or (None if zoned else "body"),
        translation=translation if quoted.translation else {},
        chain=(Link(by=publisher, snapshot=alias, knows="unstated"),),
    )


def _ensure_case(drafts: _Drafts, new: NewClaim) -> None:
    rel = f"cases/{new.case}/case.toml"
    if drafts.read(rel) is None:
        drafts.files[rel] = format_case(
            case=new.case, title=new.case, language=new.language
        )
        _check_drafted(rel, drafts.files[rel].encode())
        drafts.files[f"cases/{new.case}/leads.csv"] = LEADS_HEAD.decode()


def _ensure_alias(
    drafts: _Drafts, case: str, quoted: NewQuote, snapshot: StoredSnapshot, today: date
) -> tuple[str, str]:
    """Return the alias and publisher of a snapshot; pin it in the case if it is new."""
    rel = f"cases/{case}/case.toml"
    text = drafts.read(rel) or ""
    known = parse_case(text.encode(), rel)
    for alias, each in known.snapshots.items():
        if each.sha256 == snapshot.sha256:
            return alias, each.publisher
    alias = quoted.alias or f"s-{snapshot.sha256[:8]}"
    _check_alias(known, alias, rel)
    host = _host(snapshot)
    publisher = quoted.publisher or f"org/{_slug(host)}"
    block = format_alias(
        alias=alias,
        sha256=snapshot.sha256,
        publisher=publisher,
        language=quoted.lang or UNDETERMINED,
        published=quoted.published or f"../{today.isoformat()}",
    )
    drafts.files[rel] = append_block(text, block)
    _ensure_source(drafts, publisher, host, quoted.lang or UNDETERMINED)
    return alias, publisher


def _check_alias(known: Case, alias: str, rel: str) -> None:
    if alias in known.snapshots:
        raise ArchiveError(
            f"{rel} pins {alias!r} to another snapshot; an alias is never re-pointed",
            hint="give the new snapshot another name with --alias",
        )


def _ensure_source(drafts: _Drafts, source: str, name: str, lang: str) -> None:
    rel = f"sources/{source}.toml"
    if drafts.read(rel) is None:
        drafts.files[rel] = format_source(source=source, name=name, lang=lang)


def _host(snapshot: StoredSnapshot) -> str:
    """Return the host of a capture; of a deposit, words that ask for a name."""
    exchange = snapshot.facts.exchange
    host = urlsplit(exchange.final_url).hostname if exchange else None
    return host or "publisher to be named"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "publisher"
