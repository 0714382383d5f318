"""A post of a Telegram channel in lines for a person, as the page shows it."""

from collections.abc import Iterator

from archiver.documents.posts import Post

WITHHELD = "Telegram shows it in its own application only."
WITHHELD_IN_PART = "Telegram shows the rest of it in its own application only."
PREVIEW = (
    "The page gives only a preview: its words may be cut short, or be those of the"
    " channel."
)
SERVICE = "It is an event of the channel."


def post_lines(post: Post) -> Iterator[str]:
    """Yield the facts of a post: what the page does not say is left out."""
    yield f"post        t.me/{post.channel}/{post.id}"
    facts = (
        ("dated", post.date),
        ("mark", post.edited),
        ("by", post.author),
        ("signed by", post.signature),
        ("via", post.via),
        ("forwarded", post.forwarded),
        ("from", " ".join(filter(None, (post.forwarded_from, post.forwarded_url)))),
        ("answers", post.reply_to),
        ("views", post.views),
    )
    yield from (_under(name, told) for name, told in facts if told)
    for each in post.media:
        found = (each.url, each.preview, " ".join(each.words.split()))
        yield _under(each.kind, " ".join(filter(None, found)))
    yield from (_under("link", link) for link in post.links)
    first, *more = (post.text or "none").split("\n")
    yield _under("words", first)
    yield from (_under("", line) for line in more)
    notes = (
        (post.withheld, WITHHELD_IN_PART if post.text or post.media else WITHHELD),
        (post.preview_only, PREVIEW),
        (post.service, SERVICE),
    )
    yield from (f"{'':11} {note}" for holds, note in notes if holds)


def _under(name: str, told: str) -> str:
    return f"{'':11} {name:13} {told}".rstrip()
