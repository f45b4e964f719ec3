"""docs/trouble.md tells of every trouble, in the words that the form shows."""

from pathlib import Path

import pytest

from helpdesk_mailchannel.mailcore.reasons import Trouble

TABLE = Path(__file__).parents[2] / "docs" / "trouble.md"


@pytest.mark.parametrize("trouble", Trouble, ids=lambda trouble: trouble.code)
def test_every_trouble_stands_in_the_table_with_its_words(trouble):
	[row] = [line for line in TABLE.read_text().splitlines() if line.startswith(f"| `{trouble.code}` ")]
	_, _, sentence, remedy, follows, _ = (cell.strip() for cell in row.split("|"))
	assert (sentence, remedy) == (trouble.sentence, trouble.remedy)
	assert follows.startswith("Tries again" if trouble.passing else "Tries once more")


def test_the_table_tells_of_no_other_trouble():
	codes = [line.split("`")[1] for line in TABLE.read_text().splitlines() if line.startswith("| `")]
	assert codes == [trouble.code for trouble in Trouble]
