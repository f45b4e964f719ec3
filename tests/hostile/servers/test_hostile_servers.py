"""Mail servers and token endpoints that stall, flood, lie and refuse: none holds a worker or fills memory.

And none makes us show somebody's mail or call a message gone that is still there.
"""

from __future__ import annotations

import pytest

from tests.hostile.servers.hostile_servers import try_all

KINDS = {
	"imap": ("tests.hostile.servers.imap_quirks", "IMAP servers"),
	"pop3": ("tests.hostile.servers.pop3_quirks", "POP3 servers"),
	"token": ("tests.hostile.servers.token_quirks", "token endpoints"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_no_server_does_harm(kind: str) -> None:
	tried = try_all(*KINDS[kind])
	assert len(tried) >= 20
	assert {each.name: each.hole() for each in tried if each.hole()} == {}
