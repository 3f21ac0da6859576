// Sender makes the requests of a described scheme.
import { bytes } from "./digest.mjs";
import { AT } from "./scenario.mjs";
import { signer } from "./signers.mjs";

const now = Date.parse(AT);
const units = {
  s: (ms) => String(ms / 1000),
  ms: (ms) => String(ms),
  rfc3339: (ms) => new Date(ms).toISOString().replace(".000Z", "Z"),
};
const encodings = {
  hex: (b) => b.toString("hex"), HEX: (b) => b.toString("hex").toUpperCase(),
  base64: (b) => b.toString("base64"), base64url: (b) => b.toString("base64url"), raw: (b) => b.toString("utf8"),
};

export class Sender {
  constructor(d) {
    this.d = { kind: "hmac", encoding: "hex", prefix: "", method: "POST", contentType: "application/json", target: `/in/${d.id}`, ...d };
    this.named = new Set();
    this.stamp = d.stamp;
    const { keys, foreign } = signer(this.d);
    this.keys = keys;
    this.foreign = foreign;
    this.first = keys[0];
    this.raw = this.d.raw ?? !(d.stamp?.body || typeof d.place === "function");
    this.signs = this.whatIsSigned();
    this.covers = d.covers ?? this.covered();
  }

  // moment is the text of a time so many seconds from now.
  moment(seconds = 0) {
    if (!this.stamp) return undefined;
    return (this.stamp.write ?? units[this.stamp.unit])(now + seconds * 1000);
  }

  sample(stamp = this.moment()) {
    const { body = `{"id":"evt_1","type":"thing.created","data":{"name":"Ada","amount":12.50}}` } = this.d;
    return typeof body === "function" ? body({ stamp }) : body;
  }

  encode(signature) { return encodings[this.d.encoding](signature); }

  headersAt(stamp) {
    const { headers = [], contentType } = this.d;
    const others = typeof headers === "function" ? headers({ stamp }) : headers;
    const stamped = this.stamp?.header && stamp !== undefined ? [[this.stamp.header, stamp]] : [];
    return [...(contentType ? [["Content-Type", contentType]] : []), ...others, ...stamped];
  }

  view({ body, stamp, headers, key }) {
    const { method, target } = this.d;
    const header = (name) => headers.find(([n]) => n.toLowerCase() === name.toLowerCase())?.[1];
    const raw = bytes(body);
    return {
      body: raw, stamp, header, method, target, url: `https://hookseal.example${target}`, secret: key.secret,
      get json() { return parsed(raw); },
    };
  }

  message(view) {
    const made = this.d.message ? this.d.message(view) : view.body;
    return bytes(made);
  }

  // request signs a body and sends it, or what changes make of it:
  //   signedBody, signedStamp   what is signed, where it is not what is sent
  //   foreign    (message) → signature instead of the key's
  //   alter      (bytes, encoded) → the text of the signature
  //   header     (text) → the text of the signature's header, undefined for none
  //   twice      the signature's header comes twice
  //   edit       headers → headers, after signing
  request({ body, stamp = this.moment(), key = this.first, signedBody, signedStamp = stamp, foreign, alter, header = (t) => t, twice, edit = (h) => h } = {}) {
    body ??= this.sample(stamp);
    const signed = this.view({ body: signedBody ?? body, stamp: signedStamp, headers: this.headersAt(signedStamp), key });
    const message = this.d.kind === "token" ? undefined : this.message(signed);
    const signature = foreign ? foreign(message) : key.sign(message);
    const sig = alter ? alter(signature, this.encode(signature)) : this.encode(signature);
    const write = this.d.write ?? (({ sig }) => this.d.prefix + sig);
    const text = header(write({ sig, stamp }), sig);
    const sent = { method: this.d.method, target: this.d.target, headers: this.headersAt(stamp), body };
    const placed = this.place(sent, text === undefined ? [] : twice ? [text, text] : [text]);
    return { ...placed, headers: edit(placed.headers) };
  }

  // place puts texts of a signature where the scheme has it.
  place(sent, texts) {
    const { place, header } = this.d;
    if (typeof place === "function") return { ...sent, body: place(sent.body, texts[0]) };
    if (!place) return { ...sent, headers: [...sent.headers, ...texts.map((text) => [header, text])] };
    const name = place.replace(/^query\./, "");
    const target = texts.reduce((target, text) => `${target}${target.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(text)}`, sent.target);
    return { ...sent, target };
  }

  // whatIsSigned finds, by changing each part, which of them the message is made of.
  whatIsSigned() {
    if (this.d.kind === "token") return { body: false, stamp: false, headers: [] };
    const stamp = this.moment();
    const headers = this.headersAt(stamp);
    const make = (over) => this.message(this.view({ body: this.sample(stamp), stamp, headers, key: this.first, ...over })).toString("latin1");
    const right = make({});
    const changed = headers.map(([name]) => name).filter((name) => make({ headers: headers.map(([n, v]) => [n, n === name ? v + "x" : v]) }) !== right);
    return {
      body: make({ body: insert(this.sample(stamp)) }) !== right,
      stamp: this.stamp ? make({ stamp: stamp + "1", headers: this.headersAt(stamp + "1"), body: this.sample(stamp + "1") }) !== right : false,
      headers: changed,
    };
  }

  covered() {
    const { id, type } = this.d;
    const holds = (place) => {
      if (typeof place !== "string") return false;
      const [kind, ...name] = place.split(".");
      return kind === "header" ? this.signs.headers.some((h) => h.toLowerCase() === name.join(".").toLowerCase()) : this.signs.body;
    };
    return [
      ...(this.signs.body ? ["body"] : []), ...(holds(this.d.eventId) ? ["id"] : []), ...(holds(type) ? ["type"] : []), ...(this.signs.stamp ? ["time"] : []),
    ];
  }

  // identity is what an accepted request is known by.
  identity({ body, headers }, more = {}) {
    const view = this.view({ body, stamp: undefined, headers, key: this.first });
    const { candidate } = this.d;
    return { type: read(this.d.type, view), id: read(this.d.eventId, view), ...(candidate && { candidate }), covers: this.covers, ...more };
  }
}

// insert adds a member at the start of an object, and text at the start of anything else.
export const insert = (body, member = `"note":"x"`) => (body.startsWith("{}") ? `{${member}}${body.slice(2)}` : body.startsWith("{") ? `{${member},${body.slice(1)}` : `note=x&${body}`);

function parsed(raw) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
  } catch {
    return undefined;
  }
}

function read(place, view) {
  if (place === undefined) return undefined;
  if (typeof place === "function") return place(view);
  const [kind, ...path] = place.split(".");
  if (kind === "header") return view.header(path.join(".")) || undefined;
  if (kind === "query") return new URL(view.url).searchParams.get(path.join(".")) || undefined;
  if (kind === "form") return new URLSearchParams(view.body.toString("utf8")).get(path.join(".")) || undefined;
  if (kind !== "json") throw new Error(`unknown place ${place}`);
  let value = view.json;
  for (const name of path) value = value?.[name];
  return value === null || value === undefined || typeof value === "object" || value === "" ? undefined : String(value);
}
