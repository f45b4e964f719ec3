"""The thin layer between the engine and a Frappe site: it looks up, writes down, and schedules."""
