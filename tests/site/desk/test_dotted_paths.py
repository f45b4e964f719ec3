"""What forms call and what Frappe is told to call is there: both name functions by dotted path, as text."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from helpdesk_mailchannel import hooks

APP = Path(__file__).parents[3] / "helpdesk_mailchannel"
SCRIPTS = sorted(APP.rglob("doctype/**/*.js"))


def named_in(value) -> set[str]:
	"""The dotted paths of this app in a value of hooks.py, however deep."""
	if isinstance(value, dict):
		return set().union(*map(named_in, value.values()))
	if isinstance(value, list):
		return set().union(*map(named_in, value))
	return {value} if isinstance(value, str) and value.startswith("helpdesk_mailchannel.") else set()


def called_in(script: str) -> set[str]:
	"""The methods that a form's script calls."""
	called = set()
	for name, path in re.findall(r'const (\w+) = "(helpdesk_mailchannel\.[\w.]+)"', script):
		if path.endswith("."):
			import_module(path.rstrip("."))
			endings = re.findall(rf'\b{name} \+ "(\w+)"|\$\{{{name}\}}(\w+)', script)
			called |= {path + (one or other) for one, other in endings}
		else:
			called.add(path)
	return called


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_forms_call_methods_that_are_there_to_be_called(site, script):
	for method in called_in(script.read_text()):
		site.is_whitelisted(site.get_attr(method))


def test_the_channels_form_calls_methods():
	form = next(path for path in SCRIPTS if path.name == "email_channel.js")
	assert len(called_in(form.read_text())) >= 10


def test_every_function_that_hooks_name_is_there(site):
	named = named_in({name: value for name, value in vars(hooks).items() if not name.startswith("__")})
	assert len(named) >= 15
	assert all(callable(site.get_attr(path)) for path in named)
