"""What a folder is for and how the server spells it, if the server does not say so itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from helpdesk_mailchannel.mailcore.model import RemoteFolder

SPECIAL_USES = frozenset(
	{"\\All", "\\Archive", "\\Drafts", "\\Flagged", "\\Important", "\\Junk", "\\Sent", "\\Trash"}
)
"""RFC 6154, and RFC 8457 for \\Important."""

_USUAL_NAMES = {
	"\\Sent": (
		"sent",
		"sent items",
		"sent mail",
		"sent messages",
		"gesendet",
		"gesendete elemente",  # codespell:ignore elemente
		"gesendete objekte",
		"éléments envoyés",
		"envoyés",
		"elementos enviados",
		"enviados",
		"posta inviata",
		"inviata",
		"verzonden items",
		"itens enviados",  # codespell:ignore itens
	),
	"\\Drafts": (
		"drafts",
		"draft",
		"entwürfe",
		"brouillons",
		"borradores",
		"bozze",
		"concepten",
		"rascunhos",
	),
	"\\Trash": (
		"trash",
		"deleted",
		"deleted items",
		"deleted messages",
		"papierkorb",
		"gelöschte elemente",  # codespell:ignore elemente
		"éléments supprimés",
		"corbeille",
		"elementos eliminados",
		"papelera",
		"posta eliminata",
		"cestino",
		"verwijderde items",
		"itens excluídos",  # codespell:ignore itens
		"lixeira",
	),
	"\\Junk": (
		"junk",
		"junk email",
		"junk e-mail",
		"spam",
		"bulk mail",
		"junk-e-mail",
		"courrier indésirable",
		"correo no deseado",
		"posta indesiderata",
		"ongewenste e-mail",
		"lixo eletrônico",
	),
}
"""Default names of Outlook, Exchange, Apple Mail and Thunderbird in the most common languages."""


def special_use(flags: Iterable[str]) -> str:
	"""Return the RFC 6154 use among a folder's LIST flags, in its usual spelling, or an empty string."""
	known = {use.lower(): use for use in SPECIAL_USES}
	return next((known[flag.lower()] for flag in flags if flag.lower() in known), "")


def with_guessed_uses(folders: Sequence[RemoteFolder], delimiter: str) -> Sequence[RemoteFolder]:
	"""Return the folders, guessing their uses by name if the server announces none at all."""
	if any(folder.special_use for folder in folders):
		return folders
	return [
		RemoteFolder(folder.name, _guess(folder.name, delimiter), folder.selectable) for folder in folders
	]


def spelling(name: str, existing: Collection[str], delimiter: str, prefix: str) -> str:
	"""Return how the server spells a folder that a person named.

	Unchanged if it exists under that name. Else with the server's hierarchy delimiter for `/`, and inside
	the personal namespace (RFC 2342) if the server keeps all folders below a prefix such as `INBOX.`.
	"""
	own = name.replace("/", delimiter) if delimiter else name
	inside = own if own.lower().startswith(prefix.lower()) else prefix + own
	return next((candidate for candidate in (name, own, inside) if candidate in existing), inside)


def _guess(name: str, delimiter: str) -> str:
	leaf = (name.rpartition(delimiter)[2] if delimiter else name).casefold()
	return next((use for use, names in _USUAL_NAMES.items() if leaf in names), "")
