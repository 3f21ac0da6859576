//! A rule for the scheme of Standard Webhooks, version 1; the built-in pack says
//! the same as data.
//!
//! See <https://github.com/standard-webhooks/standard-webhooks>.

use core::time::Duration;

use hookseal::{Check, Claim, Encoding, Request, TimeUnit, Unread, Value};

hookseal::claim!(rule);

/// How many signatures a request may carry.
const MOST: usize = 16;
const TOLERANCE: Duration = Duration::from_secs(5 * 60);

fn rule(request: &Request, claim: &mut Claim) -> Result<(), Unread> {
    let id = request.header_value("webhook-id");
    let at = request.header_value("webhook-timestamp");

    let mut form = claim.alternative("");
    let mut check = form.check("hmac-sha256");
    check.key("strip:whsec_ | base64").message(|m| m.value(id).literal(".").value(at).literal(".").body());
    signatures(&mut check, request.header_value("webhook-signature"));

    claim.id(id);
    claim.kind(request.json_value("type"));
    claim.time(at, &[TimeUnit::Seconds]);
    claim.tolerance(TOLERANCE, TOLERANCE);
    Ok(())
}

/// Adds the signatures of version 1. The header holds items such as
/// `v1,<base64>` between spaces, and other versions are passed over.
fn signatures(check: &mut Check, header: Value) {
    let text = match header.read() {
        Ok(text) if !text.is_empty() => text,
        _ => {
            check.signature(header, Encoding::BASE64);
            return;
        }
    };
    let of_version_1 = || text.split(' ').enumerate().filter(|(_, item)| item.starts_with("v1,"));
    for (n, _) in of_version_1().take(MOST) {
        check.signature(header.split(" ", n).strip("v1,"), Encoding::BASE64);
    }
    let count = of_version_1().count();
    if count > MOST || count == 0 && text.split(' ').any(|item| !item.contains(',')) {
        // No header holds a line break: what lacks one is a malformed signature.
        check.signature(header.strip("\n"), Encoding::BASE64);
    }
}
