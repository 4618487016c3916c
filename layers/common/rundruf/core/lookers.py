"""Who opens a link without being a person: previews of messengers, search engines, scanners, libraries."""

import re
from collections.abc import Mapping

# As such programs name themselves, in lower case; list of 2026-11-23. Those that are documented:
# developers.facebook.com/docs/sharing/webmasters/web-crawlers, api.slack.com/robots,
# developers.google.com/search/docs/crawling-indexing/overview-google-crawlers.
LOOKERS: tuple[str, ...] = (
    "adsbot",
    "ahrefsbot",
    "applebot",
    "baiduspider",
    "barracuda",
    "bingbot",
    "bingpreview",
    "bitlybot",
    "bot/",
    "bytespider",
    "chrome-lighthouse",
    "crawler",
    "curl/",
    "discordbot",
    "duckduckbot",
    "embedly",
    "facebookbot",
    "facebookcatalog",
    "facebookexternalhit",
    "facebot",
    "go-http-client",
    "google-inspectiontool",
    "google-pagerenderer",
    "google-read-aloud",
    "googlebot",
    "googleimageproxy",
    "headlesschrome",
    "iframely",
    "instagrambot",
    "java/",
    "kakaotalk-scrap",
    "libwww",
    "line-poker",
    "linespider",
    "linkedinbot",
    "mattermost-bot",
    "mediapartners-google",
    "meta-externalagent",
    "meta-externalfetcher",
    "microsoftpreview",
    "mimecast",
    "okhttp",
    "pinterestbot",
    "proofpoint",
    "python-requests",
    "python-urllib",
    "redditbot",
    "safelinks",
    "semrushbot",
    "skypeuripreview",
    "slack-imgproxy",
    "slackbot",
    "spider",
    "telegrambot",
    "twitterbot",
    "urlpreview",
    "viber",
    "vkshare",
    "wget/",
    "whatsapp/",
    "yandexbot",
)
# A messenger's own browser names the messenger, too, but is a browser first; "Cubot" makes phones.
_PEOPLE = re.compile(
    r"^mozilla/5\.0 \((?:linux; android|iphone|ipad|windows nt|macintosh)[^)]*\).*(?:safari|version)/"
)
_BOTS = re.compile(r"(?<!cu)bot\b|spider|crawl|preview|externalhit")
_AHEAD_HEADERS = ("purpose", "sec-purpose", "x-purpose", "x-moz")
_AHEAD = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)


def is_looker(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a call is no person's: a preview, a prefetch, a program. ``headers`` in lower case.

    Without a user agent it is no browser, so no person.
    """
    if method != "GET" or any(_AHEAD.search(headers.get(name, "")) for name in _AHEAD_HEADERS):
        return True
    agent = headers.get("user-agent", "").strip().lower()
    if not agent:
        return True
    if _PEOPLE.match(agent) and not _BOTS.search(agent):
        return False
    return any(name in agent for name in LOOKERS)
