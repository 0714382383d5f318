"""Rules of the quote: it stands in the snapshot, and the snapshot is the signed one.

C04, C05, C14, C16, C22 and C24 (docs/claims.md).
"""

from collections.abc import Iterator
from typing import Final

from archiver.findings import Finding
from archiver.strict import show
from claims.anchoring import Anchor
from claims.inspection import Inspection
from claims.mismatches import nearest
from claims.nearest import Piece
from claims.places import words
from claims.references import find_lead, list_snapshots
from claims.standings import find_layer_zones

_HINTS = {
    "changed": "quote the page's own words, as they stand there",
    "absent": "'sourcebook quote SNAPSHOT \"words\"' shows what the page says",
    "ambiguous": "give the words directly beside it, as 'prefix' or 'suffix'",
    "not-searchable": "capture the page again, or quote another snapshot",
}
REASONS: Final = {
    "several": "it stands in several places",
    "edge": "it begins or ends inside a word or a number",
    "context": "prefix or suffix do not stand directly beside it",
    "words": "the words there are others",
    "gap": "other words stand between prefix and suffix",
    "order": "it stands before an earlier part",
    "zone": "it does not stand in one zone with the other parts",
    "nowhere": "nothing in the page is like it",
    "empty": "nothing but white space is in it",
    "no-text": "there is no text to look in",
    "doubtful": "what came is likely not the page, or not all of it",
}


def check_snapshots(view: Inspection) -> Iterator[Finding]:
    """C05: the snapshot, its text layer and its extractor are those signed."""
    pinned = view.context.case.snapshots
    for path, name in list_snapshots(view.claim):
        if find_lead(view, name) or path[-1] == "copy_of":
            continue  # C03 or C18 speaks of it
        holding = view.holding(name)
        found = f"{words(path)} is {show(name)}"
        if name not in pinned:
            hint = nearest(name, tuple(pinned))
            message = f"{found}, expected an alias of case.toml"
            yield view.finding("C05", path, f"{message} ({', '.join(pinned)})", hint)
        elif holding is None:
            message = (
                f"{found}, pinned to {pinned[name].sha256}, expected a snapshot of"
            )
            yield view.finding("C05", path, f"{message} that SHA-256 in the archive")
        elif not holding.consistent:
            message = f"{found}, of which {holding.fault}, expected what its statement"
            yield view.finding("C05", path, f"{message} signs")


def check_anchors(view: Inspection) -> Iterator[Finding]:
    """C04: every quote anchors ``exact`` or ``normalised`` in its text layer."""
    for path, item in view.evidence():
        anchors = view.anchors.get(item.id, ())
        for index, (part, anchor) in enumerate(zip(item.parts, anchors, strict=False)):
            if not anchor.is_anchored:
                place = (*path, "quotes", index) if item.quotes else (*path, "quote")
                message = (
                    f"the quote {show(part)} of {item.id} is"
                    f" {describe(anchor)}, expected the words of {item.snapshot!r}"
                )
                yield view.finding("C04", place, message, _HINTS[anchor.status])


def describe(anchor: Anchor) -> str:
    """Say why a quote is not anchored: status, reason, place, difference."""
    said = f"{anchor.status}: {REASONS[anchor.reason]}"
    spans = anchor.places or ((anchor.nearest,) if anchor.nearest else ())
    if spans:
        said += f", characters {' and '.join(f'{a} to {b}' for a, b in spans)}"
    pieces = [_show_piece(piece) for piece in anchor.diff if piece.op != "same"]
    return said + (f" ({'; '.join(pieces)})" if pieces else "")


def _show_piece(piece: Piece) -> str:
    mark = f", a {piece.mark}" if piece.mark else ""
    return f"the {piece.op} has {show(piece.text.strip())}{mark}"


def check_translations(view: Inspection) -> Iterator[Finding]:
    """C14: each translation says by whom; a quotation in translation is capped."""
    for path, item in view.evidence():
        if item.translation and "by" not in item.translation:
            message = f"the translation of {item.id} does not say by whom, expected"
            message = f"{message} 'by' with a name, or 'machine'"
            yield view.finding("C14", (*path, "translation"), message)
    if view.claim.kind == "quotation" and not view.claim.original_lang:
        yield view.finding(
            "C14",
            ("kind",),
            "the quotation does not say in which language it was said, expected"
            " 'original_lang'; until then its words count as a translation",
            severity="warning",
        )


def check_completeness(view: Inspection) -> Iterator[Finding]:
    """C16: a snapshot that is not complete supports nothing above ``reported``."""
    for path, item in view.evidence():
        holding = view.holding(item.snapshot)
        if holding is not None and holding.outcome != "complete":
            yield view.finding(
                "C16",
                (*path, "snapshot"),
                f"the snapshot {item.snapshot!r} is {holding.outcome}, expected a"
                f" complete one; {item.id} supports nothing above reported",
                severity="warning",
            )


def check_zones(view: Inspection) -> Iterator[Finding]:
    """C22: the zone is there where the text layer has none, and is the layer's own."""
    for path, item in view.evidence():
        holding = view.holding(item.snapshot)
        if holding is None:
            continue
        if not holding.zones and item.zone is None:
            message = f"{item.id} has no zone and its text layer has none, expected"
            message = f"{message} zone = heading, body or caption"
            yield view.finding("C22", path, message)
        found = find_layer_zones(holding, view.anchors.get(item.id, ()))
        if holding.zones and found and item.zone is not None and {item.zone} != found:
            message = f"zone of {item.id} is {item.zone!r}, expected"
            message = f"{message} {' and '.join(sorted(found))!r} as in the text layer"
            yield view.finding("C22", (*path, "zone"), message)


def check_labels(view: Inspection) -> Iterator[Finding]:
    """C24: a page that is likely not the one meant supports no more than ``reported``.

    It is a warning: the label is a judgement by rules, and a person may see more.
    """
    for path, item in view.evidence():
        holding = view.holding(item.snapshot)
        if holding is not None and holding.mismatch:
            yield view.finding(
                "C24",
                (*path, "snapshot"),
                f"the snapshot {item.snapshot!r} is {holding.mismatch}, expected the"
                f" page itself; {item.id} supports nothing above reported",
                "look at its page, which says why; capture the page again",
                severity="warning",
            )
