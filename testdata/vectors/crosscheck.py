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

import base64
import datetime
import hashlib
import hmac
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
UTC = datetime.timezone.utc
PROVIDERS = ("chaindoc", "dastra", "qualifio", "seatable", "smino", "standard-webhooks")
TIME_REASONS = {"timestamp_too_old", "timestamp_in_future", "timestamp_malformed"}
BODY_REASONS = {"body_ambiguous", "body_malformed"}
# The refusals of a provider that come after its signature has held. Elsewhere
# the same reasons can come before.
AFTER_SIGNATURE = {
    "chaindoc": BODY_REASONS | {"condition_failed", "field_missing", "field_malformed", "field_ambiguous"},
    "dastra": set(),
    "qualifio": set(),
    "seatable": set(),
    "smino": TIME_REASONS,
    "standard-webhooks": TIME_REASONS,
}


class Request:
    """The parts of a vector's request."""

    def __init__(self, vector):
        request = vector["request"]
        self.headers = [(name.lower(), value) for name, value in request["headers"]]
        if "body_base64" in request:
            self.body = base64.b64decode(request["body_base64"], validate=True)
        else:
            self.body = request["body"].encode("utf-8")

    def header(self, name):
        """The value of a header that comes at most once for our purpose."""
        values = [value for n, value in self.headers if n == name.lower()]
        return values[0] if values else ""


def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def from_hex(text):
    return [bytes.fromhex(text)] if len(text) % 2 == 0 and not set(text.lower()) - set("0123456789abcdef") else []


def from_base64(text):
    try:
        decoded = base64.b64decode(text, validate=True)
    except ValueError:
        return []
    return [decoded] if base64.b64encode(decoded).decode() == text else []


# Each provider below gives the digests that were sent, and the messages that
# could have been signed, by candidate name.


def hub(name, decoders):
    def sent(request):
        value = request.header(name)
        if not value.startswith("sha256="):
            return []
        return [d for decode in decoders for d in decode(value[len("sha256="):])]

    return sent


def dastra_key(secret, settings):
    key = secret.encode("utf-8")
    if settings.get("key") == "latin1-as-utf8":
        # iso-8859-1, as PHP: 0x80 to 0x9f are control characters there.
        key = key.decode("iso-8859-1").encode("utf-8")
    return key


def standard_key(secret, _settings):
    return base64.b64decode(secret.removeprefix("whsec_"), validate=True)


def plain_key(secret, _settings):
    return secret.encode("utf-8")


def standard_sent(request):
    items = [item.partition(",") for item in request.header("webhook-signature").split(" ")]
    return [d for version, _, text in items if version == "v1" for d in from_base64(text)]


def standard_messages(request, _stringified):
    head = f"{request.header('webhook-id')}.{request.header('webhook-timestamp')}."
    return {None: head.encode("utf-8") + request.body}


def raw_messages(request, _stringified):
    return {None: request.body}


def chaindoc_messages(request, stringified):
    messages = {"raw": request.body}
    if stringified is not None:
        messages["stringified"] = stringified.encode("utf-8")
    return messages


def smino_fields(request):
    members = json.loads(request.body.decode("utf-8"))
    event_id = members.get("EventId", members.get("eventId"))
    stamp = members.get("TimeStamp", members.get("timeStamp"))
    return event_id.translate(str.maketrans("", "", "{}()-")).lower(), stamp


def iso_moment(text):
    """Read ISO text to the microsecond, what is finer cut off and UTC where no
    zone is given; None if it is none."""
    zone = "+00:00"
    for mark in ("Z", "+"):
        if mark in text:
            text, _, rest = text.partition(mark)
            zone = zone if mark == "Z" else "+" + rest
    whole, _, decimals = text.partition(".")
    try:
        return datetime.datetime.fromisoformat(f"{whole}.{(decimals + '000000')[:6]}{zone}")
    except ValueError:
        return None


def smino_messages(request, _stringified):
    digits, stamp = smino_fields(request)
    messages = {"verbatim": f"{digits}.{stamp}."}
    moment = iso_moment(stamp)
    if moment is not None:
        messages["dotnet"] = f"{digits}.{moment.strftime('%m/%d/%Y %H:%M:%S')}."
    return {name: text.encode("utf-8") for name, text in messages.items()}


def smino_digest(key, message):
    return hashlib.sha512(message + key).digest()


SCHEMES = {
    "chaindoc": (lambda r: from_hex(r.header("x-webhook-signature")), chaindoc_messages, plain_key, mac),
    "dastra": (lambda r: from_base64(r.header("dastra-signature")), raw_messages, dastra_key, mac),
    "qualifio": (hub("x-qualifio-signature", (from_hex, from_base64)), raw_messages, plain_key, mac),
    "seatable": (hub("x-seatable-signature", (from_hex,)), raw_messages, plain_key, mac),
    "smino": (lambda r: from_hex(r.header("x-hook-signature")), smino_messages, plain_key, smino_digest),
    "standard-webhooks": (standard_sent, standard_messages, standard_key, mac),
}


def matches(provider, vector, stringified):
    """Every pair of candidate and secret whose digest was sent, in order of trial."""
    sent_of, messages_of, key_of, digest = SCHEMES[provider]
    request = Request(vector)
    sent = sent_of(request)
    settings = vector.get("settings", {})
    keys = [key_of(secret, settings) for secret in vector["secrets"]]
    return [
        (candidate, index)
        for candidate, message in messages_of(request, stringified).items()
        for index, key in enumerate(keys)
        if any(hmac.compare_digest(digest(key, message), s) for s in sent)
    ]


def stated_moment(provider, request):
    """The moment that the request states, in seconds since 1970."""
    if provider == "standard-webhooks":
        return int(request.header("webhook-timestamp"))
    _, stamp = smino_fields(request)
    try:
        moment = datetime.datetime.strptime(stamp, "%m/%d/%Y %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        moment = iso_moment(stamp)
    return moment.timestamp()


def check_time(provider, vector):
    """A complaint about the time of a vector, or None."""
    tolerant = provider == "standard-webhooks" or "tolerance" in vector.get("settings", {})
    reason = vector["expect"].get("reason")
    accepted = vector["expect"]["outcome"] == "accept"
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


def check(provider, vector, stringified):
    """A complaint about a vector, or None."""
    expect = vector["expect"]
    reason = expect.get("reason")
    if expect["outcome"] == "accept":
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
    return check_time(provider, vector)


def main(root):
    stringified = json.loads((root / "testdata/vectors/stringified.json").read_text("utf-8"))
    complaints, accepted, refused = [], 0, 0
    for provider in PROVIDERS:
        files = sorted((root / "plugins" / provider / "vectors").glob("*.json"))
        if not files:
            complaints.append(f"{provider}: no vectors")
        for path in files:
            vector = json.loads(path.read_text("utf-8"))
            complaint = check(provider, vector, stringified.get(f"{provider}/{vector['name']}"))
            if complaint:
                complaints.append(f"{provider}/{vector['name']}: {complaint}")
            if vector["expect"]["outcome"] == "accept":
                accepted += 1
            else:
                refused += 1
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    print(f"{accepted} accepted and {refused} refused vectors checked, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent.parent))
