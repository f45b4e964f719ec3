"""A stranger's HTML: made safe, read by lines, and turned into text; `safe_html` is where to start."""
