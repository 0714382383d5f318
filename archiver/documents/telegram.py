"""Public Telegram channels: the text layer ``telegram@1``, and where the words are.

``telegram@1`` is the text of every post of a page, in document order.  A post begins
with one block of zone ``heading``, a line each, as far as they are shown: the name over
the post; ``via`` the bot; ``t.me/<channel>/<id>``; the date as the page gives it, a
comma and the mark of an edit in Telegram's word; the signature; the line that says from
whom it was forwarded.  Then what is written in it, block by block in document order:

- ``body``: the words of the post and of the captions of its pictures;
- ``caption``: all else, so that no new kind of post loses its words: the quoted words
  of the post that it answers, the preview of a link, a file's name, a poll, a button,
  and what Telegram itself says of an event, as a new name of the channel.

A post of which the page gives only a preview (``archiver.documents.posts``) has its
words in ``caption``.  White space, line ends and blank lines are as in ``html@1``: two
line ends in a row end a block.  Links, spoilers and code are their words, a custom
emoji is the character that the page holds for it; one that is drawn without any has
none.  Left out are avatars, views, reactions and the notice to open Telegram: they are
not of the post.
"""

import re
from typing import Final

from archiver.documents.charsets import decode
from archiver.documents.posts import CHANNEL, POST_ID, Post, parse_posts
from archiver.text import TELEGRAM, Block, TextLayer, layer_of

_ORIGIN = r"(?i:https?://(?:www\.)?(?:t|telegram)\.me)(?::[0-9]{1,5})?"
_AT_TELEGRAM = re.compile(f"{_ORIGIN}(?:[/?#].*)?", re.ASCII | re.DOTALL)
_POST_URL = re.compile(
    f"({_ORIGIN}/({CHANNEL})/{POST_ID})/?(?:\\?(?:single(?:=[^&#]*)?)?)?(?:#.*)?",
    re.ASCII,
)
_NO_CHANNELS: Final = re.compile(  # what t.me keeps for other pages
    "addemoji|addlist|addstickers|addtheme|boost|call|confirmphone|contact|giftcode"
    "|invoice|joinchat|login|proxy|setlanguage|share|socks|stickers",
    re.IGNORECASE,
)


def is_telegram(url: str) -> bool:
    """Say whether ``url`` is an address of t.me or telegram.me."""
    return _AT_TELEGRAM.fullmatch(url) is not None


def embed_url(url: str) -> str | None:
    """Return where the words of the post at ``url`` are; None if it is no such address.

    A post of a public channel is ``t.me/<channel>/<id>``, with ``?single`` for one
    picture of several: the embedded form shows the whole post.  No post of a channel
    are comments, topics, and private ones (``/c/…``).  None as well for the preview
    (``/s/…``) and for the embedded form itself: they hold the words already.
    """
    found = _POST_URL.fullmatch(url)
    if not found or _NO_CHANNELS.fullmatch(found[2]):
        return None
    return f"{found[1]}?embed=1&mode=tme"


def extract_telegram(data: bytes, charset: str | None) -> TextLayer | None:
    """Extract the text of the posts of a page; None where it holds none."""
    posts = parse_posts(decode(data, charset, html=True))
    blocks = [block for post in posts for block in _blocks(post)]
    return layer_of(TELEGRAM, blocks) if posts else None


def _blocks(post: Post) -> list[Block]:
    lines = (
        post.author,
        f"via {post.via}" if post.via else "",
        f"t.me/{post.channel}/{post.id}",
        ", ".join(filter(None, (post.date, post.edited))),
        post.signature,
        post.forwarded,
    )
    return [("\n".join(filter(None, lines)), "heading"), *post.blocks]
