"""Real AWS as a backend: the same scripts, the caller's own credentials, and a ledger of all that they create."""

from labguide.backends.aws import declared, policy
from labguide.backends.aws.backend import CONSENT, AwsBackend, clean, swept, told
from labguide.backends.aws.costs import PriceTable, prices
from labguide.backends.aws.endings import say

__all__ = ["CONSENT", "AwsBackend", "PriceTable", "clean", "declared", "policy", "prices", "say", "swept", "told"]
