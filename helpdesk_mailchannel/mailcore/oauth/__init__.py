"""Signing in by OAuth 2.0: from a registered application to a valid access token.

`provider.provider_for` gives the provider for a channel's settings: `begin` and `redeem` are the two halves
of a person's sign-in, `renew` and `app_only` need no person. `state` ties the halves together, `tokens`
says what resulted, `provider_errors` explains every refusal, `http` is the only way out to the network.

Which tokens a channel has, and who may renew them when, is the site's business.
"""
