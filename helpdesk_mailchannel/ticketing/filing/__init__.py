"""A message becomes a ticket or a reply: what the site knows first, then all of it in one transaction."""
