"""A stranger's HTML: made safe, read line by line, and turned into text. Start reading at `safe_html`."""
