#!/usr/bin/env python3
"""Second opinion on the test vectors, with Python's standard library alone.

    python3 crosscheck.py [ROOT]

For every vector that is accepted, the digest is computed again and must be the
one that was sent, under the secret and the message candidate that the vector
names. For a vector that is refused although its signature holds (a stale time,
a duplicate name, …) the digest must hold too, and for a mismatch it must not:
otherwise the vector would pass for another reason than the one it states.
Stated times are compared with the tolerance.

Nothing here is shared with the generator, with one exception: what
JSON.stringify makes of a body is read from stringified.json, and only the MAC
over it is computed.
"""

import datetime
import json
import pathlib
import sys

sys.dont_write_bytecode = True
from schemes import SCHEMES, SECONDS, TOLERANT_BY_SETTING, Request, body_digest_holds, iso_moment, smino_fields  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
UTC = datetime.timezone.utc
PROVIDERS = (
    "chaindoc", "dastra", "discord", "github", "gitlab-token", "qualifio", "seatable", "shopify", "slack", "smino",
    "standard-webhooks", "stripe", "twilio", "twilio-json",
)
TIME_REASONS = {"timestamp_too_old", "timestamp_in_future", "timestamp_malformed"}
BODY_REASONS = {"body_ambiguous", "body_malformed"}
# The refusals of a provider that come after its signature has held. Elsewhere
# the same reasons can come before.
AFTER_SIGNATURE = {
    "chaindoc": BODY_REASONS | {"condition_failed", "field_missing", "field_malformed", "field_ambiguous"},
    "dastra": set(),
    "discord": TIME_REASONS | BODY_REASONS,
    "github": set(),
    "gitlab-token": set(),
    "shopify": set(),
    "slack": TIME_REASONS | BODY_REASONS | {"field_missing", "field_malformed"},
    "stripe": TIME_REASONS,
    "twilio": set(),
    "twilio-json": {"condition_failed", "field_missing", "field_ambiguous", "field_malformed"},
    "qualifio": set(),
    "seatable": set(),
    "smino": TIME_REASONS,
    "standard-webhooks": TIME_REASONS,
}


def matches(provider, vector, stringified):
    """Every pair of candidate and secret whose digest was sent, in order of trial."""
    sent_of, messages_of, key_of, holds = SCHEMES[provider]
    request = Request(vector)
    sent = sent_of(request)
    settings = vector.get("settings", {})
    keys = [key_of(secret, settings) for secret in vector["secrets"]]
    return [
        (candidate, index)
        for candidate, message in messages_of(request, stringified).items()
        for index, key in enumerate(keys)
        if any(holds(key, message, s) for s in sent)
    ]


def stated_moment(provider, request):
    """The moment that the request states, in seconds since 1970."""
    if provider in SECONDS:
        return int(SECONDS[provider](request))
    _, stamp = smino_fields(request)
    try:
        moment = datetime.datetime.strptime(stamp, "%m/%d/%Y %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        moment = iso_moment(stamp)
    return moment.timestamp()


def check_time(provider, vector):
    """A complaint about the time of a vector, or None."""
    tolerant = (provider in SECONDS and provider not in TOLERANT_BY_SETTING) or "tolerance" in vector.get("settings", {})
    reason = vector["expect"].get("reason")
    accepted = vector["expect"]["outcome"] != "reject"
    if not tolerant or not (accepted or reason in ("timestamp_too_old", "timestamp_in_future")):
        return None
    at = datetime.datetime.fromisoformat(vector["at"].replace("Z", "+00:00")).timestamp()
    age = at - stated_moment(provider, Request(vector))
    limit = {"5m": 300, "10m": 600}[vector.get("settings", {}).get("tolerance", "5m")]
    want = "timestamp_too_old" if age > limit else "timestamp_in_future" if age < -limit else None
    return None if want == reason else f"the stated time is {age} s back, which makes {want}"


def after_signature(provider, vector):
    """Whether the vector's refusal is one that comes after its signature has held."""
    if provider == "smino" and "tolerance" not in vector.get("settings", {}):
        return False
    return vector["expect"]["reason"] in AFTER_SIGNATURE[provider]


def check_digest(provider, vector):
    """A complaint about what the URL says of the body, or None."""
    if provider != "twilio-json":
        return None
    accepted = vector["expect"]["outcome"] == "accept"
    if not accepted and not after_signature(provider, vector):
        return None
    holds = body_digest_holds(Request(vector))
    # A query that cannot be read is read by Python.
    if holds == accepted or vector["expect"].get("reason") == "field_malformed":
        return None
    return f"the digest of the body in the URL holds: {holds}"


def check(provider, vector, stringified):
    """A complaint about a vector, or None."""
    expect = vector["expect"]
    reason = expect.get("reason")
    if expect["outcome"] != "reject":
        found = matches(provider, vector, stringified)
        want = (expect.get("candidate"), expect["secret"])
        if not found or found[0] != want:
            return f"matches are {found}, want {want} first"
    elif after_signature(provider, vector):
        if not matches(provider, vector, stringified):
            return f"{reason} comes after the signature, and the signature does not hold"
    elif reason in ("signature_mismatch", "signature_missing", "signature_malformed"):
        found = matches(provider, vector, stringified)
        if found:
            return f"{reason}, and yet the digest matches: {found}"
    return check_time(provider, vector) or check_digest(provider, vector)


def main(root):
    stringified = json.loads((root / "testdata/vectors/stringified.json").read_text("utf-8"))
    complaints, accepted, refused = [], 0, 0
    for provider in PROVIDERS:
        for vector in json.loads((root / "plugins" / provider / "vectors.json").read_text("utf-8")):
            complaint = check(provider, vector, stringified.get(f"{provider}/{vector['name']}"))
            if complaint:
                complaints.append(f"{provider}/{vector['name']}: {complaint}")
            if vector["expect"]["outcome"] != "reject":
                accepted += 1
            else:
                refused += 1
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    print(f"{accepted} accepted and {refused} refused vectors checked, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent.parent))
