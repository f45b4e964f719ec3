"""Looks up an address in a list of domains and addresses."""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk_mailchannel.mailcore.outside.domains import a_labels
from helpdesk_mailchannel.mailcore.settings import ScreenPolicy, SenderRule


def listed(address: str, rules: Iterable[SenderRule], policy: ScreenPolicy) -> str | None:
	"""Return the first pattern that names the address or the one it is an alias of; None if none does."""
	candidates = {address, policy.primary(address)}
	return next((rule.pattern for rule in rules if any(matches(rule, each) for each in candidates)), None)


def matches(rule: SenderRule, address: str) -> bool:
	"""Tell whether a pattern names the address: by itself (`a@example.com`) or by its domain.

	`@example.com`, `*.example.com` and `.example.com` are read as the domain they mean. U-labels and
	A-labels of international domains are the same (RFC 5890). A domain is compared label by label, so
	`evil-example.com` is not `example.com`.
	"""
	local_part, _, domain = address.strip().rpartition("@")
	wanted_local_part, at, wanted_domain = rule.pattern.strip().rpartition("@")
	domain, wanted_domain = _comparable(domain), _comparable(wanted_domain.removeprefix("*"))
	if not wanted_domain:
		return False
	if at and wanted_local_part:
		return domain == wanted_domain and local_part.casefold() == wanted_local_part.casefold()
	return domain == wanted_domain or (rule.subdomains and domain.endswith("." + wanted_domain))


def _comparable(domain: str) -> str:
	"""Return the domain as A-labels without dots at its ends; as it is if IDNA forbids it."""
	bare = domain.strip().strip(".").lower()
	return a_labels(bare) or bare
