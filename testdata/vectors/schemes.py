"""What each provider signs, read from the vectors once more.

A scheme gives the signatures that were sent, the messages that could have been
signed, by candidate name, the key of a secret, and how the three are compared.
"""

import base64
import datetime
import hashlib
import hmac
import json
import urllib.parse

import ed25519


class Request:
    """The parts of a vector's request."""

    def __init__(self, vector):
        request = vector["request"]
        self.headers = [(name.lower(), value) for name, value in request["headers"]]
        if "body_base64" in request:
            self.body = base64.b64decode(request["body_base64"], validate=True)
        else:
            self.body = request["body"].encode("utf-8")
        self.scheme = request.get("scheme", "https")
        self.host = request.get("host", "hookseal.example")
        self.target = request["target"]

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


def sha1_mac(key, message):
    return hmac.new(key, message, hashlib.sha1).digest()


def matching(digest):
    """How a digest that is computed is compared with the one that was sent."""
    return lambda key, message, sent: hmac.compare_digest(digest(key, message), sent)


# Each provider below gives the digests that were sent, and the messages that
# could have been signed, by candidate name.


def hub(name, decoders, prefix="sha256="):
    def sent(request):
        value = request.header(name)
        if not value.startswith(prefix):
            return []
        return [d for decode in decoders for d in decode(value[len(prefix):])]

    return sent


def stripe_members(request):
    items = [item.strip().partition("=") for item in request.header("stripe-signature").split(",")]
    return [(name, text) for name, _, text in items] if all(mark for _, mark, _ in items) else []


def stripe_sent(request):
    return [d for name, text in stripe_members(request) if name == "v1" for d in from_hex(text)]


def stripe_time(request):
    return dict(stripe_members(request)).get("t", "")


def timed_messages(before, time_of, after):
    """Messages of a time between two texts, and the body."""

    def messages(request, _stringified):
        return {None: f"{before}{time_of(request)}{after}".encode("utf-8") + request.body}

    return messages


def slack_time(request):
    return request.header("x-slack-request-timestamp")


def discord_time(request):
    return request.header("x-signature-timestamp")


def discord_key(secret, _settings):
    return ed25519.public_key(secret) or b""


def token_sent(request):
    return [request.header("x-gitlab-token").encode("utf-8")]


def twilio_urls(request):
    """The URL without a port and with one, by candidate name."""
    bare, port = request.host, ""
    if ":" in bare[bare.rfind("]") + 1:]:
        bare, _, port = bare.rpartition(":")
    port = port or {"https": "443", "http": "80"}[request.scheme]
    return {
        "without-port": f"{request.scheme}://{bare}{request.target}",
        "with-port": f"{request.scheme}://{bare}:{port}{request.target}",
    }


def twilio_form_messages(request, _stringified):
    kind = request.header("content-type").partition(";")[0]
    if request.body and kind != "application/x-www-form-urlencoded":
        return {}
    text = request.body.decode("ascii")
    pairs = set(urllib.parse.parse_qsl(text, keep_blank_values=True, errors="surrogateescape"))
    fields = "".join(name + value for name, value in sorted(pairs))
    return {name: (url + fields).encode("utf-8", "surrogateescape") for name, url in twilio_urls(request).items()}


def twilio_json_messages(request, _stringified):
    return {name: url.encode("utf-8") for name, url in twilio_urls(request).items()}


def body_digest_holds(request):
    """Whether the URL states the SHA-256 of the body, once."""
    query = urllib.parse.parse_qs(request.target.partition("?")[2], keep_blank_values=True)
    return [text.lower() for text in query.get("bodySHA256", [])] == [hashlib.sha256(request.body).hexdigest()]


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


SHA256, SHA1, SMINO = matching(mac), matching(sha1_mac), matching(smino_digest)
SCHEMES = {
    "chaindoc": (hub("x-webhook-signature", (from_hex,), ""), chaindoc_messages, plain_key, SHA256),
    "dastra": (hub("dastra-signature", (from_base64,), ""), raw_messages, dastra_key, SHA256),
    "discord": (hub("x-signature-ed25519", (from_hex,), ""), timed_messages("", discord_time, ""), discord_key, ed25519.verify),
    "github": (hub("x-hub-signature-256", (from_hex,)), raw_messages, plain_key, SHA256),
    "gitlab-token": (token_sent, lambda r, s: {None: b""}, plain_key, lambda key, _, sent: key == sent),
    "qualifio": (hub("x-qualifio-signature", (from_hex, from_base64)), raw_messages, plain_key, SHA256),
    "seatable": (hub("x-seatable-signature", (from_hex,)), raw_messages, plain_key, SHA256),
    "shopify": (hub("x-shopify-hmac-sha256", (from_base64,), ""), raw_messages, plain_key, SHA256),
    "slack": (hub("x-slack-signature", (from_hex,), "v0="), timed_messages("v0:", slack_time, ":"), plain_key, SHA256),
    "smino": (hub("x-hook-signature", (from_hex,), ""), smino_messages, plain_key, SMINO),
    "standard-webhooks": (standard_sent, standard_messages, standard_key, SHA256),
    "stripe": (stripe_sent, timed_messages("", stripe_time, "."), plain_key, SHA256),
    "twilio": (hub("x-twilio-signature", (from_base64,), ""), twilio_form_messages, plain_key, SHA1),
    "twilio-json": (hub("x-twilio-signature", (from_base64,), ""), twilio_json_messages, plain_key, SHA1),
}
# How the providers with a signed time state it, in seconds since 1970.
SECONDS = {
    "discord": discord_time, "slack": slack_time, "stripe": stripe_time,
    "standard-webhooks": lambda r: r.header("webhook-timestamp"),
}
# Those of them that bound it only where a source says so.
TOLERANT_BY_SETTING = {"discord", "smino"}
