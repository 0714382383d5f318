"""Ask for each URL with plain requests, a session a job: JOBS FOLDER URL..."""

import sys
from concurrent.futures import ThreadPoolExecutor

import requests


def ask(urls: list[str]) -> None:
    """Ask for some URLs, on a connection that is kept."""
    with requests.Session() as session:
        for url in urls:
            with session.get(url, stream=True, timeout=60) as response:
                for _ in response.iter_content(1 << 16):
                    pass


jobs = int(sys.argv[1])
with ThreadPoolExecutor(jobs) as pool:
    list(pool.map(ask, [sys.argv[3 + job :: jobs] for job in range(jobs)]))
