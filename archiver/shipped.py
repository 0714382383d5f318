"""The pin of the archive that ships with the project; written by ``make archive``."""

ORIGIN = "sourcebook.internal/kz-handover-2026/e743c49d"
PIN = "d0f07b4217f5368b7033650ea204a414f01c993aba4ffb8c4889b20c987ce014"
