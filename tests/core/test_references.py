"""What the repository refers to is in it: decisions by number, pages by link, and nothing by foreign ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = [*ROOT.glob("*.md"), *sorted(ROOT.glob("docs/**/*.md")), ROOT / "devkit" / "README.md"]


def _sources() -> Iterator[Path]:
	for folder in ("helpdesk_mailchannel", "tests", "devkit", "docs"):
		for path in (ROOT / folder).rglob("*"):
			if path.suffix in {".py", ".js", ".md", ".json"} and "node_modules" not in path.parts:
				yield path


def _anchors(page: Path) -> set[str]:
	"""The headings of a page as GitHub links to them."""
	headings = re.findall(r"(?m)^#+ (.+)$", page.read_text("utf-8"))
	return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def test_every_decision_has_a_number_of_its_own_and_its_title_says_it() -> None:
	numbers = [path.name[:4] for path in DECISIONS]
	assert len(set(numbers)) == len(numbers)
	titles = [path.read_text("utf-8").split()[:2] for path in DECISIONS]
	assert titles == [["#", number] for number in numbers]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
	text = re.sub(r"(?ms)^ *```.*?^ *```", "", page.read_text("utf-8"))
	for target in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", text):
		name, _, anchor = target.partition("#")
		there = page.parent / name if name else page
		assert there.exists(), target
		assert not anchor or anchor in _anchors(there), target


OF_OTHERS = {"oauth2cli/oauth2.py", "utils/response.py", "formatters.js", "site_config.json"}
"""Files of msal, of Frappe and of a site."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
	files = {f"/{path.relative_to(ROOT)}" for path in (*_sources(), *PAGES)}
	named = re.findall(r"`([\w./-]+\.(?:py|js|json|md))`", page.read_text("utf-8"))
	missing = {name for name in named if not any(path.endswith(f"/{name}") for path in files)}
	assert missing - OF_OTHERS == set()


def test_a_decision_that_is_named_exists() -> None:
	numbers = {path.name[:4] for path in DECISIONS}
	for path in _sources():
		text = path.read_text("utf-8")
		named = re.findall(r"decisions/(\d{4})|\[(\d{4})\]\(\d{4}-", text)
		assert {one or other for one, other in named} <= numbers, path


def test_nothing_is_explained_by_the_number_it_has_on_a_list_elsewhere() -> None:
	"""A reader has no list on which to look up `C14` or `case 75`; it is said in words."""
	ids = re.compile(r"\([A-Z]\d{1,2}(?:(?:, |–)[A-Z]?\d{1,2})*\)|\b[Cc]ases? \d+\b(?!:)")
	found = [
		f"{path.relative_to(ROOT)}: {found[0]}"
		for path in _sources()
		if path != Path(__file__)
		for found in ids.finditer(path.read_text("utf-8"))
	]
	assert found == []


def test_every_key_of_the_sites_config_is_on_the_page_about_servers() -> None:
	page = (ROOT / "docs" / "servers.md").read_text("utf-8")
	read = re.compile(r'(?:\bconf\.get\(|\bconf\[|_KEY = )"(mailchannel_\w+)"')
	sources = [path.read_text("utf-8") for path in _sources() if path.suffix == ".py"]
	keys = {key for source in sources for key in read.findall(source)}
	assert {"mailchannel_extra_ports", "mailchannel_sign_in_hosts"} <= keys
	assert {key for key in keys if f"| `{key}` |" not in page} == set()
