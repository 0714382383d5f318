"""Ask for each URL with plain requests, and keep nothing: JOBS FOLDER URL..."""

import sys
from concurrent.futures import ThreadPoolExecutor

import requests


def ask(url: str) -> None:
    """Ask for one URL, and read the body in pieces."""
    with requests.get(url, stream=True, timeout=60) as response:
        for _ in response.iter_content(1 << 16):
            pass


with ThreadPoolExecutor(int(sys.argv[1])) as pool:
    list(pool.map(ask, sys.argv[3:]))
