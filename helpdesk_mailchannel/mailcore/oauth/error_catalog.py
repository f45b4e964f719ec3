"""Every refusal the providers document for this flow: what went wrong and what to do, in our own words.

One table row per mistake. `docs/sign-in-errors.md` shows the same tables, and a test keeps the two in step.
The codes are the providers' own, so that they can be searched for: AADSTS numbers from Microsoft's error
reference, and `error` values of RFC 6749 and of Google's OAuth documentation.
"""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk_mailchannel.mailcore.reasons import Trouble
from helpdesk_mailchannel.mailcore.sentences import Sentence, _


@dataclass(frozen=True)
class Mistake:
	"""One refusal: the provider's codes for it, what it does to the channel, the sentence, the remedy."""

	codes: tuple[str, ...]
	trouble: Trouble
	sentence: Sentence
	remedy: Sentence


_APPLICATION = Trouble.OAUTH_MISCONFIGURED
_PERMISSION = Trouble.TOKEN_DEAD
_PASSING = Trouble.TOKEN_UNAVAILABLE
_AUTHORIZE = _("Open the channel and click Authorize.")

MICROSOFT: tuple[Mistake, ...] = (
	# The application
	Mistake(
		("AADSTS7000215",),
		_APPLICATION,
		_(
"Microsoft does not know the client secret; most often the Secret ID was pasted in "
"place of the Value."
),
		_(
"In the app registration open Certificates & secrets, create a new client secret, "
"and paste its Value."
),
	),
	Mistake(
		("AADSTS7000222",),
		_APPLICATION,
		_("The client secret has expired."),
		_(
"In the app registration open Certificates & secrets, create a new client secret, "
"paste its Value, and note its expiry date in the channel."
),
	),
	Mistake(
		("AADSTS70002", "AADSTS7000218"),
		_APPLICATION,
		_("The client secret is missing or wrong."),
		_("Paste the Value of a client secret from Certificates & secrets into the channel."),
	),
	Mistake(
		("AADSTS700016", "AADSTS700011", "AADSTS70001"),
		_APPLICATION,
		_(
"The application is not known in this tenant: client ID or tenant belongs to another "
"one."
),
		_(
"Copy Application (client) ID and Directory (tenant) ID from the app registration's "
"Overview page."
),
	),
	Mistake(
		("AADSTS90002", "AADSTS900023", "AADSTS50128", "AADSTS50059", "AADSTS90019"),
		_APPLICATION,
		_("The tenant does not exist."),
		_("Copy the Directory (tenant) ID from the app registration's Overview page."),
	),
	Mistake(
		("AADSTS90038", "AADSTS90051", "AADSTS900382", "AADSTS900432"),
		_APPLICATION,
		_("The tenant belongs to another of Microsoft's clouds."),
		_("Choose the sign-in host of that cloud, such as login.microsoftonline.us."),
	),
	Mistake(
		("AADSTS7000112",),
		_APPLICATION,
		_("The application is switched off in this tenant."),
		_(
"Ask the tenant's administrator to open Enterprise apps, the application, "
"Properties, and set Enabled for users to sign-in to Yes."
),
	),
	Mistake(
		("AADSTS50194", "AADSTS90130", "AADSTS90124", "AADSTS9001023", "AADSTS9002332"),
		_APPLICATION,
		_(
"The application is registered for one organisation, but the tenant is a shared one "
"such as common."
),
		_("Enter the Directory (tenant) ID from the app registration's Overview page."),
	),
	Mistake(
		("AADSTS700025",),
		_APPLICATION,
		_("The application is registered as a public client, which has no secret."),
		_(
"In the app registration open Authentication and add the redirect URL under the "
"platform Web, not under Mobile and desktop applications or Single-page application."
),
	),
	Mistake(
		("AADSTS700084", "AADSTS9002327"),
		_APPLICATION,
		_("The redirect URL is registered under the platform Single-page application."),
		_(
"In the app registration open Authentication, remove it there and add it under the "
"platform Web; then click Authorize."
),
	),
	Mistake(
		("AADSTS50011", "AADSTS70004", "AADSTS900971", "AADSTS90102"),
		_APPLICATION,
		_("The redirect URL is not registered for the application."),
		_(
"Copy the redirect URL from the channel and add it, letter for letter, in the app "
"registration under Authentication, platform Web."
),
	),
	Mistake(
		("AADSTS500011", "AADSTS50001", "AADSTS650052", "AADSTS650054"),
		_APPLICATION,
		_("The tenant has no Exchange Online, or the scope names a service it does not have."),
		_(
"Check that the tenant has an Exchange Online licence, and that the scope begins "
"with https://outlook.office.com/ (app-only: https://outlook.office365.com/.default)."
),
	),
	Mistake(
		("AADSTS70011", "AADSTS28002", "AADSTS28003", "AADSTS700022", "AADSTS700023", "AADSTS1002012"),
		_APPLICATION,
		_("The scope is not valid for this grant."),
		_(
"Use https://outlook.office.com/IMAP.AccessAsUser.All (or POP.AccessAsUser.All) for "
"a user's sign-in, and https://outlook.office365.com/.default for app-only access."
),
	),
	Mistake(
		("AADSTS65005", "AADSTS650056", "AADSTS650057"),
		_APPLICATION,
		_("The application has no permission for IMAP or POP in its registration."),
		_(
"In the app registration open API permissions, add IMAP.AccessAsUser.All or "
"POP.AccessAsUser.All (app-only: IMAP.AccessAsApp or POP.AccessAsApp), and grant "
"admin consent."
),
	),
	Mistake(
		("AADSTS9002313", "AADSTS90014", "AADSTS900144", "AADSTS90013", "AADSTS90023", "AADSTS90100"),
		_APPLICATION,
		_("Microsoft could not read the request: a value is missing, cut off or pasted wrongly."),
		_(
"Enter tenant, client ID and client secret again, then click Authorize. A pasted "
"refresh token must be whole."
),
	),
	# Consent
	Mistake(
		("AADSTS65001", "AADSTS90008", "AADSTS90099"),
		_APPLICATION,
		_("Nobody has consented to the application's permissions, or the consent was withdrawn."),
		_(
"In the app registration open API permissions and choose Grant admin consent, then "
"click Authorize."
),
	),
	Mistake(
		("AADSTS65004",),
		_PERMISSION,
		_("The person who signed in declined to give access."),
		_("Click Authorize again and choose Accept."),
	),
	Mistake(
		("AADSTS90094", "AADSTS90095", "AADSTS90093"),
		_APPLICATION,
		_("In this organisation only an administrator may consent to the application."),
		_(
"Ask the tenant's administrator to open API permissions in the app registration and "
"choose Grant admin consent."
),
	),
	# The person who signed in
	Mistake(
		("AADSTS50020", "AADSTS50034", "AADSTS51004", "AADSTS16000", "AADSTS16003", "AADSTS90072"),
		_PERMISSION,
		_("The person who signed in does not belong to this tenant."),
		_(
"Sign out at Microsoft or use a private window, click Authorize again, and sign in "
"with an account of the organisation that owns the mailbox."
),
	),
	Mistake(
		("AADSTS500208",),
		_PERMISSION,
		_(
"The account is of a kind the tenant does not accept, such as a personal Microsoft "
"account."
),
		_("Click Authorize again and sign in with a work or school account."),
	),
	Mistake(
		("AADSTS50105",),
		_PERMISSION,
		_("The application is open to assigned users only, and this account is not assigned."),
		_(
"Ask the tenant's administrator to open Enterprise apps, the application, Users and "
"groups, and add the account."
),
	),
	Mistake(
		("AADSTS50057",),
		_PERMISSION,
		_("The account that signed in is disabled."),
		_(
"Have it enabled again, or click Authorize and sign in with another account that may "
"open the mailbox."
),
	),
	Mistake(
		("AADSTS50053",),
		_PERMISSION,
		_(
"The account is locked after wrong passwords, or its sign-in came from an address "
"Microsoft distrusts."
),
		_("Ask the tenant's administrator to look at the sign-in logs, then click Authorize."),
	),
	Mistake(
		("AADSTS50055", "AADSTS50144"),
		_PERMISSION,
		_("The password of the account that signed in has expired."),
		_("Renew the password at Microsoft, then click Authorize."),
	),
	Mistake(
		("AADSTS50126", "AADSTS50056"),
		_PERMISSION,
		_("User name or password were wrong at Microsoft's sign-in page."),
		_("Click Authorize again."),
	),
	# Policies
	Mistake(
		("AADSTS50076", "AADSTS50072", "AADSTS50074", "AADSTS50078", "AADSTS50079", "AADSTS50158"),
		_PERMISSION,
		_("The organisation now asks for multi-factor sign-in, which only a person can do."),
		_("Open the channel, click Authorize, and complete the second factor."),
	),
	Mistake(
		("AADSTS53003", "AADSTS530032", "AADSTS530035", "AADSTS50131", "AADSTS53002"),
		_PERMISSION,
		_("A conditional access policy of the organisation blocks this sign-in."),
		_(
"Ask the tenant's administrator to find the policy in the sign-in logs and to allow "
"this application or this server's address; then click Authorize."
),
	),
	Mistake(
		("AADSTS53000", "AADSTS53001", "AADSTS50005", "AADSTS50097", "AADSTS50129"),
		_PERMISSION,
		_("A conditional access policy asks for a managed device, and a server is none."),
		_(
"Ask the tenant's administrator to exempt this application or account, or use "
"app-only access."
),
	),
	# A permission that has ended
	Mistake(
		("AADSTS70008", "AADSTS700082", "AADSTS70000", "AADSTS50089"),
		_PERMISSION,
		_("The sign-in is too old or was not used for too long."),
		_AUTHORIZE,
	),
	Mistake(
		("AADSTS70043",),
		_PERMISSION,
		_("A sign-in frequency policy of the organisation ended the sign-in."),
		_(
"Click Authorize. To avoid it, ask the tenant's administrator to exempt this account "
"from the policy, or use app-only access."
),
	),
	Mistake(
		("AADSTS50173", "AADSTS50132", "AADSTS50133"),
		_PERMISSION,
		_("The sign-in was ended because the password was changed or sessions were revoked."),
		_AUTHORIZE,
	),
	Mistake(
		("AADSTS700020", "AADSTS50058", "AADSTS50085"),
		_PERMISSION,
		_("Microsoft wants a person to sign in again."),
		_AUTHORIZE,
	),
	Mistake(
		("AADSTS54005", "AADSTS70019", "AADSTS700005", "AADSTS501481", "AADSTS50147"),
		_PERMISSION,
		_(
"The code of this sign-in was used before, has expired, or belongs to another "
"sign-in."
),
		_("Click Authorize again, and finish the sign-in in one window."),
	),
	# What passes by itself
	Mistake(
		("AADSTS90055", "AADSTS50196", "AADSTS90024", "AADSTS50166"),
		_PASSING,
		_("Microsoft asks for fewer requests."),
		_("The channel tries again by itself."),
	),
	Mistake(
		(
			"AADSTS50033", "AADSTS50087", "AADSTS90006", "AADSTS90012", "AADSTS90033", "AADSTS90090",
			"AADSTS90091", "AADSTS40010", "AADSTS70012", "AADSTS50000",
		),
		_PASSING,
		_("Microsoft's sign-in service has trouble of its own."),
		_("The channel tries again by itself. If it stays, see Microsoft's service health page."),
	),
)  # fmt: skip

GOOGLE: tuple[Mistake, ...] = (
	Mistake(
		("redirect_uri_mismatch",),
		_APPLICATION,
		_("The redirect URL is not registered for the client."),
		_(
			"Copy the redirect URL from the channel and add it, letter for letter, under "
			"Authorized redirect URIs of the client."
		),
	),
	Mistake(
		("deleted_client", "disabled_client"),
		_APPLICATION,
		_("The client was deleted or switched off at Google."),
		_(
			"Create a new client of type Web application, enter its client ID and secret, and "
			"click Authorize."
		),
	),
	Mistake(
		("admin_policy_enforced",),
		_APPLICATION,
		_("The Google Workspace administrator does not allow this application to read mail."),
		_(
			"Ask the administrator to trust the client ID in the Admin console under Security, "
			"Access and data control, API controls, Manage App Access; then click Authorize."
		),
	),
	Mistake(
		("policy_enforced",),
		_PERMISSION,
		_("The account is under Google's Advanced Protection, which allows no such access."),
		_("Sign in with another account, or take this one out of the Advanced Protection Program."),
	),
	Mistake(
		("org_internal",),
		_PERMISSION,
		_("The application is for members of its own organisation, and this account is not one."),
		_(
			"Click Authorize and sign in with an account of the organisation, or set the user "
			"type to External under Audience."
		),
	),
	Mistake(
		("access_not_configured",),
		_APPLICATION,
		_("The organisation's administrator has not yet set up this application."),
		_("Ask the Google Workspace administrator to allow the client ID under API controls."),
	),
	Mistake(
		("invalid_rapt",),
		_PERMISSION,
		_("The organisation ends Google sessions after a set time and wants a person to sign in again."),
		_(
			"Click Authorize. To avoid it, ask the Google Workspace administrator to exempt the "
			"application under Google Cloud session control."
		),
	),
	Mistake(
		("mail_scope_missing",),
		_PERMISSION,
		_("The person who signed in did not tick the permission to read mail."),
		_("Click Authorize again and tick every permission on Google's page."),
	),
)

ANY_PROVIDER: tuple[Mistake, ...] = (
	Mistake(
		("access_denied",),
		_PERMISSION,
		_("Access was refused on the provider's sign-in page."),
		_(
			"Click Authorize again and allow the access. At Google, while the app is in testing, "
			"the account must be among the test users."
		),
	),
	Mistake(
		("consent_required",),
		_APPLICATION,
		_("Nobody has consented to the application's permissions, or the consent was withdrawn."),
		_("Click Authorize and give consent, or ask the administrator for it."),
	),
	Mistake(
		("interaction_required", "login_required", "account_selection_required"),
		_PERMISSION,
		_("The provider wants a person to sign in again."),
		_AUTHORIZE,
	),
	Mistake(
		("invalid_grant",),
		_PERMISSION,
		_("The sign-in has ended: it expired, was revoked, or the password was changed."),
		_(
			"Open the channel and click Authorize. At Google, sign-ins of an app in testing end "
			"after seven days: publish the app."
		),
	),
	Mistake(
		("invalid_client",),
		_APPLICATION,
		_("The provider does not know the client ID, or the client secret is wrong."),
		_("Copy client ID and client secret again from the provider's page, without spaces around them."),
	),
	Mistake(
		("unauthorized_client",),
		_APPLICATION,
		_(
			"The application may not use this way of signing in, or the refresh token belongs to "
			"another client."
		),
		_(
			"Check the grant type, and that client ID, secret and refresh token belong together; "
			"then click Authorize."
		),
	),
	Mistake(
		("unsupported_grant_type", "unsupported_response_type"),
		_APPLICATION,
		_("The provider does not offer this grant type."),
		_("Choose the other grant type, and check the token endpoint."),
	),
	Mistake(
		("invalid_scope", "invalid_resource", "invalid_target"),
		_APPLICATION,
		_("The provider does not know the scope."),
		_("Copy the scope for IMAP or POP3 from the provider's documentation."),
	),
	Mistake(
		("invalid_request",),
		_APPLICATION,
		_("The provider could not read the request: a value is missing or pasted wrongly."),
		_("Check the endpoints, client ID, client secret and scope."),
	),
	Mistake(
		("refresh_token_missing",),
		_APPLICATION,
		_("The provider gave no refresh token, so the sign-in would end within the hour."),
		_("Add the scope offline_access (Microsoft and most others), and click Authorize again."),
	),
	Mistake(
		("temporarily_unavailable", "server_error", "slow_down", "rate_limit_exceeded", "internal_failure"),
		_PASSING,
		_("The provider has trouble of its own or asks for fewer requests."),
		_("The channel tries again by itself. If it stays, see the provider's status page."),
	),
)
