"""Every table of the gateway, imported so that its metadata is whole."""

from inzira_gateway.account.models import Account, AccountChange
from inzira_gateway.consent.models import ConsentGrant
from inzira_gateway.database import Base
from inzira_gateway.feed.models import FeedCounter, FeedEvent
from inzira_gateway.grant.models import PartnerGrant
from inzira_gateway.journey.models import JourneyEntry, PersonHead, Projection, SourceSeen
from inzira_gateway.ledger.models import AccessEntry, AccessSubject
from inzira_gateway.partner.models import AssertionSeen, Partner, PartnerKey, PartnerRecord
from inzira_gateway.session.models import LoginAttempt, RefreshToken, Session
from inzira_gateway.sharing.models import FeedSubject, Pairwise
from inzira_gateway.statistics.models import StatisticCell, StatisticRelease
from inzira_gateway.webhook.models import WebhookDelivery, WebhookEndpoint, WebhookKey, WebhookMessage

__all__ = [
    "AccessEntry",
    "AccessSubject",
    "Account",
    "AccountChange",
    "AssertionSeen",
    "Base",
    "ConsentGrant",
    "FeedCounter",
    "FeedEvent",
    "FeedSubject",
    "JourneyEntry",
    "LoginAttempt",
    "Pairwise",
    "Partner",
    "PartnerGrant",
    "PartnerKey",
    "PartnerRecord",
    "PersonHead",
    "Projection",
    "RefreshToken",
    "Session",
    "SourceSeen",
    "StatisticCell",
    "StatisticRelease",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookKey",
    "WebhookMessage",
]
