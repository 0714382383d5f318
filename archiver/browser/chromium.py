"""Finding a Chromium, and starting it so that it asks for nothing but the page.

It is one that the operator has installed; none is downloaded.  It runs in a profile of
its own that is gone afterwards, and reaches the world through one proxy alone.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from archiver.browser.wanting import find_want
from archiver.errors import UnavailableError

PROGRAMS: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
HINT: Final = "install one, such as with 'apt install chromium'"
START: Final = 20.0  # seconds to start
VIEWPORT: Final = (1280, 800)

# A switch that is given twice counts by its last value, so these stand for all: those
# of Playwright that a page could tell, and what Chromium asks for by itself.
_OFF: Final = """
    AvoidCorsURLLoaderRestartOnRedirect AvoidUnnecessaryBeforeUnloadCheckSync
    DestroyProfileOnBrowserClose HttpsUpgrades HttpsFirstBalancedModeAutoEnable
    LensOverlay MediaRouter PaintHolding ThirdPartyStoragePartitioning
    OptimizationHints NetworkTimeServiceQuerying PreconnectToSearch
    AutofillServerCommunication CertificateTransparencyComponentUpdater
    DialMediaRouteProvider InterestFeedContentSuggestions LocalNetworkAccessChecks
    OptimizationGuideModelDownloading PrivacySandboxSettings4 SafeBrowsingEnhanced
    SegmentationPlatform Translate WebOTP
"""
_SWITCHES: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-client-side-phishing-detection",
    "--disable-crash-reporter",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-quic",
    "--disable-sync",
    "--disable-translate",
    "--dns-prefetch-disable",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-pings",
    "--safebrowsing-disable-auto-update",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
# Those of Playwright's own switches that let a page do what no browser lets it.
_NOT_WANTED: Final = (
    "--disable-popup-blocking",
    "--disable-ipc-flooding-protection",
)


def find_chromium(programs: tuple[str, ...] = PROGRAMS) -> str:
    """Return the path of an installed Chromium or Chrome.

    Raises:
        UnavailableError: there is none.
    """
    found = next((path for each in programs if (path := shutil.which(each))), None)
    if found is None:
        raise UnavailableError(
            f"no browser is here: none of {', '.join(programs)} was found", hint=HINT
        )
    return found


def does_not_start(program: str, error: BaseException) -> UnavailableError:
    """Return the error of a browser that was found and does not start."""
    said = str(error)
    first = next(filter(None, map(str.strip, said.splitlines())), type(error).__name__)
    what, remedy = find_want(said) or (
        first,
        f"see whether it starts by hand: {program} --headless --dump-dom about:",
    )
    return UnavailableError(f"{program} does not start: {what}", hint=remedy)


def launch_options(
    program: str, port: int, spki_sha256: str, home: Path
) -> dict[str, Any]:
    """Return what Playwright is to start: ``program``, behind the proxy at ``port``.

    Without names of its own (every name is the proxy's to resolve), without UDP beside
    the proxy, and trusting the proxy's key by its hash.
    """
    return {
        "executable_path": program,
        "headless": True,
        "chromium_sandbox": has_sandbox(),
        "timeout": START * 1000,
        "args": [
            *_SWITCHES,
            f"--disable-features={','.join(_OFF.split())}",
            f"--ignore-certificate-errors-spki-list={spki_sha256}",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        ],
        "ignore_default_args": list(_NOT_WANTED),
        "proxy": {
            "server": f"socks5://127.0.0.1:{port}",
            "bypass": "<-loopback>",  # loopback is proxied, too
        },
        "env": _environment(os.environ, home),
    }


def has_sandbox() -> bool:
    """Tell whether Chromium's sandbox is used: as root it does not start with one."""
    return os.geteuid() != 0


def _environment(environ: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return the few variables that a browser needs; its home is the capture's."""
    kept = {name: environ[name] for name in ("PATH", "LANG", "TZ") if name in environ}
    return {**kept, "HOME": str(home)}
