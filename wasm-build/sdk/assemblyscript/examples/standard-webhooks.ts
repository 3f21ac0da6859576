// A rule for the scheme of Standard Webhooks, version 1; the built-in pack says the
// same as data.
//
// See https://github.com/standard-webhooks/standard-webhooks.

import { Check, Claim, Encoding, TimeUnit, Value } from "../assembly";

// How many signatures a request may carry.
const MOST = 16;
const TOLERANCE: i64 = 5 * 60 * 1000;

export function claim(): i32 {
  const id = Value.header("webhook-id");
  const at = Value.header("webhook-timestamp");

  const claim = new Claim();
  const check = claim.alternative().check("hmac-sha256");
  check.key("strip:whsec_ | base64");
  check.value(id).literal(".").value(at).literal(".").body();
  signatures(check, Value.header("webhook-signature"));

  claim.id(id);
  claim.type(Value.json("type"));
  claim.time(at, TimeUnit.Seconds);
  claim.tolerance(TOLERANCE, TOLERANCE);
  return 0;
}

// signatures adds those of version 1. The header holds items such as
// "v1,<base64>" between spaces, and other versions are passed over.
function signatures(check: Check, header: Value): void {
  const text = header.read();
  if (!text) {
    check.signature(header, Encoding.Base64);
    return;
  }
  const items = text.split(" ");
  let count = 0;
  let versioned = true;
  for (let n = 0; n < items.length; n++) {
    if (!items[n].includes(",")) versioned = false;
    if (items[n].startsWith("v1,") && count++ < MOST) {
      check.signature(header.split(" ", n).strip("v1,"), Encoding.Base64);
    }
  }
  if (count > MOST || (count == 0 && !versioned)) {
    // No header holds a line break: what lacks one is a malformed signature.
    check.signature(header.strip("\n"), Encoding.Base64);
  }
}
