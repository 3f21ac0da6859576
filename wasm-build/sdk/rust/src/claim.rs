use core::marker::PhantomData;
use core::ops::BitOr;
use core::time::Duration;

use crate::abi;
use crate::value::Value;

/// How bytes are written as text. A set of encodings is their `|`.
#[derive(Clone, Copy)]
pub struct Encoding(i32);

impl Encoding {
    /// Hex in lower case; read in either.
    pub const HEX: Encoding = Encoding(1);
    /// Hex in upper case; read in either.
    pub const HEX_UPPER: Encoding = Encoding(2);
    /// The standard alphabet.
    pub const BASE64: Encoding = Encoding(4);
    /// The alphabet for URLs.
    pub const BASE64URL: Encoding = Encoding(8);
    /// The text itself, for tokens.
    pub const RAW: Encoding = Encoding(16);
    /// An unsigned number, for a digest that is written.
    pub const DECIMAL: Encoding = Encoding(32);
}

impl BitOr for Encoding {
    type Output = Encoding;
    fn bitor(self, other: Encoding) -> Encoding {
        Encoding(self.0 | other.0)
    }
}

/// How a moment is written.
#[derive(Clone, Copy)]
pub enum TimeUnit {
    /// Seconds since 1970 in UTC, in decimal digits.
    Seconds = 1,
    /// Milliseconds since 1970 in UTC, in decimal digits.
    Milliseconds = 2,
    /// RFC 3339, with a zone.
    Rfc3339 = 3,
    /// As RFC 3339, with the zone left out at will, and then UTC.
    Iso8601 = 4,
    /// `12/31/2024 23:59:59`, read as UTC.
    DotNetInvariant = 5,
    /// The form of the Date header, in GMT.
    HttpDate = 6,
}

/// What a rule says about a request. It holds when one of its alternatives does,
/// then every condition, then the time.
pub struct Claim(());

impl Claim {
    pub(crate) const fn new() -> Self {
        Claim(())
    }

    /// Begins a form of the message in which every check must hold. The name is
    /// what a verdict calls it; it may be empty where there is one form.
    pub fn alternative(&mut self, name: &str) -> Alternative<'_> {
        unsafe { abi::alternative(name.as_ptr(), name.len()) };
        Alternative(PhantomData)
    }

    /// Says which value identifies the event.
    pub fn id(&mut self, value: Value) {
        unsafe { abi::id(value.0) }
    }

    /// Says which value is the event's type.
    pub fn kind(&mut self, value: Value) {
        unsafe { abi::r#type(value.0) }
    }

    /// Says when the request states that it was made, in the first unit that
    /// fits. Without [`Claim::tolerance`] the moment is stated and not bounded.
    pub fn time(&mut self, value: Value, units: &[TimeUnit]) {
        unsafe { abi::time(value.0) };
        for unit in units {
            unsafe { abi::time_unit(*unit as i32) };
        }
    }

    /// Bounds how far the stated time may be from now, on either side.
    pub fn tolerance(&mut self, past: Duration, future: Duration) {
        unsafe { abi::time_bound(past.as_millis() as i64, future.as_millis() as i64) }
    }

    /// Bounds it on both sides by a duration as configurations write it, such as
    /// `5m`, or not at all for `off`.
    pub fn tolerance_text(&mut self, text: &str) {
        unsafe { abi::time_tolerance(text.as_ptr(), text.len()) }
    }

    /// Demands, after a signature has held, that two values are the same text. If
    /// optional, the condition holds when one of them is absent.
    pub fn equals(&mut self, left: Value, right: Value, optional: bool) {
        unsafe { abi::condition_equals(left.0, right.0, optional as i32) }
    }

    /// Demands, after a signature has held, that a value is one of the set.
    pub fn one_of(&mut self, value: Value, set: &[&str]) {
        unsafe { abi::condition_in(value.0, 0) };
        for member in set {
            unsafe { abi::condition_member(member.as_ptr(), member.len()) };
        }
    }

    /// Demands, after a signature has held, that a value is the digest of the
    /// parts, in the encoding.
    pub fn digest_equals(
        &mut self,
        value: Value,
        algorithm: &str,
        encoding: Encoding,
        parts: impl FnOnce(Message) -> Message,
    ) {
        unsafe { abi::condition_digest(value.0, algorithm.as_ptr(), algorithm.len(), encoding.0, 0) };
        parts(Message(PhantomData));
        unsafe { abi::part_end() }
    }

    /// Demands, after a signature has held, that a moment is not after now. The
    /// leeway is by how much the clocks of two hosts may differ. If optional, the
    /// condition holds when the moment is absent.
    pub fn not_before(&mut self, value: Value, unit: TimeUnit, leeway: Duration, optional: bool) {
        unsafe {
            abi::condition_time(abi::NOT_BEFORE, value.0, unit as i32, leeway.as_millis() as i64, optional as i32)
        }
    }

    /// Demands, after a signature has held, that a moment is not before now, as
    /// [`Claim::not_before`] does.
    pub fn not_after(&mut self, value: Value, unit: TimeUnit, leeway: Duration, optional: bool) {
        unsafe {
            abi::condition_time(abi::NOT_AFTER, value.0, unit as i32, leeway.as_millis() as i64, optional as i32)
        }
    }

    /// Rejects the request with a reason of the closed list, such as
    /// `field_malformed`, whatever else the claim says.
    pub fn refuse(&mut self, reason: &str) {
        unsafe { abi::refuse(reason.as_ptr(), reason.len()) }
    }

    /// Answers the request, which is a provider's handshake, with a status from
    /// 200 to 299. One that is unsigned has no alternative.
    pub fn challenge(&mut self, status: u16, content_type: &str, body: &[u8], unsigned: bool) {
        unsafe {
            abi::challenge(
                status.into(),
                content_type.as_ptr(),
                content_type.len(),
                body.as_ptr(),
                body.len(),
                unsigned as i32,
            )
        }
    }
}

/// A form of the message.
pub struct Alternative<'a>(PhantomData<&'a mut Claim>);

impl Alternative<'_> {
    /// Begins a check: a signature by the algorithm, such as `hmac-sha256`, over
    /// a message under a secret. The pack must list the algorithm.
    pub fn check(&mut self, algorithm: &str) -> Check<'_> {
        unsafe { abi::check(algorithm.as_ptr(), algorithm.len()) };
        Check(PhantomData)
    }
}

/// One comparison. Without a key it uses every secret of the source as it is.
pub struct Check<'a>(PhantomData<&'a mut Claim>);

impl Check<'_> {
    /// Prepares the secrets of the source, as in `strip:whsec_ | base64`.
    pub fn key(&mut self, prepare: &str) -> &mut Self {
        unsafe { abi::key(abi::SOURCE_SECRETS, prepare.as_ptr(), prepare.len()) };
        self
    }

    /// Uses the secrets for an identifier that the request names.
    pub fn key_id(&mut self, id: Value, prepare: &str) -> &mut Self {
        unsafe { abi::key(abi::HINTED_SECRETS, prepare.as_ptr(), prepare.len()) };
        unsafe { abi::key_id(id.0) };
        self
    }

    /// Uses a public key, or that of an X.509 certificate, which the host fetches
    /// if it is allowed. Where several keys are there, id tells which.
    pub fn key_url(&mut self, url: &str, certificate: bool, id: Option<Value>) -> &mut Self {
        unsafe { abi::key(abi::REFERENCED, "".as_ptr(), 0) };
        unsafe { abi::key_url(url.as_ptr(), url.len(), certificate as i32) };
        if let Some(id) = id {
            unsafe { abi::key_id(id.0) };
        }
        self
    }

    /// Writes the message, part by part.
    pub fn message(&mut self, parts: impl FnOnce(Message) -> Message) -> &mut Self {
        parts(Message(PhantomData));
        self
    }

    /// Adds what was sent as a signature, any of which may match. An absent value
    /// adds none.
    pub fn signature(&mut self, value: Value, encodings: Encoding) -> &mut Self {
        unsafe { abi::signature(value.0, encodings.0) };
        self
    }
}

/// What was signed, part by part.
pub struct Message<'a>(PhantomData<&'a mut Claim>);

impl Message<'_> {
    /// Writes text of the rule.
    pub fn literal(self, text: &str) -> Self {
        unsafe { abi::part_literal(text.as_ptr(), text.len()) };
        self
    }

    /// Writes a value of the request.
    pub fn value(self, value: Value) -> Self {
        unsafe { abi::part_value(value.0) };
        self
    }

    /// Writes the raw body.
    pub fn body(self) -> Self {
        unsafe { abi::part_body() };
        self
    }

    /// Writes the body as `JSON.stringify(JSON.parse(body))` does.
    pub fn ecmascript_body(self) -> Self {
        unsafe { abi::part_ecmascript_body() };
        self
    }

    /// Writes the body as RFC 8785 does.
    pub fn canonical_body(self) -> Self {
        unsafe { abi::part_canonical_body() };
        self
    }

    /// Stands for the secret, which the host puts in.
    pub fn secret(self) -> Self {
        unsafe { abi::part_secret() };
        self
    }

    /// Writes a digest over further parts, as text.
    pub fn digest(self, algorithm: &str, encoding: Encoding, parts: impl FnOnce(Message) -> Message) -> Self {
        unsafe { abi::part_digest(algorithm.as_ptr(), algorithm.len(), encoding.0) };
        parts(Message(PhantomData));
        unsafe { abi::part_end() };
        self
    }
}
