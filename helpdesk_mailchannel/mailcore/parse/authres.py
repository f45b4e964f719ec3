from helpdesk_mailchannel.mailcore.model import Headers, Verdict


def sender_verdict(headers: Headers, domain: str, trusted: tuple[str, ...], exchange: bool) -> Verdict:
	return Verdict.UNKNOWN
