"""In which encoding a document was read, in words."""

import json
from typing import get_args

import pytest

from archiver.documents.charsets import Charset, Voucher
from claims.charset_words import charset_stored, charset_told, charset_value

GUESSED = Charset("koi8-u", "guess", ("it is a guess", "one place cannot be read"))


@pytest.mark.parametrize("source", get_args(Voucher))
def test_each_source_has_its_words(source):
    told = charset_told(Charset("koi8-u", source))
    assert told["name"] == "koi8-u"
    assert told["how"]
    assert told["doubts"] == []


def test_each_doubt_is_a_sentence():
    doubts = charset_told(GUESSED)["doubts"]
    assert doubts == ["It is a guess.", "One place cannot be read."]


def test_what_was_stored_is_told_as_before():
    assert charset_stored(json.dumps(charset_value(GUESSED))) == charset_told(GUESSED)
    assert charset_stored(None) is None
