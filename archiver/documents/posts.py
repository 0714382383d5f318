"""Posts of public Telegram channels, as t.me shows them to a browser without scripts.

Three pages hold posts.  The preview of a channel (``t.me/s/<channel>``) holds many, the
embedded form (``t.me/<channel>/<id>?embed=1``) one: an element of the class
``tgme_widget_message`` with the channel and the number in ``data-post``.  The page of
one post (``t.me/<channel>/<id>``) holds only what it gives to those who link to it:
such a post is ``preview_only``.  Telegram may have shortened its words, and where the
post is not shown they may be the description of the channel.

The shapes are those of the years 2023 to 2026; Telegram publishes none.  Everything is
as shown: a date is the one in ``datetime``, views may read ``1.2K``.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archiver.documents.burden import is_too_much
from archiver.documents.elements import attribute, classes, into_all, walk, words_of
from archiver.text import Block, BlockReader, Place, paragraphs

CHANNEL: Final = "(?=[0-9_]*[A-Za-z])[A-Za-z0-9_]{4,32}"  # Telegram gives 4 or more
POST_ID: Final = "[1-9][0-9]{0,9}"

_PREFIX = "tgme_widget_message"
_MESSAGE, _TEXT, _REPLY = _PREFIX, f"{_PREFIX}_text", f"{_PREFIX}_reply"
_MEDIA = {
    f"{_PREFIX}_photo_wrap": "photo",
    f"{_PREFIX}_video_player": "video",
    f"{_PREFIX}_roundvideo_player": "round-video",
    f"{_PREFIX}_voice_player": "voice",
    f"{_PREFIX}_document_wrap": "document",
    f"{_PREFIX}_sticker_wrap": "sticker",
    f"{_PREFIX}_poll": "poll",
    f"{_PREFIX}_location_wrap": "location",
    f"{_PREFIX}_contact": "contact",
    f"{_PREFIX}_service_photo": "service-photo",
    f"{_PREFIX}_link_preview": "link-preview",
}
_NOT_SHOWN = "message_media_not_supported"  # "Please open Telegram to view this post"
_NOTICE = frozenset({"media_not_supported_cont"})  # the same, for old browsers only
_CLOSED = frozenset({_MESSAGE, _TEXT, _REPLY, *_MEDIA, *_NOTICE})
_WHO = frozenset({f"{_PREFIX}_author", f"{_PREFIX}_forwarded_from"})
_QUOTES = frozenset({_REPLY, "js-message_reply_text"})
_CHROME = _NOTICE | {
    _MESSAGE,  # one inside another is a post of its own
    _NOT_SHOWN,
    f"{_PREFIX}_user",
    f"{_PREFIX}_bubble_tail",
    f"{_PREFIX}_footer",
    f"{_PREFIX}_info",
    f"{_PREFIX}_meta",
    f"{_PREFIX}_views",
    f"{_PREFIX}_reactions",
}

_DATA_POST = re.compile(f"({CHANNEL})/({POST_ID})", re.ASCII)
_APP_LINK = re.compile(
    f"tg://resolve\\?domain=({CHANNEL})&post=({POST_ID})(?:&.*)?", re.ASCII
)
_BACKGROUND = re.compile(r"background-image:\s*url\(\s*(['\"]?)([^'\")]*)\1\s*\)")


@dataclass(frozen=True, slots=True)
class Media:
    """What stands beside the words of a post.

    ``url`` is the file where the page names it, or what is linked; ``preview`` a still
    picture of it; ``words`` what is written in it, as a file's name.
    """

    kind: str
    url: str
    preview: str
    words: str


@dataclass(frozen=True, slots=True)
class Post:
    """One post; every text is as shown, and empty where the page does not say.

    ``signature`` is the person who signed in the channel's name; ``edited`` the mark of
    an edit in Telegram's own word; ``links`` where the words lead to.  A ``service``
    post is an event, as a new name.  One that is ``withheld`` Telegram shows in its own
    application only.  ``blocks`` are its words with their zones, in document order.
    """

    channel: str
    id: int
    author: str = ""
    signature: str = ""
    date: str = ""
    edited: str = ""
    forwarded: str = ""
    forwarded_from: str = ""
    forwarded_url: str = ""
    via: str = ""
    reply_to: str = ""
    views: str = ""
    media: tuple[Media, ...] = ()
    links: tuple[str, ...] = ()
    service: bool = False
    withheld: bool = False
    preview_only: bool = False
    blocks: tuple[Block, ...] = ()

    @property
    def text(self) -> str:
        """Return the words of the post itself; of a preview, what it gives of them."""
        zone = "caption" if self.preview_only or self.service else "body"
        return "\n\n".join(words for words, found in self.blocks if found == zone)

    def as_dict(self) -> dict[str, Any]:
        """Return what JSON can hold: the post's facts, and its text."""
        facts = asdict(self)
        del facts["blocks"]
        return facts | {
            "text": self.text,
            "media": [asdict(each) for each in self.media],
            "links": list(self.links),
        }


def parse_posts(html: str) -> tuple[Post, ...]:
    """Parse the posts of a page, in document order; none where it holds none."""
    if is_too_much(html):
        return ()
    root = LexborHTMLParser(html).root
    messages = (node for node, names in walk(root, into_all) if _MESSAGE in names)
    found = [post for post in map(_parse_message, messages) if post]
    return tuple(found or _parse_preview(root))


class _PostReader(BlockReader):
    """Reads what is written in a message; its own words are of the zone ``own``."""

    def __init__(self, own: str = "body") -> None:
        super().__init__()
        self._own = own

    def leaves_out(self, node: LexborNode, place: Place) -> bool:
        """Say whether an element is not of the words of the post, or never shown."""
        left_out = _CHROME if place.quoted else _CHROME | _WHO
        return bool(left_out & classes(node)) or super().leaves_out(node, place)

    def enter(self, node: LexborNode, outer: Place) -> Place:
        """Return what holds inside: the zone is told by the class, not by the tag."""
        inner = replace(super().enter(node, outer), zone=outer.zone)
        names = classes(node)
        if names & _QUOTES or not names.isdisjoint(_MEDIA):
            return replace(inner, quoted=True)
        if _TEXT in names and not outer.quoted:
            return replace(inner, zone=self._own)
        return inner


def _parse_message(message: LexborNode) -> Post | None:
    place = _DATA_POST.fullmatch(message.attributes.get("data-post") or "")
    if not place:
        return None
    parts = _Parts(message)
    service = "service_message" in classes(message)
    reader = _PostReader(own="caption" if service else "body")
    reader.read(message, Place(zone="caption"))
    date = parts.first("date")
    reply = parts.first("reply")
    forwarded_name = parts.first("forwarded_from_name")
    return Post(
        channel=place[1],
        id=int(place[2]),
        author=parts.words("owner_name", "author_name", "author"),
        signature=parts.words("from_author"),
        date=_time(date) or words_of(date),
        edited=_edit_mark(parts.first("meta")),
        forwarded=parts.words("forwarded_from"),
        forwarded_from=parts.words("forwarded_from_name"),
        forwarded_url=attribute(forwarded_name, "href"),
        via=parts.words("via_bot"),
        reply_to=attribute(reply, "href") or attribute(reply, "data-reply-to"),
        views=parts.words("views"),
        media=tuple(parts.media),
        links=tuple(parts.links()),
        service=service,
        withheld=parts.withheld,
        blocks=tuple(reader.blocks),
    )


class _Parts:
    """The elements of a message by their classes, without those of others in it."""

    def __init__(self, message: LexborNode) -> None:
        self._found: dict[str, list[LexborNode]] = {}
        self.media: list[Media] = []
        self.withheld = False
        for node, names in walk(message, lambda names: not names.isdisjoint(_CLOSED)):
            for name in names:
                self._found.setdefault(name, []).append(node)
            kind = next((_MEDIA[name] for name in sorted(names & set(_MEDIA))), "")
            if kind:
                self.media.append(_parse_media(node, kind))
            self.withheld = self.withheld or _NOT_SHOWN in names

    def first(self, name: str) -> LexborNode | None:
        """Return the first element of a class."""
        return next(iter(self._found.get(f"{_PREFIX}_{name}", ())), None)

    def words(self, *names: str) -> str:
        """Return the words of the first of these elements that has any."""
        return next(filter(None, (words_of(self.first(name)) for name in names)), "")

    def links(self) -> Iterator[str]:
        """Yield where the words of the post lead to."""
        own = (n for n in self._found.get(_TEXT, ()) if not classes(n) & _QUOTES)
        for text in own:
            for node, _ in walk(text, into_all):
                if node.tag == "a" and (href := attribute(node, "href")):
                    yield href


def _parse_media(node: LexborNode, kind: str) -> Media:
    inside = [node, *(each for each, _ in walk(node, into_all))]
    files = [attribute(each, "src") for each in inside if each.tag != "img"]
    files += [attribute(each, "srcset") for each in inside if each.tag == "source"]
    files += [attribute(each, "data-webp") for each in inside]
    stills = [_background(each) for each in inside]
    stills += [attribute(each, "src") for each in inside if each.tag == "img"]
    if kind in ("link-preview", "location"):
        files = [attribute(node, "href")]
    url = next(filter(None, files), "")
    still = next(filter(None, stills), "")
    if still == url or (kind in ("photo", "sticker", "service-photo") and not url):
        url, still = still, ""
    reader = _PostReader()
    reader.read(node, Place(zone="caption", quoted=True))
    return Media(kind, url, still, "\n".join(text for text, _ in reader.blocks))


def _parse_preview(root: LexborNode | None) -> Iterator[Post]:
    """Yield the post that the page of one post tells of, if it is such a page."""
    said: dict[str, str] = {}
    place = None
    for node, _ in walk(root, into_all):
        if node.tag == "meta":
            content = attribute(node, "content")
            said.setdefault(attribute(node, "property"), content)
            place = place or _APP_LINK.fullmatch(content)
        place = place or _DATA_POST.fullmatch(attribute(node, "data-telegram-post"))
    if place:
        shown = paragraphs(said.get("og:description", ""))
        yield Post(
            channel=place[1],
            id=int(place[2]),
            author=" ".join(paragraphs(said.get("og:title", ""))).replace("\n", " "),
            preview_only=True,
            blocks=tuple((text, "caption") for text in shown),
        )


def _background(node: LexborNode) -> str:
    found = _BACKGROUND.search(attribute(node, "style"))
    return found[2] if found else ""


def _time(date: LexborNode | None) -> str:
    times = (attribute(node, "datetime") for node, _ in walk(date, into_all))
    return " ".join(next(filter(None, times), "").split())


def _edit_mark(meta: LexborNode | None) -> str:
    """Return the words that stand in the footer beside the date: Telegram's mark."""
    if meta is None:
        return ""
    own = (
        node.text_content or ""
        for node in meta.iter(include_text=True)
        if node.tag == "-text"
    )
    mark = " ".join("".join(own).replace(",", " ").split())
    return mark if any(map(str.isalpha, mark)) else ""
