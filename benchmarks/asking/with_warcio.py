"""Ask for each URL with requests inside warcio's capture_http: JOBS FOLDER URL...

A context and a file for each job: what is shared between threads cannot be read again.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from warcio.capture_http import capture_http

import requests  # isort: skip  # after capture_http, as its manual says


def ask(job: int) -> None:
    """Ask for every so manieth URL, and keep them in one file."""
    file = Path(sys.argv[2]) / f"{job}.warc.gz"
    with capture_http(str(file)):
        for url in sys.argv[3 + job :: int(sys.argv[1])]:
            with requests.get(url, stream=True, timeout=60) as response:
                for _ in response.iter_content(1 << 16):
                    pass


with ThreadPoolExecutor(int(sys.argv[1])) as pool:
    list(pool.map(ask, range(int(sys.argv[1]))))
