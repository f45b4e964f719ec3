"""Who a message is from, as far as the channel's own server vouches for it."""

from __future__ import annotations

import pytest

from helpdesk_mailchannel.mailcore.model import Headers, Verdict
from helpdesk_mailchannel.mailcore.parse.authres import sender_verdict
from tests.core.parse.mails import mail, read

TRUSTED = ("mx.our.example",)
WITHIN = (
	"received",
	"from AM0.eurprd02.prod.outlook.com (::1) by VI1.eurprd02.prod.outlook.com with HTTPS; today",
)
BORDER = (
	"received",
	"from mail.example.com (192.0.2.1) by DB5.mail.protection.outlook.com (10.0.0.1) with SMTP; today",
)
FOREIGN = ("received", "from a by mx.example.com with ESMTP; today")


def verdict(*results: str, domain: str = "example.com", exchange: bool = False) -> Verdict:
	headers = Headers(tuple(("authentication-results", each) for each in results))
	return sender_verdict(headers, domain, TRUSTED, exchange)


def test_a_dmarc_pass_from_the_trusted_server_passes() -> None:
	assert verdict("mx.our.example; dmarc=pass (p=none) header.from=example.com") is Verdict.PASS


def test_a_dmarc_failure_fails() -> None:
	assert verdict("mx.our.example; dmarc=fail header.from=example.com") is Verdict.FAIL


def test_a_dmarc_failure_is_not_outvoted_by_dkim() -> None:
	assert (
		verdict("mx.our.example; dkim=pass header.d=example.com; dmarc=fail header.from=example.com")
		is Verdict.FAIL
	)


def test_without_dmarc_an_aligned_dkim_pass_passes() -> None:
	assert verdict("mx.our.example; dkim=pass header.d=example.com header.s=a") is Verdict.PASS
	assert verdict("mx.our.example; dmarc=none; dkim=pass header.i=@example.com") is Verdict.PASS


def test_a_dkim_pass_of_another_domain_does_not() -> None:
	assert verdict("mx.our.example; dkim=pass header.d=evil.example") is Verdict.UNKNOWN


def test_a_dmarc_pass_of_another_domain_does_not() -> None:
	assert verdict("mx.our.example; dmarc=pass header.from=evil.example") is Verdict.UNKNOWN
	assert verdict("mx.our.example; dmarc=pass") is Verdict.UNKNOWN


def test_spf_alone_says_nothing() -> None:
	assert verdict("mx.our.example; spf=pass smtp.mailfrom=a@example.com") is Verdict.UNKNOWN


def test_a_field_below_another_servers_name_is_not_read() -> None:
	assert verdict("mx.evil.example; dmarc=pass header.from=example.com") is Verdict.UNKNOWN
	assert verdict("dmarc=pass header.from=example.com") is Verdict.UNKNOWN


def test_two_fields_under_the_trusted_name_leave_doubt() -> None:
	real = "mx.our.example; dmarc=fail header.from=example.com"
	forged = "mx.our.example; dmarc=pass header.from=example.com"
	assert verdict(real, forged) is Verdict.UNKNOWN


def test_other_servers_fields_beside_the_trusted_one_do_not_matter() -> None:
	ours = "mx.our.example; dmarc=pass header.from=example.com"
	assert verdict(ours, "mx.their.example; dmarc=fail header.from=example.com") is Verdict.PASS


def test_the_servers_name_may_carry_a_version_and_another_case() -> None:
	assert verdict("MX.Our.Example 1; dmarc=pass header.from=Example.COM") is Verdict.PASS


def test_the_name_must_be_equal_and_not_merely_alike() -> None:
	assert verdict("mx.our.example.evil.example; dmarc=pass header.from=example.com") is Verdict.UNKNOWN


@pytest.mark.parametrize(
	"result",
	[
		'mx.our.example; spf=pass smtp.mailfrom="a) dmarc=pass header.from=example.com (b"@evil.example',
		"mx.our.example; spf=pass (a \\) dmarc=pass header.from=example.com (b) smtp.mailfrom=x; x",
		"mx.our.example; spf=pass (sender (nested) dmarc=pass header.from=example.com",
		"mx.our.example; spf=fail smtp.mailfrom=x dmarc=pass header.from=example.com",
		"mx.our.example; dmarc=fail header.from=example.com; dmarc=pass header.from=example.com",
		"mx.our.example; dmarc=pass header.from=evil.example header.from=example.com",
		'mx.our.example; dmarc=pass header.from="example.com',
		"mx.our.example; dmarc = pass = header.from=example.com",
		"mx.our.example; dmarc=pass\ufffd header.from=example.com",
		'mx.our.example; "; dmarc=pass header.from=example.com',
		"mx.our.example; dkim=pass header.d=example.com header.i=@evil.example",
		"mx.our.example; none",
		"mx.our.example",
		"",
	],
)
def test_doubt_is_never_a_pass(result: str) -> None:
	assert verdict(result) is Verdict.UNKNOWN


def test_comments_are_no_part_of_the_verdict() -> None:
	assert (
		verdict(
			"mx.our.example (a (b) c); (dmarc=fail) dmarc=pass (p=reject dis=none) header.from=example.com"
		)
		is Verdict.PASS
	)


def test_a_control_character_in_the_field_leaves_doubt() -> None:
	octets = mail(authentication_results=b"mx.our.example; dmarc=pass header.from=\x01example.com")
	assert sender_verdict(read(octets).headers, "example.com", TRUSTED) is Verdict.UNKNOWN


def test_encoded_words_in_the_field_are_not_decoded() -> None:
	octets = mail(authentication_results="mx.our.example; =?utf-8?q?dmarc=3Dpass_header.from=3Dexample.com?=")
	assert sender_verdict(read(octets).headers, "example.com", TRUSTED) is Verdict.UNKNOWN


def test_a_folded_field_is_read_from_a_real_message() -> None:
	octets = mail(
		authentication_results=b"mx.our.example;\r\n\tdkim=none;\r\n\tdmarc=pass\r\n\theader.from=example.com"
	)
	assert sender_verdict(read(octets).headers, "example.com", TRUSTED) is Verdict.PASS


def test_nobody_is_trusted_unless_named() -> None:
	headers = Headers((("authentication-results", "mx.our.example; dmarc=pass header.from=example.com"),))
	assert sender_verdict(headers, "example.com", ()) is Verdict.UNKNOWN


class TestExchangeOnline:
	"""Exchange Online writes no server name; the administrator says that the mailbox is there."""

	RESULT = (
		"authentication-results",
		"spf=pass smtp.mailfrom=example.com; dmarc=pass action=none header.from=example.com",
	)

	def test_its_field_above_the_border_is_read(self) -> None:
		headers = Headers((WITHIN, self.RESULT, BORDER, FOREIGN))
		assert sender_verdict(headers, "example.com", (), True) is Verdict.PASS

	def test_it_is_not_read_for_other_mailboxes(self) -> None:
		headers = Headers((WITHIN, self.RESULT, BORDER, FOREIGN))
		assert sender_verdict(headers, "example.com", (), False) is Verdict.UNKNOWN
		assert sender_verdict(headers, "example.com", TRUSTED, False) is Verdict.UNKNOWN

	def test_a_field_below_the_border_is_the_senders(self) -> None:
		headers = Headers((WITHIN, BORDER, self.RESULT, FOREIGN))
		assert sender_verdict(headers, "example.com", (), True) is Verdict.UNKNOWN

	def test_a_message_that_never_passed_the_border_proves_nothing(self) -> None:
		assert sender_verdict(Headers((self.RESULT,)), "example.com", (), True) is Verdict.UNKNOWN
		assert sender_verdict(Headers((self.RESULT, FOREIGN)), "example.com", (), True) is Verdict.UNKNOWN

	def test_two_fields_leave_doubt(self) -> None:
		headers = Headers((WITHIN, self.RESULT, self.RESULT, BORDER))
		assert sender_verdict(headers, "example.com", (), True) is Verdict.UNKNOWN
