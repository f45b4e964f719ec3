"""The parts of `./dev test`: where each one's tests are and what it needs.

`on_site` parts run with the site's interpreter, where `frappe` can be imported; the others run without any
framework, which proves that they do not need one.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
	"""One row of the table."""

	folder: str
	needs: tuple[str, ...] = ()  # of: mail, desk, browser
	on_site: bool = False
	by_default: bool = True
	brings: tuple[str, ...] = ()
	"""Parts that run too when this one is asked for by its name."""


PARTS = {
	"core": Part("tests/core"),
	"corpus": Part("tests/corpus"),
	"hostile": Part("tests/hostile", brings=("attack",)),
	"server": Part("tests/server", needs=("mail",)),
	"oauth": Part("tests/oauth", needs=("mail",), on_site=True),
	"crash": Part("tests/crash", needs=("mail",), on_site=True),
	"site": Part("tests/site", needs=("mail",), on_site=True),
	"attack": Part("tests/attack", needs=("mail", "desk", "browser"), on_site=True, by_default=False),
	"browser": Part("tests/browser", needs=("mail", "desk", "browser"), on_site=True),
	"bench": Part("tests/bench", needs=("mail",), on_site=True, by_default=False),
}
