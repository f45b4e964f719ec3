"""The engine stands on its own."""

import subprocess
import sys


def test_the_core_is_tested_where_no_framework_can_be_imported():
	code = (
		"import importlib.util as u, sys; sys.exit(any(map(u.find_spec, ['frappe', 'erpnext', 'helpdesk'])))"
	)
	assert subprocess.run([sys.executable, "-c", code]).returncode == 0
