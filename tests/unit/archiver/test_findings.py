"""A report keeps what was found, and knows how the checking ended."""

from archiver.findings import Finding, Report


def test_a_warning_or_a_note_fails_nothing_and_an_error_does():
    report = Report()
    assert report.exit_code == 0
    report.add("C23", "a.toml:3", "a name stands in no quote", "warning")
    report.add("time", "logs/1", "no outside time", "note")
    assert (report.errors, report.exit_code) == ([], 0)
    report.add("changed", "a.toml", "another hash", hint="restore it")
    assert report.exit_code == 1
    assert report.errors == [
        Finding("changed", "a.toml", "another hash", hint="restore it")
    ]


def test_a_finding_is_one_object_with_every_key():
    assert Finding("C04", "a.toml:7", "absent").as_dict() == {
        "code": "C04",
        "severity": "error",
        "place": "a.toml:7",
        "message": "absent",
        "hint": "",
    }


def test_what_was_looked_at_is_counted_by_kind():
    report = Report()
    report.count("records", 3)
    report.count("records")
    report.count("claims")
    assert report.checked == {"records": 4, "claims": 1}
