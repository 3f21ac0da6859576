use alloc::string::String;

use crate::abi::{self, Field};
use crate::read::{fetch, Request, Unread};

/// A piece of text that the host holds, together with the place it came from:
/// from that the host computes what a signature covers.
///
/// A value of a place that is absent is a value too: a signature of it counts as
/// not sent, a message with it cannot have been signed.
#[derive(Clone, Copy)]
pub struct Value(pub(crate) i32);

fn value(field: Field, name: &str) -> Value {
    Value(unsafe { abi::value(field as i32, name.as_ptr(), name.len(), abi::ONLY) })
}

impl Request {
    /// Refers to a header field that is there once.
    pub fn header_value(&self, name: &str) -> Value {
        value(Field::Header, name)
    }

    /// Refers to a query parameter that is there once.
    pub fn query_value(&self, name: &str) -> Value {
        value(Field::Query, name)
    }

    /// Refers to a parameter of a form in the body that is there once.
    pub fn form_value(&self, name: &str) -> Value {
        value(Field::Form, name)
    }

    /// Refers to a cookie that is there once.
    pub fn cookie_value(&self, name: &str) -> Value {
        value(Field::Cookie, name)
    }

    /// Refers to the scalar at a dotted path of the body.
    pub fn json_value(&self, path: &str) -> Value {
        value(Field::Json, path)
    }

    /// Refers to the JSON text of what stands at a dotted path of the body, an
    /// object or an array too, as it was sent.
    pub fn json_text(&self, path: &str) -> Value {
        value(Field::JsonText, path)
    }

    /// Refers to that text as `JSON.stringify` writes it.
    pub fn json_stringified(&self, path: &str) -> Value {
        value(Field::JsonStringified, path)
    }

    /// Refers to what a value of the language of schemes gives, such as
    /// `json.EventId or json.eventId | uuid:N`.
    pub fn expression(&self, text: &str) -> Value {
        value(Field::Expression, text)
    }

    /// Refers to a setting of the configuration.
    pub fn setting_value(&self, name: &str) -> Value {
        value(Field::Setting, name)
    }

    /// Refers to the request method.
    pub fn method_value(&self) -> Value {
        value(Field::Method, "")
    }

    /// Refers to the path, undecoded.
    pub fn path_value(&self) -> Value {
        value(Field::Path, "")
    }

    /// Refers to scheme, host and target.
    pub fn url_value(&self) -> Value {
        value(Field::Url, "")
    }
}

impl Value {
    /// A value that the rule makes up; no signature covers it.
    pub fn text(text: &str) -> Value {
        Value(unsafe { abi::value_text(text.as_ptr(), text.len()) })
    }

    /// The value without a prefix. Where the prefix is not there, the value is
    /// malformed, and so is a signature of it.
    pub fn strip(self, prefix: &str) -> Value {
        Value(unsafe { abi::value_strip(self.0, prefix.as_ptr(), prefix.len()) })
    }

    /// The n-th piece between separators, counted from zero, absent beyond the
    /// last.
    pub fn split(self, separator: &str, n: usize) -> Value {
        Value(unsafe { abi::value_split(self.0, separator.as_ptr(), separator.len(), n) })
    }

    /// What follows `key=` in the n-th of the pieces that begin so.
    pub fn member(self, separator: &str, key: &str, n: usize) -> Value {
        Value(unsafe { abi::value_member(self.0, separator.as_ptr(), separator.len(), key.as_ptr(), key.len(), n) })
    }

    /// A piece of a JSON Web Signature whose algorithm is pinned, as JWS names it
    /// (`ES256`): `input`, which is what is signed, `signature`, or the scalar at
    /// `header.PATH` or `claims.PATH`.
    pub fn jws(self, algorithm: &str, piece: &str) -> Value {
        Value(unsafe { abi::value_jws(self.0, algorithm.as_ptr(), algorithm.len(), piece.as_ptr(), piece.len()) })
    }

    /// The one of two values that is there. Where both are, neither counts.
    pub fn or(self, other: Value) -> Value {
        Value(unsafe { abi::value_or(self.0, other.0) })
    }

    /// The reason for which the value is there and cannot count, empty if it can.
    pub fn fault(self) -> String {
        fetch(|buf, cap| unsafe { abi::value_fault(self.0, buf, cap) }).unwrap_or_default()
    }

    /// The text of the value.
    pub fn read(self) -> Result<String, Unread> {
        fetch(|buf, cap| unsafe { abi::value_read(self.0, buf, cap) })
    }
}
