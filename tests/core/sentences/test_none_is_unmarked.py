"""No sentence that people read bypasses the mark by which Frappe's extraction finds it."""

import ast
import re
from pathlib import Path

import pytest

APP = Path(__file__).parents[3] / "helpdesk_mailchannel"

FILES = sorted(
	path
	for path in APP.rglob("*.py")
	if path.name != "sentences.py" and not path.is_relative_to(APP / "patches")
)
ITS_OWN_MISTAKES = {"ValueError", "TypeError", "TimeoutError", "OSError", "EOFError", "TooMuch", "Group"}
"""What is raised with English words for developers; and the titles of docs/excluded-mail.md."""
LOGS = {"warning", "info", "debug", "error", "log_error"}
"""What goes to logs, which are in English whoever reads them."""
FOR_DOCUMENTS = {("Rule", "description"), ("Rule", "name")}
"""The keywords that only docs/excluded-mail.md shows."""
NO_SENTENCES = {
	"mailcore/compose/quote/phrases.py": "what mail programs write",
	"mailcore/screen/subjects.py": "what mail programs write",
	"mailcore/parse/outlook/tnef.py": "errors that end in one sentence of `parts.py`",
	"hooks.py": "what Frappe is told of the app",
}
_READS_LIKE_ONE = re.compile(r"[“(]?(?:[A-Z]|\{\})(?s:.*)[a-z](?s:.*) (?s:.*)[.?!][”)]?")
_CODE = re.compile(r"\(\?|\\[sdwb]|SELECT|-----|[<=]%|\(UID ")


def _text(node):
	if isinstance(node, ast.Constant) and isinstance(node.value, str):
		return node.value
	if isinstance(node, ast.JoinedStr):
		return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
	return None


def _name(function):
	return getattr(function, "id", getattr(function, "attr", ""))


def _unmarked(tree):
	"""Each text that reads like a sentence for people and is not marked as one: its line, and the text."""
	marked = {
		id(child)
		for node in ast.walk(tree)
		if isinstance(node, ast.Call) and _name(node.func) in {"_", *LOGS, *ITS_OWN_MISTAKES}
		for child in ast.walk(node)
	}
	for node in ast.walk(tree):
		if isinstance(node, ast.Expr | ast.Assert | ast.JoinedStr):
			# Docstrings, and parts of f-strings, which are looked at as a whole.
			inner = [node.value] if isinstance(node, ast.Expr) else ast.walk(node)
			if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
				marked |= {id(child) for child in inner if child is not node}
		if isinstance(node, ast.Call):
			for keyword in node.keywords:
				if (_name(node.func), keyword.arg) in FOR_DOCUMENTS:
					marked |= {id(child) for child in ast.walk(keyword)}
	for node in ast.walk(tree):
		text = _text(node)
		if text and id(node) not in marked and _READS_LIKE_ONE.fullmatch(text) and not _CODE.search(text):
			yield node.lineno, text


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(APP)))
def test_no_sentence_for_people_goes_unmarked(path):
	if str(path.relative_to(APP)) in NO_SENTENCES:
		return
	assert list(_unmarked(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(APP)))
def test_what_is_marked_is_one_literal_that_frappe_can_extract(path):
	"""Only labels of DocTypes and fields reach `frappe._` otherwise: their own catalogue has them."""
	tree = ast.parse(path.read_text())
	engines = any(
		isinstance(node, ast.ImportFrom)
		and (node.module or "").endswith(".sentences")
		and any(name.name == "_" for name in node.names)
		for node in ast.walk(tree)
	)
	for node in ast.walk(tree):
		if not (isinstance(node, ast.Call) and _name(node.func) == "_"):
			continue
		template = node.args[0]
		assert not isinstance(template, ast.JoinedStr | ast.BinOp), f"{path.name}:{node.lineno}"
		if isinstance(template, ast.Constant):
			places = re.findall(r"\{(.*?)\}", template.value)
			assert {str(number) for number in range(len(set(places)))} == set(places), template.value
		else:
			assert not engines, f"{path.name}:{node.lineno}: give it the words themselves"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(APP)))
def test_each_template_gets_as_many_arguments_as_it_has_places(path):
	for node in ast.walk(ast.parse(path.read_text())):
		if not (
			isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
		):
			continue
		marked = node.func.value
		if isinstance(marked, ast.Call) and _name(marked.func) == "_" and not node.keywords:
			[template] = marked.args
			places = set(re.findall(r"\{(\d+)\}", template.value))
			assert len(places) == len(node.args), f"{path.name}:{node.lineno}"


@pytest.mark.parametrize(
	"code",
	[
		'raise ChannelError(Trouble.TLS, Step.TLS, "The server ended the handshake.")',
		'run.report.warn(f"The folder {name} is read-only: its messages stay there.")',
		'detail = f"{name} does not exist."',
		'frappe.throw("The channel cannot be active yet.")',
		'note = "Not kept: it is empty."',
	],
)
def test_the_check_finds_what_bypasses_the_mark(code):
	assert len(list(_unmarked(ast.parse(code)))) == 1


@pytest.mark.parametrize(
	"code",
	[
		'raise ChannelError(Trouble.TLS, Step.TLS, _("The server ended the handshake."))',
		'"""Docstrings are for developers."""',
		'frappe.logger("mailchannel").warning(f"The lease of {name} is lost.")',
		'raise ValueError("Open a folder first.")',
	],
)
def test_the_check_lets_pass_what_is_marked_or_for_developers(code):
	assert list(_unmarked(ast.parse(code))) == []
