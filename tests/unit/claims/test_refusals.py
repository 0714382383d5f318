"""What is refused before Datasette sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.website.refusals import (
    MAX_QUERY,
    SiteSettings,
    allowed_methods,
    local_path,
    refuse,
)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "FOO"])
def test_nothing_but_reading_is_answered(method):
    refusal = refuse(method, "/claim/c-aa9vzf4n", b"")
    assert refusal is not None
    assert refusal.status == 405
    assert method in refusal.message


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/", "/claim/c-1", "/sourcebook", "/-/static/a.css"])
def test_reading_is_answered(method, path):
    assert refuse(method, path, b"") is None


def test_only_files_of_the_archive_answer_options():
    assert allowed_methods("/archive/a") == ("GET", "HEAD", "OPTIONS")
    assert refuse("OPTIONS", "/archive/a", b"") is None
    assert refuse("OPTIONS", "/claim/c-1", b"").status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/-",
        "/-/versions",
        "/-/versions.json",
        "/-/plugins.json",
        "/-/settings",
        "/-/databases.json",
        "/-/metadata.json",
        "/-/threads",
        "/-/actor.json",
        "/-/allow-debug",
        "/-/patterns",
        "/-/messages",
        "/-/permissions",
        "/-/auth-token",
        "/-/static/../versions",
        "/-/refused",
        "//evil.example/",
        "/\\evil.example",
        "",
        "no-slash",
    ],
)
def test_no_page_of_datasettes_own_is_there(path):
    assert refuse("GET", path, b"").status == 404


@pytest.mark.parametrize(
    "query",
    [
        b"_where=1=1",
        b"_through={}",
        b"_facet=claim",
        b"_facet_array=claim",
        b"_stream=on",
        b"_timelimit=99999",
        b"_trace=1",
        b"_context=1",
        b"_searchmode=raw",
        b"_ttl=0",
        b"_json=x",
        b"_nosuggest=1",
        b"_extra=all",
        b"sql=select+1&_=",
        b"_filter_column_100=a",
        b"kind__in=[[[",
        b"kind__notin=[" + b"[" * 3000,
        b"a=%ff",
        b"a=\xff",
        b"a=%00",
        b"&".join(b"a=1" for _ in range(41)),
    ],
)
def test_fields_that_cost_time_or_show_more_are_refused(query):
    assert refuse("GET", "/~73ourcebook/claims", query).status == 400


@pytest.mark.parametrize(
    "query",
    [
        b"",
        b"q=%D0%91&page=1",
        b"_sort=id&_size=10&_next=abc",
        b"kind=fact&claim__contains=x",
        b"_filter_column=kind&_filter_op=exact&_filter_value=fact",
        b"_filter_column_1=kind&_filter_op_1=exact&_filter_value_1=fact",
        b"_shape=array&_nl=on",
        b"kind__in=fact,norm",
        b'kind__in=["fact","norm"]',
    ],
)
def test_filtering_sorting_and_turning_pages_is_answered(query):
    assert refuse("GET", "/sourcebook/claims", query) is None


def test_a_query_has_a_greatest_length():
    assert refuse("GET", "/", b"q=" + b"a" * (MAX_QUERY - 2)) is None
    assert refuse("GET", "/", b"q=" + b"a" * MAX_QUERY).status == 400


@given(st.text(), st.binary(max_size=60))
def test_any_request_is_let_through_or_refused_with_a_status(path, query):
    refusal = refuse("GET", path, query)
    assert refusal is None or refusal.status in (400, 404)


def test_the_path_is_read_as_it_came_without_the_base_url():
    settings = SiteSettings(base_url="/archive-of-ours/")
    scope = {"path": "/x", "raw_path": b"/archive-of-ours/log%2F1?page=2"}
    assert local_path(scope, settings) == "/log%2F1"
    assert local_path(scope, SiteSettings()) == "/archive-of-ours/log%2F1"
    assert local_path({"path": "/log"}, settings) == "/log"


def test_a_path_that_is_not_ascii_is_no_address():
    assert local_path({"path": "/x", "raw_path": b"/\xff"}, SiteSettings()) == ""
