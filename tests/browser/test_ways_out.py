"""Every way in which a page can have a browser speak to somebody, and none leads in.

The page's own server is let in by its address; beside it listen two that are not, one
for connections and one for datagrams, on all addresses of this machine.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from tests.browsed import HTML, browse
from tests.site import Site, page

pytestmark = pytest.mark.needs("chromium")

HEAD = """<!doctype html><title>Ways out</title>
<link rel="dns-prefetch" href="//{tcp}"><link rel="preconnect" href="http://{tcp}">
<link rel="prerender" href="http://{tcp}/1"><link rel="prefetch" href="http://{tcp}/2">
<link rel="modulepreload" href="http://{tcp}/3">
<link rel="manifest" href="http://{tcp}/4"><link rel="icon" href="http://{tcp}/5">
<script type="speculationrules">{{"prerender": [{{"source": "list", "urls":
["http://{tcp}/6", "/on"]}}], "prefetch": [{{"source": "list", "urls":
["http://{tcp}/7"]}}]}}</script><p>The words.</p>
<iframe src="http://{tcp}/8"></iframe><iframe src="file:///etc/passwd"></iframe>
<iframe src="view-source:http://{tcp}/"></iframe><object data="http://{tcp}/9"></object>
<embed src="http://{tcp}/10"><img src="http://0.0.0.0:{port}/"><img src="ftp://{tcp}/">
<img src="http://[::1]:{port}/"><img src="http://2130706433:{port}/">
<img src="http://localhost:{port}/"><img src="http://a.localhost:{port}/">
<img src="http://[::ffff:127.0.0.1]:{port}/"><img src="http://127.0.0.1.:{port}/">
<img src="http://①②⑦.⓪.⓪.①:{port}/"><form action="http://{tcp}/11" method="post"
target="other"></form><a href="http://{tcp}/12" ping="http://{tcp}/13" target="_blank">
"""
SCRIPT = """<script>
const quietly = (act) => { try { act(); } catch { } };
const servers = ["stun:%UDP%", "stun:%TCP%", "turn:%TCP%?transport=tcp",
  "turns:%TCP%?transport=tcp", "turn:%UDP%?transport=udp"];
quietly(() => {
  const peer = new RTCPeerConnection({iceServers: servers.map(
    (urls) => ({urls, username: "a", credential: "b"}))});
  peer.createDataChannel("x");
  peer.createOffer().then((offer) => peer.setLocalDescription(offer));
});
quietly(() => new WebTransport("https://%UDP%/"));
quietly(() => new WebSocket("ws://%TCP%/"));
quietly(() => new EventSource("http://%TCP%/"));
quietly(() => window.open("http://%TCP%/"));
quietly(() => navigator.sendBeacon("http://%TCP%/", "x"));
quietly(() => fetch("http://%TCP%/", {mode: "no-cors"}).catch(() => 0));
quietly(() => new Worker(URL.createObjectURL(
  new Blob(["fetch('http://%TCP%/', {mode: 'no-cors'})"]))));
quietly(() => navigator.serviceWorker.register("/worker.js"));
quietly(() => document.forms[0].submit());
quietly(() => document.querySelector("a").click());
quietly(() => new PaymentRequest([{supportedMethods: "http://%TCP%/"}],
  {total: {label: "x", amount: {currency: "USD", value: "1"}}}).canMakePayment());
document.body.append("All was tried.");
</script>"""
FIELDS = (
    "Refresh: 60; url=http://{tcp}/",
    "Link: <http://{tcp}/>; rel=preload; as=script",
    'Reporting-Endpoints: default="https://{tcp}/"',
    "Content-Security-Policy-Report-Only: img-src 'none'; report-uri http://{tcp}/csp",
    'Alt-Svc: h3="{udp}", h2="{tcp}"',
)


class Listeners:
    """A place for connections and one for datagrams; ``heard`` is what came."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._tcp = socket.create_server(("", 0))
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("", 0))
        for listen in (self._accept, self._receive):
            threading.Thread(target=listen, daemon=True).start()

    @property
    def ports(self) -> tuple[int, int]:
        return self._tcp.getsockname()[1], self._udp.getsockname()[1]

    def close(self) -> None:
        for sock in (self._tcp, self._udp):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, peer = self._tcp.accept()
                self.heard.append(f"a connection from {peer}".encode())
                sock.close()

    def _receive(self) -> None:
        with suppress(OSError):
            while data := self._udp.recv(2000):
                self.heard.append(data)


@pytest.fixture
def listeners() -> Iterator[Listeners]:
    with closing(Listeners()) as found:
        yield found


def test_no_way_out_of_a_page_leads_to_an_inner_server(tmp_path, listeners):
    port, datagrams = listeners.ports
    named = {"tcp": f"127.0.0.1:{port}", "udp": f"127.0.0.1:{datagrams}", "port": port}
    script = SCRIPT.replace("%TCP%", named["tcp"]).replace("%UDP%", named["udp"])
    fetch = f"fetch('http://{named['tcp']}/', {{mode: 'no-cors'}})"
    body = (HEAD.format(**named) + script).encode()
    pages = {
        "/": page(body, HTML, *(field.format(**named) for field in FIELDS)),
        "/on": page(f"<script>{fetch}</script>".encode(), HTML),
        "/worker.js": page(
            f"oninstall = (e) => e.waitUntil({fetch})".encode(),
            "Content-Type: text/javascript",
        ),
    }
    with Site(pages, keep_alive=True) as site:
        seen, records = browse(site.url(), tmp_path, site.address, timeout=25)
        assert site.count("/worker.js") == 1
    assert listeners.heard == []
    assert b"</a>All was tried." in records[seen.main_record][3]
    refused = {each["url"] for each in seen.browser["blocked"]}
    for place in (2, 3, 8, 9, 10):
        assert f"http://{named['tcp']}/{place}" in refused
    assert f"http://{named['tcp']}/csp" in refused
