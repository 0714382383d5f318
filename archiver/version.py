"""The name and version that this tool signs into what it makes."""

from importlib.metadata import version

TOOL = "sourcebook"
VERSION = version(TOOL)
TOOL_FACTS = {"name": TOOL, "version": VERSION}
