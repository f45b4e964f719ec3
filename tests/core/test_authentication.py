"""Who a message is from, as far as the channel's own server vouches for it."""

from __future__ import annotations

import re

import pytest

from helpdesk_mailchannel.mailcore.authentication import sender_verdict
from helpdesk_mailchannel.mailcore.errors import MessageError
from helpdesk_mailchannel.mailcore.model import Headers, Verdict
from helpdesk_mailchannel.mailcore.reasons import Reason
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


def test_two_fields_under_the_trusted_name_are_a_failure() -> None:
	real = "mx.our.example; dmarc=fail header.from=example.com"
	forged = "mx.our.example; dmarc=pass header.from=example.com"
	assert verdict(real, forged) is verdict(forged, real) is Verdict.FAIL
	assert verdict(forged, forged) is verdict("mx.our.example; spf=pass", forged) is Verdict.FAIL


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
		"mx.our.example dmarc=pass header.from=example.com",
		"mx.our.example (unfinished; dmarc=pass header.from=example.com",
	],
)
def test_a_field_that_cannot_be_read_is_a_failure(result: str) -> None:
	assert verdict(result) is Verdict.FAIL


@pytest.mark.parametrize(
	"result",
	[
		"mx.our.example; dkim=pass header.d=example.com header.i=@evil.example",
		"mx.our.example; none",
		"mx.our.example",
		"",
	],
)
def test_silence_is_never_a_pass(result: str) -> None:
	assert verdict(result) is Verdict.UNKNOWN


CHOSEN = (
	'"(;"@evil.example',
	'"(" @evil.example',
	'"a;b"@evil.example',
	'"a\\"b"@evil.example',
	'"; dmarc=pass header.from=example.com; x="@evil.example',
	'"a) dmarc=pass header.from=example.com (b"@evil.example',
	'"a); dmarc=pass header.from=example.com; x=y (b"@evil.example',
	"x(;y@evil.example",
	"x);dmarc=pass(a)header.from=example.com;y=z(@evil.example",
	"x;dmarc=pass(a)header.from=example.com;y=z@evil.example",
	'"@evil.example',
	'"\\"@evil.example',
	"\\@evil.example",
	"a\\)@evil.example",
	"j\u00f6rg@evil.example",
	"x\ufffd@evil.example",
	"x\u00a0dmarc=pass\u00a0header.from=example.com@evil.example",
	"x\u2028;\u2028dmarc=pass\u2028header.from=example.com@evil.example",
	"=?utf-8?q?=3Bdmarc=3Dpass?=@evil.example",
	"a" * 9_000 + "@evil.example",
	"",
	")",
	"(",
	'"',
	";",
	"\\",
)
"""What a sender may choose as envelope sender, HELO name or selector, written down by a careless server."""
SHAPES = (
	"mx.our.example; spf=pass smtp.mailfrom={0}; {1}",
	"mx.our.example; {1}; spf=pass smtp.mailfrom={0}",
	"mx.our.example; spf=pass (our: domain of {0} designates 192.0.2.1 as permitted sender) "
	"smtp.mailfrom={0}; {1}",
	"mx.our.example; {1}; spf=none (helo {0}) smtp.helo={0}",
	"mx.our.example; spf=none smtp.helo={0}; dkim=fail header.s={0} header.d=evil.example; {1}; "
	"arc=none smtp.remote-ip={0}",
	"mx.our.example (host {0}); {1}; auth=none reason={0}",
)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("chosen", CHOSEN)
def test_no_word_of_the_sender_talks_a_failure_down(chosen: str, shape: str) -> None:
	assert verdict(shape.format(chosen, "dmarc=fail header.from=example.com")) is Verdict.FAIL


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("chosen", CHOSEN)
def test_no_word_of_the_sender_makes_a_pass_of_none(chosen: str, shape: str) -> None:
	written = shape.format(chosen, "dmarc=none header.from=example.com")
	assert verdict(written) is not Verdict.PASS


GMAIL = (
	"mx.our.example; dkim=pass header.i=@example.com header.s=s1 header.b=Ab/+c1; arc=pass (i=1 spf=pass "
	"spfdomain=example.com dkim=pass dkdomain=example.com dmarc=pass fromdomain=example.com); spf=pass "
	"(google.com: domain of prvs=12=jane@example.com designates 192.0.2.1 as permitted sender) "
	'smtp.mailfrom="prvs=12=jane@example.com"; dmarc=pass (p=REJECT sp=REJECT dis=NONE) '
	"header.from=example.com"
)
HONEST = {
	"Gmail": GMAIL,
	"Exchange on premises": "mx.our.example; spf=pass (sender IP is 192.0.2.1) "
	"smtp.mailfrom=bounces+1=a@example.com; "
	"our.example; dkim=pass (signature was verified) header.d=example.com;our.example; "
	"dmarc=pass action=none "
	"header.from=example.com;compauth=pass reason=100",
	"OpenDKIM alone": "mx.our.example;\tdkim=pass (2048-bit key; unprotected) header.d=example.com "
	'header.i=@example.com header.b="Xw/2co+="',
	"OpenDMARC": "mx.our.example; dmarc=pass (p=none dis=none) header.from=example.com",
	"rspamd": "mx.our.example; dkim=pass header.d=example.com header.s=s1 header.b=abc; arc=pass "
	'("microsoft.com:s=arcselector10001:i=1"); dmarc=pass (policy=quarantine) header.from=example.com; '
	"spf=pass (mx.our.example: domain of jane@example.com designates 192.0.2.1 as permitted sender) "
	"smtp.mailfrom=jane@example.com",
	"Fastmail": "mx.our.example; arc=none (no signatures found); bimi=skipped (DMARC "
	"Policy is not at enforcement); "
	"dkim=pass (2048-bit rsa key sha256) header.d=example.com header.i=@example.com "
	"header.b=Ab1/+x header.a=rsa-sha256 "
	"header.s=s1 x-bits=2048; dmarc=pass policy.published-domain-policy=none "
	"policy.applied-disposition=none policy.evaluated-disposition=none (p=none,d=none,d.eval=none) "
	"policy.policy-from=p header.from=example.com; iprev=pass smtp.remote-ip=192.0.2.1 (mail.example.com); "
	"x-me-sender=none; x-tls=pass smtp.version=TLSv1.3 smtp.cipher=TLS_AES_256_GCM_SHA384 smtp.bits=256/256",
	"Yahoo": "mx.our.example; dkim=pass header.i=@example.com header.s=s1; spf=pass "
	"smtp.mailfrom=example.com; "
	"dmarc=pass(p=NONE,sp=QUARANTINE) header.from=example.com;",
	"mail.ru": "mx.our.example; spf=pass (mx123.m.smailru.net: domain of example.com designates 192.0.2.1 as "
	"permitted sender) smtp.mailfrom=jane@example.com smtp.helo=mail.example.com;\t "
	"dkim=pass header.d=example.com; "
	"dmarc=pass header.from=jane@example.com",
	"Zoho": "mx.our.example; dkim=pass;\tarc=pass (i=1 dmarc=pass "
	"fromdomain=example.com); spf=pass (our.example: "
	"domain of jane@example.com designates 192.0.2.1 as permitted sender)  smtp.mailfrom=jane@example.com; "
	"dmarc=pass(p=none dis=none)  header.from=jane@example.com",
	"iCloud": "mx.our.example; dmarc=pass header.from=example.com",
	"GMX": "mx.our.example; dkim=pass header.i=@example.com",
	"Amazon": "mx.our.example; spf=pass (spfCheck: domain of example.com designates "
	"192.0.2.1 as permitted sender) "
	"client-ip=192.0.2.1; envelope-from=jane@example.com; helo=mail.example.com; "
	"dkim=pass header.i=@example.com; "
	"dmarc=pass header.from=example.com;",
	"Exim": "mx.our.example; iprev=pass (mail.example.com) smtp.remote-ip=192.0.2.1; "
	"spf=pass smtp.mailfrom=example.com; "
	"dkim=pass header.d=example.com header.s=s1 header.a=rsa-sha256; dmarc=pass header.from=example.com",
	"a reason in quotes": 'mx.our.example; dkim=fail reason="bad (body; hash)" header.d=list.example; '
	"dmarc=pass header.from=example.com policy.dmarc=reject",
	"a quoted local part": 'mx.our.example; spf=pass (domain of "jane doe"@example.com permits) '
	'smtp.mailfrom="jane (at; home)"@example.com; dmarc=pass header.from=example.com',
	"an escaped bracket": "mx.our.example; spf=pass (odd \\) name) smtp.mailfrom=a; "
	"dmarc=pass header.from=example.com",
	"an empty sender": "mx.our.example; spf=none smtp.mailfrom=; spf=none smtp.mailfrom=<>; dmarc=pass "
	"header.from=example.com",
	"spaces and versions": "mx.our.example 1 ; dmarc / 1 = pass (a (nested) one) header.from = example.com",
	"letters of the world": "mx.our.example; spf=pass (domain of j\u00f6rg@example.com) smtp.mailfrom="
	"j\u00f6rg@example.com; dmarc=pass header.from=example.com",
}


@pytest.mark.parametrize("field", HONEST.values(), ids=HONEST)
def test_what_ordinary_servers_write_is_read(field: str) -> None:
	assert verdict(field) is Verdict.PASS
	failed = re.sub(r"(; ?)(dmarc(?: / 1)? ?= ?)pass", r"\1\2fail", field)
	assert verdict(failed) is (Verdict.FAIL if failed != field else Verdict.PASS)


def test_an_international_domain_is_read_in_either_form() -> None:
	for spelling in ("b\u00fccher.example", "xn--bcher-kva.example"):
		field = f"mx.our.example; dmarc=pass header.from={spelling}"
		assert verdict(field, domain="xn--bcher-kva.example") is Verdict.PASS


def test_comments_are_no_part_of_the_verdict() -> None:
	assert (
		verdict(
			"mx.our.example (a (b) c); (dmarc=fail) dmarc=pass (p=reject dis=none) header.from=example.com"
		)
		is Verdict.PASS
	)


def test_a_control_character_in_the_field_is_a_failure() -> None:
	octets = mail(authentication_results=b"mx.our.example; dmarc=pass header.from=\x01example.com")
	assert sender_verdict(read(octets).headers, "example.com", TRUSTED) is Verdict.FAIL


def test_encoded_words_in_the_field_are_not_decoded() -> None:
	octets = mail(authentication_results="mx.our.example; =?utf-8?q?dmarc=3Dpass_header.from=3Dexample.com?=")
	assert sender_verdict(read(octets).headers, "example.com", TRUSTED) is Verdict.UNKNOWN


def test_a_folded_field_is_read_from_a_real_message() -> None:
	octets = mail(
		authentication_results=b"mx.our.example;\r\n\tdkim=none;\r\n\tdmarc=pass\r\n\theader.from=example.com"
	)
	assert sender_verdict(read(octets).headers, "example.com", TRUSTED) is Verdict.PASS


FAILS = b"; dmarc=fail header.from=example.com"


@pytest.mark.parametrize(
	"octets",
	[
		b"mx.our.example;\r\n spf=pass smtp.mailfrom=x\r\n ;dmarc=pass header.from=example.com\r\n " + FAILS,
		b"mx.our.example" + FAILS + b"\r\n; dmarc=pass header.from=example.com",
		b"mx.our.example; spf=pass smtp.mailfrom=\xff\xfe\x00@evil.example" + FAILS,
		b"mx.our.example; spf=pass smtp.mailfrom=a\rb@evil.example" + FAILS,
		b"mx.our.example; spf=pass smtp.mailfrom=a\r\n\tb@evil.example" + FAILS,
		b"mx.our.example; spf=pass smtp.mailfrom=" + b"a" * 50_000 + b"@evil.example" + FAILS,
	],
	ids=["fold", "lost fold", "octets", "carriage return", "fold in a word", "long"],
)
def test_nothing_in_a_real_message_talks_a_failure_down(octets: bytes) -> None:
	message = read(mail(authentication_results=octets))
	assert sender_verdict(message.headers, "example.com", TRUSTED) is Verdict.FAIL


def test_a_header_that_is_too_large_to_be_read_whole_is_not_read_in_part() -> None:
	octets = b"mx.our.example" + FAILS + b"\r\nX-More: x" * 20_000
	with pytest.raises(MessageError) as refused:
		read(mail(authentication_results=octets))
	assert refused.value.reason is Reason.TOO_COMPLEX


def test_nobody_is_trusted_unless_named() -> None:
	headers = Headers((("authentication-results", "mx.our.example; dmarc=pass header.from=example.com"),))
	assert sender_verdict(headers, "example.com", ()) is Verdict.UNKNOWN


class TestBesideReceived:
	"""Where the field stands tells who wrote it."""

	PASS = ("authentication-results", "mx.our.example; dmarc=pass header.from=example.com")
	FAIL = ("authentication-results", "mx.our.example; dmarc=fail header.from=example.com")
	SPF = ("authentication-results", "mx.our.example; spf=pass smtp.mailfrom=example.com")
	ODD = ("authentication-results", 'mx.our.example; spf=pass smtp.mailfrom="; dmarc=pass')

	def judged(self, *fields: tuple[str, str], below: bool = False) -> Verdict:
		return sender_verdict(Headers(fields), "example.com", TRUSTED, results_below_received=below)

	@pytest.mark.parametrize(
		"received",
		[
			"from evil by mx.our.example with ESMTP; today",
			"from a (b [192.0.2.1]) by MX.Our.Example. (Postfix) with ESMTPS id 1 for <x@our.example>; today",
			"from a (HELO by) (192.0.2.1) by mx.our.example with SMTP; today",
			"by mx.our.example; today",
			"from a by node7.mx.our.example with ESMTP; today",
			'from a by mx.our.example with ESMTP id 1 for <"support+ with LMTP "@our.example>; today',
		],
	)
	def test_below_our_own_servers_received_it_is_the_senders(self, received: str) -> None:
		assert self.judged(("received", received), self.PASS) is Verdict.UNKNOWN
		assert self.judged(("received", received), self.FAIL) is Verdict.FAIL
		assert self.judged(("received", received), self.ODD) is Verdict.FAIL
		assert self.judged(("received", received), FOREIGN, self.FAIL) is Verdict.UNKNOWN
		assert self.judged(self.PASS, ("received", received), self.FAIL) is Verdict.PASS
		assert self.judged(self.FAIL, ("received", received), self.PASS) is Verdict.FAIL

	def test_a_server_that_writes_below_is_believed_where_the_administrator_says_so(self) -> None:
		ours = ("received", "from a by mx.our.example (Postfix) with ESMTPS; today")
		assert self.judged(ours, self.PASS, FOREIGN, below=True) is Verdict.PASS
		assert self.judged(ours, self.SPF, self.PASS, FOREIGN, below=True) is Verdict.PASS
		assert self.judged(ours, self.FAIL, self.PASS, FOREIGN, below=True) is Verdict.FAIL
		assert self.judged(ours, FOREIGN, self.PASS, below=True) is Verdict.UNKNOWN

	def test_gmail_writes_below(self) -> None:
		taken_in = ("received", "from a (a [192.0.2.1]) by mx.google.com with ESMTPS id x; today")
		hop = ("received", "by 2002:a05:6214:10c8 with SMTP id r8csp1; today")
		field = ("authentication-results", GMAIL.replace("mx.our.example", "mx.google.com"))
		headers = Headers((hop, taken_in, ("received-spf", "pass"), field, FOREIGN))
		assert sender_verdict(headers, "example.com", ("mx.google.com",)) is Verdict.PASS
		forged = ("authentication-results", "mx.google.com; spf=pass")
		headers = Headers((hop, taken_in, field, forged, FOREIGN))
		assert sender_verdict(headers, "example.com", ("mx.google.com",)) is Verdict.FAIL

	def test_several_filters_of_one_server_write_a_field_each(self) -> None:
		ours = ("received", "from a by mx.our.example (Postfix) with ESMTPS; today")
		assert self.judged(self.SPF, self.PASS, ours) is Verdict.PASS
		assert self.judged(self.PASS, self.PASS, ours) is Verdict.FAIL
		assert self.judged(self.PASS, FOREIGN, self.SPF, ours) is Verdict.FAIL
		inside = ("received", "from a by mailmx.internal (Postfix) with ESMTPS; today")
		assert self.judged(self.SPF, self.PASS, inside) is Verdict.PASS
		assert self.judged(inside, self.SPF, self.PASS, ours) is Verdict.PASS
		assert self.judged(self.SPF, inside, self.PASS, FOREIGN) is Verdict.FAIL
		assert self.judged(self.SPF, self.PASS) is Verdict.FAIL

	def test_where_the_trusted_server_took_nothing_in_a_field_may_be_the_senders(self) -> None:
		relay = ("received", "from evil by mail7.hoster.example (Postfix) with ESMTPS; today")
		fail = ("authentication-results", "mx.our.example; dmarc=fail header.from=example.com")
		assert self.judged(relay, self.PASS, FOREIGN) is Verdict.UNKNOWN
		assert self.judged(relay, self.PASS) is Verdict.UNKNOWN
		assert self.judged(relay, fail) is Verdict.FAIL

	def test_words_in_helo_are_no_delivery_to_the_mailbox(self) -> None:
		taken_in = ("received", "from x with LMTP y (a [192.0.2.1]) by mx.our.example with ESMTP; today")
		assert self.judged(taken_in, self.PASS) is Verdict.UNKNOWN
		twice = ("received", "from x by y with LMTP z (a [192.0.2.1]) by mx.our.example with ESMTP; today")
		assert self.judged(twice, self.PASS) is Verdict.UNKNOWN

	def test_handing_the_message_to_the_mailbox_comes_after(self) -> None:
		delivered = ("received", "from mx.our.example by mx.our.example with LMTP id 1; today")
		ours = ("received", "from a by mx.our.example (Postfix) with ESMTPS; today")
		assert self.judged(delivered, self.PASS, ours) is Verdict.PASS

	def test_of_two_trusted_servers_the_last_one_counts_and_both_may_fail(self) -> None:
		other = ("authentication-results", "mx2.our.example; spf=pass")
		both = (*TRUSTED, "mx2.our.example")
		assert sender_verdict(Headers((self.PASS, other)), "example.com", both) is Verdict.PASS
		assert sender_verdict(Headers((other, self.PASS)), "example.com", both) is Verdict.UNKNOWN
		assert sender_verdict(Headers((other, self.FAIL)), "example.com", both) is Verdict.FAIL


class TestExchangeOnline:
	"""Exchange Online writes no server name; the administrator says that the mailbox is there."""

	RESULT = (
		"authentication-results",
		"spf=pass smtp.mailfrom=example.com; dmarc=pass action=none header.from=example.com",
	)

	def test_its_field_above_the_border_is_read(self) -> None:
		headers = Headers((WITHIN, self.RESULT, BORDER, FOREIGN))
		assert sender_verdict(headers, "example.com", (), True) is Verdict.PASS

	def test_hops_within_office_365_come_after_the_border(self) -> None:
		hop = ("received", "from a by SYXPR01CA0095.outlook.office365.com (::28) with Microsoft SMTP; today")
		headers = Headers((WITHIN, hop, self.RESULT, BORDER, FOREIGN))
		assert sender_verdict(headers, "example.com", (), True) is Verdict.PASS
		headers = Headers((WITHIN, hop, BORDER, self.RESULT, FOREIGN))
		assert sender_verdict(headers, "example.com", (), True) is Verdict.UNKNOWN

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

	def test_two_fields_are_a_failure(self) -> None:
		headers = Headers((WITHIN, self.RESULT, self.RESULT, BORDER))
		assert sender_verdict(headers, "example.com", (), True) is Verdict.FAIL
