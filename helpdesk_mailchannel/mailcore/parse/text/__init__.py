"""From octets to text that can be read: transfer encodings, charsets, and what nobody can see taken out."""
