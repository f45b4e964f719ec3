"""Each controller declares the fields of its DocType, as Frappe itself does it (frappe/types/exporter.py).

Frappe rewrites the block when somebody saves the DocType on a site in developer mode. After editing the JSON
file by hand, take the block from this test's message.
"""

import ast
import json
from pathlib import Path

import pytest

from devkit import paths

MODULE = paths.ROOT / "helpdesk_mailchannel" / "helpdesk_mailchannel"
DOCTYPES = sorted(MODULE.glob("doctype/*/*.json"))
BEGIN, END = "# begin: auto-generated types", "# end: auto-generated types"
TYPES = """Attach AttachImage Autocomplete Barcode Check Code Color Currency Data Date Datetime Duration
	DynamicLink Float HTMLEditor Int JSON Link LongText MarkdownEditor Password Percent Phone Rating ReadOnly
	Select SmallText Table TableMultiSelect Text TextEditor Time""".split()
"""Those that Frappe has a name for (frappe/types/DF.py); a field of another type is left out."""
NEVER_NONE = "Check Currency Float Int Percent Rating Select Table TableMultiSelect".split()


@pytest.mark.parametrize("file", DOCTYPES, ids=lambda file: file.stem)
def test_a_controller_declares_the_fields_of_its_doctype(file: Path):
	wanted = block(json.loads(file.read_text()))
	assert ast.dump(ast.parse(written(file.with_suffix(".py")))) == ast.dump(ast.parse(wanted)), wanted


@pytest.mark.parametrize("file", DOCTYPES, ids=lambda file: file.stem)
def test_the_types_are_read_by_checkers_alone(file: Path):
	"""They come after the class's docstring, which must stay one, and make no attributes at run time."""
	code = ast.parse(file.with_suffix(".py").read_text())
	[controller] = [node for node in code.body if isinstance(node, ast.ClassDef)]
	assert ast.get_docstring(controller)
	assert not [node for node in controller.body if isinstance(node, ast.AnnAssign)]


def written(controller: Path) -> str:
	"""The block as the controller has it, from its imports on."""
	_, _, rest = controller.read_text().partition(BEGIN)
	text, end, _ = rest.partition(END)
	assert end, f"{controller.name} has no generated types"
	return "\n".join(line.removeprefix("\t") for line in text.splitlines())


def block(doctype: dict) -> str:
	"""What Frappe would write for a DocType."""
	tables = [field["options"] for field in doctype["fields"] if field["fieldtype"].startswith("Table")]
	imports = {"from frappe.types import DF", *map(import_of, tables)}
	fields = {field["fieldname"]: annotation(field) for field in doctype["fields"] if has_type(field)}
	if doctype.get("istable"):
		fields |= dict.fromkeys(("parent", "parentfield", "parenttype"), "DF.Data")
	lines = [*sorted(imports), "", *sorted(f"{name}: {type_}" for name, type_ in fields.items())]
	return "\n".join(
		["from typing import TYPE_CHECKING", "", "if TYPE_CHECKING:", *(f"\t{line}" for line in lines)]
	)


def has_type(field: dict) -> bool:
	virtual = field.get("is_virtual") and not field.get("options")
	return squeezed(field["fieldtype"]) in TYPES and not virtual


def annotation(field: dict) -> str:
	match kind := squeezed(field["fieldtype"]):
		case "Select":
			options = [option.strip() for option in field.get("options", "").split("\n")]
			return f"DF.Literal{json.dumps(options)}" if field.get("options") else "DF.Literal[None]"
		case "Table" | "TableMultiSelect":
			return f"DF.{kind}[{squeezed(field['options'])}]"
	may_be_none = kind not in NEVER_NONE and not field.get("reqd")
	return f"DF.{kind} | None" if may_be_none else f"DF.{kind}"


def import_of(doctype: str) -> str:
	name = doctype.lower().replace(" ", "_")
	package = f"helpdesk_mailchannel.helpdesk_mailchannel.doctype.{name}.{name}"
	return f"from {package} import {squeezed(doctype)}"


def squeezed(name: str) -> str:
	return name.replace(" ", "")
