"""What the attacks came to, in lines that are printed at the end of the run."""

FIGURES: list[str] = []


def note(line: str) -> None:
	"""Have a line printed among the figures."""
	FIGURES.append(line)
