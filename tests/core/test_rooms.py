"""The house is one in which things are found: small rooms, no name twice, and no way round in a circle."""

import ast
import re
from collections import Counter, defaultdict
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP = "helpdesk_mailchannel"
HOUSES = (APP, "devkit", "tests")
MOST_FILES = 15
LISTS = {
	"helpdesk_mailchannel/mailcore/screen/rules": "one screening rule a file; `chain.py` is its table",
	"helpdesk_mailchannel/patches": "one patch a file; `patches.txt` is its table",
}
"""Folders that are as long as their table, each with what makes it one."""

CODE = [
	path.relative_to(ROOT)
	for house in HOUSES
	for path in sorted((ROOT / house).rglob("*"))
	if path.suffix in (".py", ".js", ".mjs") and not {"node_modules", "__pycache__"} & {*path.parts}
]
MODULES = {
	".".join((path.parent if path.stem == "__init__" else path.with_suffix("")).parts): path
	for path in CODE
	if path.suffix == ".py" and path.parts[0] != "tests"
}
PACKAGES = sorted(name for name, path in MODULES.items() if path.stem == "__init__")


def test_no_folder_has_more_files_than_can_be_looked_over():
	files = Counter(path.parent for path in CODE if path.stem != "__init__")
	crowded = {folder.as_posix(): count for folder, count in files.items() if count > MOST_FILES}
	assert crowded.keys() <= LISTS.keys(), crowded


def test_no_file_of_the_engine_has_the_name_of_another():
	names = Counter(path.name for path in CODE if "mailcore" in path.parts and path.name != "__init__.py")
	assert [name for name, count in names.items() if count > 1] == []


def test_no_class_of_the_engine_has_the_name_of_another():
	names = Counter(
		node.name
		for path in MODULES.values()
		if "mailcore" in path.parts
		for node in ast.parse((ROOT / path).read_text()).body
		if isinstance(node, ast.ClassDef)
	)
	assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_way_leads_round_in_a_circle(package):
	"""Among the files and rooms of one folder, each room taken as one with all that it holds."""
	ways = defaultdict(set)
	for name, path in MODULES.items():
		if name.startswith(f"{package}."):
			here = _child(package, name)
			ways[here] |= {_child(package, other) for other in _imports(path)} - {here, ""}
	try:
		list(TopologicalSorter(ways).static_order())
	except CycleError as error:
		pytest.fail(" → ".join(reversed(error.args[1])))


def _child(package: str, name: str) -> str:
	"""The file or room of a package in which a module is; nothing for one outside of it."""
	return name.removeprefix(f"{package}.").split(".")[0] if name.startswith(f"{package}.") else ""


def _imports(path: Path) -> set[str]:
	"""The modules of this repository that a file imports, wherever in it."""
	found = set()
	for node in ast.walk(ast.parse((ROOT / path).read_text())):
		match node:
			case ast.ImportFrom(module=str(module), names=names):
				found |= {module, *(f"{module}.{alias.name}" for alias in names)}
			case ast.Import(names=names):
				found |= {alias.name for alias in names}
	return found & MODULES.keys()


# ── The guides ───────────────────────────────────────────────────────────────────────────────────────


def test_the_architecture_is_one_screen_of_drawing_and_one_of_text():
	drawing, text = (ROOT / "ARCHITECTURE.md").read_text().split("## In words")
	assert max(map(len, drawing.splitlines())) <= 120
	assert len(drawing.splitlines()) <= 50
	assert len(text.splitlines()) <= 50


def test_a_newcomers_questions_are_answered_by_files_that_are_there():
	"""`test_references.py` holds the names of files on every page; these are whole paths, and folders too."""
	rows = re.findall(r"(?m)^\| ([^|]+\?) \| (.+) \|$", (ROOT / "CONTRIBUTING.md").read_text())
	assert len(rows) >= 10
	for question, answer in rows:
		places = re.findall(r"`([\w.]+/[\w./]*)`", answer)
		assert places, question
		for place in places:
			assert any((house / place).exists() for house in (ROOT, ROOT / APP)), place


@pytest.mark.parametrize("room", ["", "mailcore", "ticketing"])
def test_every_room_is_in_the_drawing(room):
	"""Every file and folder on the floors that the drawing shows."""
	drawing = (ROOT / "ARCHITECTURE.md").read_text().split("```")[1]
	drawn = set(re.findall(r"[\w]+", drawing))
	floor = {path for path in MODULES.values() if path.parent == Path(APP, room)}
	rooms = {path.parent.name for path in MODULES.values() if path.parent.parent == Path(APP, room)}
	assert {path.stem for path in floor} - {"__init__"} | rooms - {"templates"} <= drawn
