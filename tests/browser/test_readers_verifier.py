"""The reader's verifier in a real Chromium: what holds, and what each forgery fails at.

The page is opened from ``file://``, as a reader opens a saved copy, with the files of
the shipped archive and with tampered copies of them.
"""

import base64
import hashlib
import json
import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archiver import ed25519
from archiver.shipped import PIN
from archiver.signers import pin
from archiver.statements import Envelope, format_bundle, pae, parse_bundle
from sourcebook import cli
from tests.conftest import ROOT
from tests.site import Site
from tests.site import page as web_page

pytestmark = pytest.mark.needs("chromium")

ARCHIVE = ROOT / "archives/kz-handover-2026"
PAGE = ROOT / "datasette/static/verify.html"
WEAK = json.loads((ROOT / "tests/interop/c2sp/weak-keys.json").read_bytes())["keys"]
GOOD_STEPS = [
    *("browser", "pin", "policy", "signers"),
    *("bundle", "signature", "statement", "inclusion", "checkpoint", "role"),
    *("facts", "file", "openings", "root", "records", "text", "custody"),
]


def statement_of(kind):
    """Return the path of the archive's first statement of a type."""
    for path in sorted(ARCHIVE.glob("statements/??/*.sigstore.json")):
        payload = json.loads(parse_bundle(path.read_bytes()).payload)
        if payload["predicateType"].endswith(f"/{kind}/v1"):
            return path
    raise AssertionError(kind)


def receipt_of(statement):
    return statement.with_name(statement.name.replace(".sigstore.json", ".tlog-proof"))


@pytest.fixture
def given(tmp_path):
    """Copy what a reader needs for one snapshot into a folder; return it by kind."""
    statement = statement_of("snapshot")
    sources = {
        "warc": next(ARCHIVE.glob("snapshots/??/*.warc.gz")),
        "openings": next(ARCHIVE.glob("snapshots/??/*.records.jsonl")),
        "text": next(ARCHIVE.glob("snapshots/??/*.text")),
        "statement": statement,
        "receipt": receipt_of(statement),
        "policy": ARCHIVE / "trust/1/policy",
        "signers": ARCHIVE / "trust/1/signers",
    }
    copies = {}
    for kind, source in sources.items():
        copies[kind] = tmp_path / source.name
        copies[kind].write_bytes(source.read_bytes())
    return copies


@pytest.fixture
def page(browser):
    """Open the page from file://; whatever it asks for is noted, and must be itself."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    asked, faults = [], []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text))
    opened.goto(PAGE.as_uri())
    yield opened
    context.close()
    assert faults == []
    assert [url for url in asked if not url.startswith("data:")] == [PAGE.as_uri()]


class Result:
    """What the page says: the whole, and each step's verdict and words."""

    def __init__(self, page):
        self.overall = page.locator("#overall").get_attribute("data-verdict")
        self.said = page.locator("#overall").inner_text()
        self.steps = page.evaluate(
            "[...document.querySelectorAll('.step')].map((one) =>"
            " [one.dataset.step, one.dataset.verdict, one.textContent])"
        )

    def named(self, verdict):
        return [name for name, found, _ in self.steps if found == verdict]

    def words(self, step):
        return next(words for name, _, words in self.steps if name == step)


def check(page, files, pin_text=PIN):
    """Choose files, type a pin, press the button; return what is said."""
    page.get_by_role("button", name="Start again").click()
    page.get_by_label("Files of one snapshot").set_input_files(list(files))
    return press(page, pin_text)


def check_folder(page, folder, pin_text=PIN):
    page.get_by_role("button", name="Start again").click()
    page.get_by_label("Or the folder of a whole archive").set_input_files(folder)
    return press(page, pin_text)


def press(page, pin_text):
    page.get_by_label("Pin (SHA-256, 64 digits)").fill(pin_text)
    page.get_by_role("button", name="Check", exact=True).click()
    page.locator("#overall").wait_for(state="visible")
    return Result(page)


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def resign(path, private, *, payload=None, keyid=None):
    """Sign a statement's payload again, with a key of a stranger's."""
    payload = payload or parse_bundle(path.read_bytes()).payload
    own = ed25519.keyid(private.public_key())
    envelope = Envelope(payload, private.sign(pae(payload)), keyid or own)
    path.unlink()
    path.with_name(f"{envelope.id}.sigstore.json").write_bytes(format_bundle(envelope))
    return path.with_name(f"{envelope.id}.sigstore.json")


def test_the_shipped_snapshot_holds_step_by_step(page, given):
    result = check(page, given.values())
    assert result.overall == "holds", result.steps
    assert [name for name, _, _ in result.steps] == GOOD_STEPS
    assert result.named("holds") == GOOD_STEPS
    assert result.said == f"It holds: all {len(GOOD_STEPS)} steps."
    assert PIN in result.words("pin")
    assert given["warc"].name[:64] in result.words("file")
    assert "Supplied:" in result.words("custody")
    assert "Nothing here shows where they were before" in result.words("custody")


def test_files_may_be_chosen_one_by_one_and_renamed(page, given, tmp_path):
    renamed = given["warc"].rename(tmp_path / "download.gz")
    page.get_by_role("button", name="Start again").click()
    for path in (renamed, *list(given.values())[1:]):
        page.get_by_label("Files of one snapshot").set_input_files(path)
    assert press(page, f"sha256:{PIN}").overall == "holds"


def test_a_whole_archive_holds(page):
    result = check_folder(page, ARCHIVE)
    assert result.overall == "holds", [one for one in result.steps if one[1] != "holds"]
    assert {"log", "release", "rest", "records", "text"} <= set(result.named("holds"))


@pytest.fixture
def observed(tmp_path):
    """Make an archive with one capture by the commands; return its folder and pin."""
    folder = tmp_path / "desk"
    html = b"<!doctype html><title>A notice</title><h1>Quay three is closed</h1>"

    def run(*words):
        runner = CliRunner(env={"SOURCEBOOK_ARCHIVE": str(folder)})
        done = runner.invoke(cli, [*words, "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    made = run("init", str(folder), "--no-passphrase")
    with Site({"/notice": web_page(html, "Content-Type: text/html")}) as server:
        run("capture", server.url("/notice"), "--allow-address", server.address)
    return folder, made["pin"]


def test_an_archive_with_a_capture_holds_and_says_who_observed(page, observed):
    folder, own = observed
    result = check_folder(page, folder, own)
    assert result.overall == "holds", [one for one in result.steps if one[1] != "holds"]
    assert "Observed:" in result.words("custody")
    assert "no signature shows" in result.words("custody")


def test_a_later_trust_folder_is_named_and_never_green(page, observed):
    folder, own = observed
    shutil.copytree(folder / "trust/1", folder / "trust/2")
    result = check_folder(page, folder, own)
    assert (result.overall, result.named("fails")) == ("fails", ["release"])
    assert result.named("unchecked") == ["rest"]
    assert "trust/2/policy" in result.words("rest")


def test_a_byte_of_the_warc_fails_the_file_and_names_the_record(page, given):
    flip(given["warc"], 1000)
    result = check(page, given.values())
    assert (result.overall, result.named("fails")) == ("fails", ["file", "records"])
    assert "record 1 at byte 353" in result.words("records")


def test_a_record_packed_anew_is_told_from_one_that_was_changed(page, given):
    flip(given["warc"], 9)  # the gzip header's field for the system
    result = check(page, given.values())
    assert result.named("fails") == ["file", "records"]
    assert "packed otherwise than was said; its content is" in result.words("records")


def test_a_member_with_a_comment_in_it_fails(page, given):
    flip(given["warc"], 3)  # the gzip header's flags
    result = check(page, given.values())
    assert result.named("fails") == ["file", "records"]
    assert "expected the plain gzip header" in result.words("records")


def test_bytes_after_the_last_record_fail(page, given):
    given["warc"].write_bytes(given["warc"].read_bytes() + b"\n")
    result = check(page, given.values())
    assert result.named("fails") == ["file", "records"]
    assert "the last record ends at byte" in result.words("records")


def test_a_byte_of_the_text_fails_the_text_alone(page, given):
    flip(given["text"], 100)
    result = check(page, given.values())
    assert (result.overall, result.named("fails")) == ("fails", ["text"])


@pytest.mark.parametrize("part", ["payload", "signature"])
def test_a_byte_of_the_payload_or_signature_fails_the_signature(page, given, part):
    path = given.pop("statement")
    envelope = parse_bundle(path.read_bytes())
    payload, signature = bytearray(envelope.payload), bytearray(envelope.signature)
    if part == "payload":
        payload[payload.index(b"complete")] ^= 1
    else:
        signature[3] ^= 1
    forged = Envelope(bytes(payload), bytes(signature), envelope.keyid)
    path.unlink()
    path = path.with_name(f"{forged.id}.sigstore.json")
    path.write_bytes(format_bundle(forged))
    result = check(page, [path, *given.values()])
    assert (result.overall, result.named("fails")) == ("fails", ["signature"])
    rest = GOOD_STEPS[GOOD_STEPS.index("statement") :]
    assert result.named("unchecked") == rest


def test_a_statement_under_another_name_or_with_more_bytes_fails(page, given):
    given["statement"].write_bytes(given["statement"].read_bytes() + b"\n")
    assert check(page, given.values()).named("fails") == ["bundle"]
    given["statement"].write_bytes(statement_of("release").read_bytes())
    assert check(page, given.values()).named("fails") == ["bundle"]


def test_another_pin_fails_and_its_keys_are_not_used(page, given):
    result = check(page, given.values(), "0" * 64)
    assert (result.overall, result.named("fails")) == ("fails", ["pin"])
    assert result.named("holds") == ["browser", "bundle"]


def test_without_a_pin_it_is_only_consistent_with_itself(page, given):
    result = check(page, given.values(), "")
    assert result.overall == "unchecked"
    assert result.said == "Consistent with itself; keys not pinned."
    assert result.named("unchecked") == ["pin"]


def test_a_receipt_of_another_entry_fails_the_inclusion(page, given):
    other = receipt_of(statement_of("policy"))
    given["receipt"].write_bytes(other.read_bytes())
    result = check(page, given.values())
    assert (result.overall, result.named("fails")) == ("fails", ["inclusion"])
    assert result.named("unchecked") == ["checkpoint", "role", "custody"]


def test_a_checkpoint_that_the_log_did_not_sign_fails(page, given):
    lines = given["receipt"].read_text("utf-8").split(" ")
    signature = bytearray(base64.b64decode(lines[-1]))
    signature[20] ^= 1
    lines[-1] = base64.b64encode(signature).decode() + "\n"
    given["receipt"].write_text(" ".join(lines), "utf-8")
    result = check(page, given.values())
    assert (result.overall, result.named("fails")) == ("fails", ["checkpoint"])


def test_a_missing_receipt_is_not_checked_and_the_whole_not_green(page, given):
    given.pop("receipt")
    result = check(page, given.values())
    assert (result.overall, result.named("fails")) == ("unchecked", [])
    unchecked = ["inclusion", "checkpoint", "role", "custody"]
    assert result.named("unchecked") == unchecked
    assert "receipt was not given" in result.words("inclusion")


@pytest.mark.parametrize("kind", ["warc", "openings", "text", "policy", "statement"])
def test_what_is_missing_is_never_green(page, given, kind):
    given.pop(kind)
    result = check(page, given.values())
    assert (result.overall, result.named("fails")) == ("unchecked", [])


def test_a_changed_salt_fails_the_root(page, given):
    lines = given["openings"].read_bytes().split(b"\n")
    salt = json.loads(lines[0])["salt"].encode()
    lines[0] = lines[0].replace(salt, salt[::-1])
    given["openings"].write_bytes(b"\n".join(lines))
    result = check(page, given.values())
    assert (result.overall, result.named("fails")) == ("fails", ["root"])
    assert result.named("unchecked") == ["records"]


def test_a_changed_salt_of_the_text_fails_the_text(page, given):
    data = given["openings"].read_bytes()
    salt = json.loads(data.splitlines()[-1])["text"]["salt"].encode()
    given["openings"].write_bytes(data.replace(salt, salt[::-1]))
    result = check(page, given.values())
    assert (result.overall, result.named("fails")) == ("fails", ["text"])


def test_a_strangers_key_fails_though_its_signature_is_good(page, given):
    given["statement"] = resign(given["statement"], Ed25519PrivateKey.generate())
    result = check(page, given.values())
    assert (result.overall, result.named("fails")) == ("fails", ["signature"])
    assert "not among the 1 signers" in result.words("signature")


def test_a_stranger_who_names_our_key_fails(page, given):
    ours = parse_bundle(given["statement"].read_bytes()).keyid
    stranger = Ed25519PrivateKey.generate()
    given["statement"] = resign(given["statement"], stranger, keyid=ours)
    result = check(page, given.values())
    assert result.named("fails") == ["signature"]


def test_a_signer_without_the_role_fails_at_the_role(page, given):
    text = given["signers"].read_text("utf-8").replace(",capturer", ",reviewer")
    given["signers"].write_text(text, "utf-8")
    own = pin(given["policy"].read_bytes(), given["signers"].read_bytes())
    result = check(page, given.values(), own)
    assert (result.overall, result.named("fails")) == ("fails", ["role"])
    assert result.named("unchecked") == ["custody"]


def test_a_signer_who_comes_later_in_the_log_fails_at_the_role(page, given):
    text = given["signers"].read_text("utf-8").replace("from 1/0", "from 1/3")
    given["signers"].write_text(text, "utf-8")
    own = pin(given["policy"].read_bytes(), given["signers"].read_bytes())
    assert check(page, given.values(), own).named("fails") == ["role"]


@pytest.mark.parametrize("weak", [one["key"] for one in WEAK])
def test_a_weak_key_among_the_signers_fails_and_vouches_for_nothing(page, given, weak):
    spki = bytes.fromhex("302a300506032b6570032100" + weak)
    keyid = hashlib.sha256(spki).hexdigest()
    line = f"{keyid} {base64.b64encode(spki).decode()} capturer from 1/0 a stranger\n"
    given["signers"].write_bytes(line.encode())
    payload = parse_bundle(given["statement"].read_bytes()).payload
    forged = Envelope(payload, b"\1" + bytes(63), keyid)
    given["statement"].write_bytes(format_bundle(forged))
    own = pin(given["policy"].read_bytes(), line.encode())
    result = check(page, given.values(), own)
    assert (result.overall, result.named("fails")) == ("fails", ["signers"])
    assert "weak key" in result.words("signers")
    assert "signature" in result.named("unchecked")


def test_a_file_of_a_release_that_was_changed_fails_the_release(page, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(ARCHIVE, copy)
    flip(copy / "cases/kz-handover/case.toml", 10)
    result = check_folder(page, copy)
    assert (result.overall, result.named("fails")) == ("fails", ["release"])


def test_a_file_more_or_less_is_seen_in_an_archive(page, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(ARCHIVE, copy)
    (copy / "cases/more.toml").write_text("more = 1\n")
    assert check_folder(page, copy).named("fails") == ["release"]
    (copy / "cases/more.toml").unlink()
    snapshot = next((copy / "snapshots").glob("??/*.warc.gz"))
    (snapshot.parent / f"{'0' * 64}.text").write_text("more")
    assert check_folder(page, copy).named("fails") == ["rest"]
    (snapshot.parent / f"{'0' * 64}.text").unlink()
    release = copy / statement_of("release").relative_to(ARCHIVE)
    receipt_of(release).unlink()
    release.unlink()
    result = check_folder(page, copy)
    assert (result.overall, result.named("fails")) == ("fails", ["log"])
    snapshot.unlink()
    assert "file" in check_folder(page, copy).named("unchecked")


def test_a_browser_without_ed25519_checks_nothing(page, given):
    page.evaluate(
        "() => { crypto.subtle.importKey = async () => { throw new Error('none'); }; }"
    )
    result = check(page, given.values())
    assert (result.overall, result.named("unchecked")) == ("unchecked", GOOD_STEPS[:4])
    assert "cannot check here" in result.words("browser")
    assert result.said.startswith("Cannot check here")


HOSTILE_JSON = (
    b'{"a":1,"a":2}',
    b'{"a":1.0}',
    b"1e3",
    b"9007199254740992",
    b'"\\ud800"',
    b'"open',
    b'"\x01"',
    b"\xef\xbb\xbf1",
    b'"\xff"',
    b"NaN",
    b"01",
    b"[1,]",
    b'{"a":1,}',
    b"1 2",
    b"",
    b"[" * 100000,
    b"[" * 65 + b"]" * 65,
)


@pytest.mark.parametrize("data", HOSTILE_JSON, ids=lambda data: repr(data[:20]))
def test_json_that_two_readers_could_read_differently_is_refused(page, data):
    found = page.evaluate(
        "(bytes) => { try { parseJson(Uint8Array.from(bytes), 'it'); return 'read'; }"
        " catch (error) { return error instanceof Fail ? 'refused' : `${error}`; } }",
        list(data),
    )
    assert found == "refused"


def test_plain_json_is_read_as_it_is(page):
    value = {
        "a": [1, -2, {"b": "é\n\U0001f600"}],
        "__proto__": None,
        "c": [True, False],
    }
    found = page.evaluate(
        "(text) => JSON.stringify(parseJson(encode(text), 'it'))", json.dumps(value)
    )
    assert json.loads(found) == value


def test_what_a_stranger_wrote_is_shown_escaped(page):
    shown = page.evaluate("show('a\\u202eb\\u0007<i>')")
    assert shown == '"a\\u{202e}b\\u0007<i>"'


def test_the_policy_of_the_page_names_its_script_and_style(page):
    text = PAGE.read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        [inside] = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert rules.pop(rule) == f"'sha256-{digest}'"
    assert rules == {"default-src": "'none'", "img-src": "data:"}
    assert page.evaluate("isSecureContext")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_is_too_wide(page, given, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    axe = Axe()
    for change in ("none", "receipt", "text"):
        if change == "receipt":
            given.pop("receipt")
        elif change == "text":
            flip(given["text"], 9)
        check(page, given.values())
        faults = axe.run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in faults] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_works_by_keyboard_and_speaks_its_results(page, given):
    page.get_by_label("Files of one snapshot").set_input_files(list(given.values()))
    page.get_by_label("Pin (SHA-256, 64 digits)").focus()
    page.keyboard.insert_text(PIN)
    page.keyboard.press("Enter")
    page.locator("#overall").wait_for(state="visible")
    assert Result(page).overall == "holds"
    assert page.locator("#results").get_attribute("aria-live") == "polite"
    assert page.locator("#overall").get_attribute("role") == "status"


def test_the_site_serves_it_with_its_own_script_and_no_other(open_shipped, given):
    page = open_shipped("/verify")
    link = page.get_by_role("link", name="open it here")
    digest = hashlib.sha256(PAGE.read_bytes()).hexdigest()
    assert page.get_by_text(digest).count() == 1
    link.click()
    page.wait_for_url("**/static/verify.html")
    result = check(page, given.values())
    assert result.overall == "holds"
    refused = page.evaluate(
        "() => { const one = document.createElement('script');"
        " one.textContent = 'window.ran = true'; document.head.append(one);"
        " return window.ran === undefined; }"
    )
    assert refused
