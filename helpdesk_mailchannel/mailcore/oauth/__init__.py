"""Signing in by OAuth 2.0: from a registered application to an access token that lives.

`provider.provider_for` gives the provider of a channel's settings: `begin` and `redeem` are the two halves
of a person's signing in, `renew` and `app_only` need no person. `state` ties the halves together, `tokens`
says what came of it, `provider_errors` explains every refusal, `http` is the one way out to the network.

Which tokens a channel has, and who may renew them when, is the site's business.
"""
