"""The thin layer between the engine and a Frappe site: lookups, records and scheduling."""
