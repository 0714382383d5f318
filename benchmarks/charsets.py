"""Hold guesses of encodings against one another: pages of forty languages, undeclared.

Each language is written in every encoding that its pages were once written in, as a
headline, a short page, a middle and a long one (``charsets.toml``).  A detector is
right where its answer turns the bytes into what was written.  Peers are measured where
they are installed, as in a folder that ``PYTHONPATH`` names: charset-normalizer,
chardet, faust-cchardet, resiliparse.
"""

import importlib
import re
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chardetng_py.detector import EncodingDetector

from archiver.documents.charsets import read_characters
from archiver.documents.decoding import decode_loosely, decode_strictly, name_of

TABLE = Path(__file__).with_suffix(".toml")
SIZES = ("headline", "short", "middle", "long")
HEAD = (
    "<!doctype html><title>{0}</title><script>if(a<2){{b()}}</script>"
    '<div id="nav"><a href="/?id=1">1</a> | <a href="/news/">2</a></div><h1>{0}</h1>'
)
FOOT = '<div id="foot">&copy; <a href="mailto:a@example.org">example.org</a></div>'
MARKUP = re.compile(rb"<[^<>]*>")
OTHERS = {"windows-874": ("tis-620",), "shift_jis": ("cp932",), "euc-kr": ("cp949",)}

Guess = Callable[[bytes], str | None]


@dataclass(frozen=True)
class Sample:
    """A page, and what it says."""

    language: str
    size: str
    label: str
    data: bytes

    @property
    def text(self) -> str:
        """Return what was written."""
        return decode_loosely(self.data, name_of(self.label.rstrip("&")))


def samples() -> Iterator[Sample]:
    """Make each page of each language in each of its encodings."""
    for language, said in tomllib.loads(TABLE.read_text(encoding="utf-8")).items():
        for size, page in pages(said["headline"], said["sentences"]):
            for label in said["encodings"]:
                yield Sample(language, size, label, encoded(page, label))


def pages(headline: str, sentences: list[str]) -> Iterator[tuple[str, str]]:
    """Return a page of each size."""
    yield SIZES[0], f"<h1>{headline}</h1>"
    for size, words in zip(SIZES[1:], ([], sentences[:2], sentences * 3), strict=True):
        body = "".join(f"<p>{sentence}</p>\n" for sentence in words)
        yield size, HEAD.format(headline) + body + FOOT


def encoded(page: str, label: str) -> bytes:
    """Encode a page by Python's codec, which has all letters that are in the table."""
    codec = {"windows-874": "cp874", "x-mac-cyrillic": "mac-cyrillic"}
    plain = label.rstrip("&")
    return page.encode(codec.get(plain, plain), "xmlcharrefreplace")


def detectors() -> dict[str, Guess]:
    """Return ours, chardetng alone, and each peer that is installed."""
    found: dict[str, Guess] = {
        "ours": lambda data: read_characters(data, None, html=True)[1].name,
        "chardetng": chardetng,
    }
    for name, module, guess in (
        ("charset-normalizer", "charset_normalizer", normalizer),
        ("chardet", "chardet", chardet),
        ("faust-cchardet", "cchardet", chardet),
        ("resiliparse", "resiliparse.parse.encoding", resiliparse),
    ):
        try:
            peer = importlib.import_module(module)
        except ImportError:
            print(f"{name} is not installed")
            continue
        found[name] = lambda data, guess=guess, peer=peer: guess(peer, data)
    return found


def chardetng(data: bytes) -> str:
    """Ask chardetng."""
    detector = EncodingDetector()
    detector.feed(data, last=True)
    return str(detector.guess(tld=None, allow_utf8=True))


def normalizer(peer: Any, data: bytes) -> str | None:
    """Ask charset-normalizer."""
    best = peer.from_bytes(MARKUP.sub(b" ", data)).best()
    return best.encoding if best else None


def chardet(peer: Any, data: bytes) -> str | None:
    """Ask chardet, or one that has its interface."""
    found: str | None = peer.detect(MARKUP.sub(b" ", data))["encoding"]
    return found


def resiliparse(peer: Any, data: bytes) -> str:
    """Ask resiliparse."""
    return str(peer.detect_encoding(MARKUP.sub(b" ", data)))


def is_right(sample: Sample, answer: str | None) -> bool:
    """Say whether an answer turns the bytes into what was written."""
    if b"\x1b" not in sample.data:
        text = decode_strictly(sample.data, "utf-8")
        if text is not None:
            return text == sample.text
    return answer is not None and decoded(sample.data, answer) == sample.text


def decoded(data: bytes, answer: str) -> str:
    """Decode by the standard's encoding, or by Python's where it has none so called."""
    name = name_of(answer.replace("_", "-")) or name_of(answer)
    for standard, others in OTHERS.items():
        name = standard if answer.lower() in others else name
    if name:
        return decode_loosely(data, name)
    try:
        return data.decode(answer, "replace")
    except LookupError:
        return ""


def main() -> None:
    """Print how many pages of each size each detector reads rightly."""
    every = list(samples())
    counts = Counter(sample.size for sample in every)
    columns = "".join(f"{size:>12}" for size in SIZES)
    print(f"{'':20}{columns}{'all':>9}{'ms/page':>10}")
    for name, guess in detectors().items():
        right: Counter[str] = Counter()
        start = time.perf_counter()
        answers = [guess(sample.data) for sample in every]
        spent = (time.perf_counter() - start) / len(every) * 1000
        for sample, answer in zip(every, answers, strict=True):
            right[sample.size] += is_right(sample, answer)
        row = "".join(f"{right[size]:>8}/{counts[size]:<3}" for size in SIZES)
        share = sum(right.values()) / len(every)
        print(f"{name:20}{row}{share:>9.1%}{spent:>10.2f}")


if __name__ == "__main__":
    main()
