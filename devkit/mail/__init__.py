"""Sample messages for the demo, one file each, in the order in which they arrive."""

from pathlib import Path

FOLDER = Path(__file__).parent
ADDRESS = "hello@desk.example"


def samples() -> dict[str, bytes]:
	"""Return the messages by the name of their files."""
	return {file.stem: file.read_bytes() for file in sorted(FOLDER.glob("*.eml"))}
