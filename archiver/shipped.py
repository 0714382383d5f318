"""The pin of the archive that ships with the project; written by ``make archive``."""

ORIGIN = "sourcebook.internal/kz-handover-2026/0734d185"
PIN = "a5501eb8141116b680ff1fa9f0920fd8cfd9c703138f92cb4676ccce4042946f"
