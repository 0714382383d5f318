"""The labels of a capture, beside those that it gives itself.

They are judged once, when the snapshot is made, from the bytes of its main record, and
signed with it.
"""

from typing import Any

from archiver.labels.glance import Page
from archiver.labels.page import label_page
from archiver.layers import Document
from archiver.snapshots import Judge
from archiver.text import TextLayer
from archiver.wire.observation import Observation


def judge_capture(seen: Observation) -> Judge:
    """Return what labels the page of a capture, beside the labels that it has."""

    def judge(document: Document, layer: TextLayer | None) -> dict[str, Any]:
        page = Page(
            requested_url=seen.requested_url,
            final_url=seen.final_url,
            status=seen.status,
            fields=seen.fields,
            media_type=document.media_type,
            document=document.data,
            charset=document.charset,
            text=layer.text if layer else None,
            zones=layer.zones if layer else (),
        )
        found = {label.word: label.why for label in label_page(page)}
        return {
            "labels": [*seen.labels, *found],
            "labelReasons": {**dict(seen.label_reasons), **found},
        }

    return judge
