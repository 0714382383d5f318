"""Checkpoints: three lines, and nothing else."""

from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.checkpoints import Checkpoint, format_checkpoint, parse_checkpoint
from archiver.errors import MalformedError
from archiver.merkle import EMPTY_ROOT

ROOT = bytes(range(32))
ROOT64 = b64encode(ROOT).decode()
ORIGINS = st.text("abcxyz./-0189é№", min_size=1, max_size=30)


@given(ORIGINS, st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32))
@settings(deadline=None)
def test_a_checkpoint_reads_back_as_it_was_written(origin, size, root):
    checkpoint = Checkpoint(origin, size, root)
    assert parse_checkpoint(format_checkpoint(checkpoint)) == checkpoint


def test_a_checkpoint_is_origin_size_and_root_on_a_line_each():
    text = format_checkpoint(Checkpoint("example.com/log", 3, ROOT))
    assert text == f"example.com/log\n3\n{ROOT64}\n"


@given(st.text(max_size=80) | st.text("a/1\n=0 ", max_size=80))
@settings(deadline=None)
def test_a_random_text_is_refused_with_one_kind_of_error(text):
    with pytest.raises(MalformedError):
        parse_checkpoint(text)


@given(st.data())
@settings(deadline=None, max_examples=200)
def test_a_checkpoint_has_one_form(data):
    text = list(f"example.com/log\n30\n{ROOT64}\n")
    place = data.draw(st.integers(0, len(text) - 1))
    text[place] = data.draw(st.characters(exclude_categories=("Cs",)))
    changed = "".join(text)
    try:
        checkpoint = parse_checkpoint(changed)
    except MalformedError:
        return
    assert format_checkpoint(checkpoint) == changed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "expected three lines"),
        (f"example.com/log\n3\n{ROOT64}", "expected three lines"),
        (f"example.com/log\n3\n{ROOT64}\n\n", "expected three lines"),
        (f"example.com/log\n3\n{ROOT64}\nextension\n", "expected three lines"),
        (f"\n3\n{ROOT64}\n", "without spaces and plus signs"),
        (f"example.com/log+1\n3\n{ROOT64}\n", "without spaces and plus signs"),
        (f"DSSEv1 28 application\n3\n{ROOT64}\n", "without spaces and plus signs"),
        (f"cosignature/v1\n3\n{ROOT64}\n", "expected that of a log"),
        (f"example.com/log\n03\n{ROOT64}\n", "expected a decimal"),
        (f"example.com/log\n-3\n{ROOT64}\n", "expected a decimal"),
        (f"example.com/log\n٣\n{ROOT64}\n", "expected a decimal"),
        (f"example.com/log\n3 \n{ROOT64}\n", "expected a decimal"),
        (f"example.com/log\n{2**63}\n{ROOT64}\n", "expected a decimal"),
        (f"example.com/log\ntime 3\n{ROOT64}\n", "expected a decimal"),
        (f"example.com/log\r\n3\r\n{ROOT64}\r\n", "without spaces"),
        (f"example.com/log\n3\n{ROOT64[:-1]}\n", "canonical base64"),
        ("example.com/log\n3\nAAAA\n", "3 bytes long, expected 32"),
        (f"example.com/log\n0\n{ROOT64}\n", "the tree of 0 leaves has the root"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text, found):
    with pytest.raises(MalformedError, match=found):
        parse_checkpoint(text)


def test_the_empty_tree_has_the_hash_of_nothing_for_its_root():
    checkpoint = Checkpoint("example.com/log", 0, EMPTY_ROOT)
    text = "example.com/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    assert format_checkpoint(checkpoint) == text
    assert parse_checkpoint(text) == checkpoint


@pytest.mark.parametrize(
    "checkpoint",
    [
        Checkpoint("", 3, ROOT),
        Checkpoint("a\nb", 3, ROOT),
        Checkpoint("example.com/log", -1, ROOT),
        Checkpoint("example.com/log", 3, ROOT[:31]),
        Checkpoint("example.com/log", 0, ROOT),
    ],
)
def test_what_could_not_be_read_is_not_written(checkpoint):
    with pytest.raises(MalformedError):
        format_checkpoint(checkpoint)
