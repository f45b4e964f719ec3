"""docs/reading-mail.md names settings as the form does, and limits as they are."""

from __future__ import annotations

import json
import re
from pathlib import Path

from helpdesk_mailchannel.mailcore.settings import MIB, Limits

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "reading-mail.md").read_text("utf-8")
FORM = "helpdesk_mailchannel/helpdesk_mailchannel/doctype/email_channel/email_channel.json"


def test_the_settings_are_called_as_on_the_form() -> None:
	labels = {field.get("label", "") for field in json.loads((ROOT / FORM).read_text("utf-8"))["fields"]}
	named = re.findall(r"\*\*([^*]+)\*\*", PAGE[PAGE.index("## Left out") : PAGE.index("## Taken out")])
	assert {name for name in named if f"{name} (MB)" not in labels} - labels == {"System Settings"}


def test_the_limits_are_those_that_count() -> None:
	limits = Limits()
	heavy = PAGE[PAGE.index("HTML that is heavier") :]
	for figure in (limits.html // MIB, limits.html_tags, limits.html_lines, limits.html_depth):
		assert f"{figure:,}" in heavy
	assert f"{limits.attachments_total // MIB} MB together" in PAGE
