"""Explains a provider's refusal: finds its row in `error_catalog`, or shows what the provider said.

Microsoft says that its numbers may change. So a number only chooses the words and, if it is one of those
that pass by themselves, keeps the channel going; without a known number the `error` value decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from helpdesk_mailchannel.mailcore.errors import ChannelError
from helpdesk_mailchannel.mailcore.oauth.error_catalog import ANY_PROVIDER, GOOGLE, MICROSOFT, Mistake
from helpdesk_mailchannel.mailcore.oauth.fit_to_show import fit_to_show
from helpdesk_mailchannel.mailcore.reasons import Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import _, in_a_row

_BY_CODE: Mapping[str, Mistake] = {
	code: mistake
	for table in (MICROSOFT, GOOGLE, ANY_PROVIDER)
	for mistake in table
	for code in mistake.codes
}
_AADSTS = re.compile(r"AADSTS\d+")


def refusal(answer: Mapping[str, object], secrets: Sequence[str] = ()) -> ChannelError:
	"""Return the error to raise for a provider's error answer, from the token endpoint or the redirect.

	An unknown code shows what the provider said, masked and shortened, and counts as temporary: only refusals
	known to be deliberate stop a channel.
	"""
	codes = list(_codes(answer))
	for code in codes:
		if code in _BY_CODE:
			return error_for(code)
	said = fit_to_show(str(answer.get("error_description") or answer.get("message") or ""), secrets)
	code = fit_to_show(codes[0], secrets) if codes else _("no code")
	detail = (
		_("It said: “{0}” ({1}).").format(said, code) if said else _("It gave the code {0}.").format(code)
	)
	return ChannelError(
		Trouble.TOKEN_UNAVAILABLE,
		Step.TOKEN,
		detail,
		remedy=_("Search for this code in the provider's documentation."),
	)


def error_for(code: str) -> ChannelError:
	"""Return the error to raise for one of the codes in the tables."""
	mistake = _BY_CODE[code]
	return ChannelError(
		mistake.trouble, Step.TOKEN, in_a_row(mistake.sentence, f"({code})"), remedy=mistake.remedy
	)


def _codes(answer: Mapping[str, object]) -> Iterator[str]:
	"""Yield the codes in an answer, the most specific first."""
	numbers = answer.get("error_codes")
	if isinstance(numbers, list):
		yield from (f"AADSTS{number}" for number in numbers)
	yield from _AADSTS.findall(str(answer.get("error_description") or ""))
	for name in ("error_subtype", "suberror", "error"):
		value = answer.get(name)
		if isinstance(value, dict):
			# Google's APIs nest it: {"error": {"status": "…", "message": "…"}}.
			value = value.get("status")
		if value:
			yield str(value)
