"""The elements of an HTML document, found by their classes.

Without recursion, and each element is looked at once: a selector of CSS can take the
square of the time, and the pages are hostile.
"""

from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborNode

from archiver.text import BlockReader


def walk(
    root: LexborNode | None, is_closed: Callable[[frozenset[str]], bool]
) -> Iterator[tuple[LexborNode, frozenset[str]]]:
    """Yield the elements inside ``root`` with their classes, in document order.

    Those inside an element whose classes are closed are passed over.
    """
    waiting = [iter(()) if root is None else root.iter()]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            continue
        names = classes(node)
        yield node, names
        if not is_closed(names):
            waiting.append(node.iter())


def into_all(_: frozenset[str]) -> bool:
    """Close no element: ``walk`` goes into every one."""
    return False


def classes(node: LexborNode) -> frozenset[str]:
    """Return the classes of an element."""
    return frozenset(attribute(node, "class").split())


def attribute(node: LexborNode | None, name: str) -> str:
    """Return the value of an attribute; empty where there is none."""
    return (node.attributes.get(name) or "") if node else ""


def words_of(node: LexborNode | None) -> str:
    """Return what is written inside an element, in one line."""
    reader = BlockReader()
    reader.read(node)
    return " ".join(text.replace("\n", " ") for text, _ in reader.blocks)
