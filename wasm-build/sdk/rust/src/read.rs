use alloc::{string::String, vec::Vec};
use core::fmt;

use crate::abi::{self, Field};

/// Why a text could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// There is no such header, parameter, member or index.
    Absent,
    /// The body is not JSON.
    Malformed,
    /// There are several where one was asked for.
    Ambiguous,
    /// The field carries credentials. A claim may refer to it by a value.
    Denied,
    /// The place holds nothing of the form that was asked for, such as an object
    /// where JSON was to give a text.
    Unfit,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unread::Absent => "absent",
            Unread::Malformed => "malformed",
            Unread::Ambiguous => "ambiguous",
            Unread::Denied => "denied",
            Unread::Unfit => "unfit",
        })
    }
}

#[cfg(feature = "std")]
impl std::error::Error for Unread {}

fn unread(result: i32) -> Unread {
    match result {
        abi::ABSENT => Unread::Absent,
        abi::MALFORMED => Unread::Malformed,
        abi::AMBIGUOUS => Unread::Ambiguous,
        abi::DENIED => Unread::Denied,
        abi::UNFIT => Unread::Unfit,
        unknown => unreachable!("result {unknown}"),
    }
}

/// Calls a getter until its buffer is large enough.
pub(crate) fn fetch(get: impl Fn(*mut u8, usize) -> i32) -> Result<String, Unread> {
    let mut buf: Vec<u8> = Vec::with_capacity(256);
    loop {
        let n = get(buf.as_mut_ptr(), buf.capacity());
        if n < 0 {
            return Err(unread(n));
        }
        let len = n as usize;
        if len <= buf.capacity() {
            // SAFETY: the host has written len bytes from the start.
            unsafe { buf.set_len(len) };
            return Ok(text(buf));
        }
        buf.reserve(len);
    }
}

/// Bytes that are not UTF-8 come as U+FFFD.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|err| String::from_utf8_lossy(err.as_bytes()).into_owned())
}

pub(crate) fn read(field: Field, name: &str, index: i32) -> Result<String, Unread> {
    fetch(|buf, cap| unsafe { abi::read(field as i32, name.as_ptr(), name.len(), index, buf, cap) })
}

fn names(field: Field) -> Result<Vec<String>, Unread> {
    let mut all = Vec::new();
    loop {
        match fetch(|buf, cap| unsafe { abi::name(field as i32, all.len() as i32, buf, cap) }) {
            Ok(name) => all.push(name),
            Err(Unread::Absent) => return Ok(all),
            Err(unread) => return Err(unread),
        }
    }
}

fn read_body() -> Vec<u8> {
    // SAFETY: the host writes within the capacity and returns how many bytes.
    unsafe {
        let mut body: Vec<u8> = Vec::with_capacity(abi::body_len() as usize);
        while body.len() < body.capacity() {
            let room = body.capacity() - body.len();
            let n = abi::body_read(body.len(), body.as_mut_ptr().add(body.len()), room);
            if n <= 0 {
                break;
            }
            body.set_len(body.len() + n as usize);
        }
        body
    }
}

/// What a request and an event have in common.
macro_rules! message {
    ($of:ident) => {
        impl $of {
            /// The first value of a header field, without those that carry credentials.
            pub fn header(&self, name: &str) -> Option<String> {
                read(Field::Header, name, 0).ok()
            }

            /// Every value of a header field, in order.
            pub fn headers(&self, name: &str) -> Vec<String> {
                (0..).map_while(|index| read(Field::Header, name, index).ok()).collect()
            }

            /// The scalar at a dotted path of the body: the text of a string, and
            /// numbers and booleans as they are written.
            pub fn json(&self, path: &str) -> Result<String, Unread> {
                read(Field::Json, path, abi::ONLY)
            }

            /// The only value of a parameter of a form in the body.
            pub fn form(&self, name: &str) -> Result<String, Unread> {
                read(Field::Form, name, abi::ONLY)
            }

            /// The values of a parameter of that form, in order.
            pub fn form_all(&self, name: &str) -> Vec<String> {
                (0..).map_while(|index| read(Field::Form, name, index).ok()).collect()
            }

            /// The names of the header fields, in order, without those that carry
            /// credentials.
            pub fn header_names(&self) -> Vec<String> {
                names(Field::Header).unwrap_or_default()
            }

            /// The names of the form's parameters in the order in which they were
            /// sent, as often as each was.
            pub fn form_names(&self) -> Result<Vec<String>, Unread> {
                names(Field::Form)
            }

            /// The names of the settings, in order.
            pub fn setting_names(&self) -> Vec<String> {
                names(Field::Setting).unwrap_or_default()
            }

            /// A setting of the configuration.
            pub fn setting(&self, name: &str) -> Option<String> {
                read(Field::Setting, name, 0).ok()
            }

            /// A copy of the raw body.
            pub fn body(&self) -> Vec<u8> {
                read_body()
            }
        }
    };
}

/// The request that a rule looks at, before anything about it has been proven.
pub struct Request(());

/// The verified event that a transform is given.
pub struct Event(());

message!(Request);
message!(Event);

impl Request {
    pub(crate) const fn new() -> Self {
        Request(())
    }

    /// The request method.
    pub fn method(&self) -> String {
        read(Field::Method, "", 0).unwrap_or_default()
    }

    /// The request-target: path and query, byte for byte.
    pub fn target(&self) -> String {
        read(Field::Target, "", 0).unwrap_or_default()
    }

    /// The part of the target before the query.
    pub fn path(&self) -> String {
        read(Field::Path, "", 0).unwrap_or_default()
    }

    /// Scheme, host and target.
    pub fn url(&self) -> String {
        read(Field::Url, "", 0).unwrap_or_default()
    }

    /// The only value of a query parameter, decoded.
    pub fn query(&self, name: &str) -> Result<String, Unread> {
        read(Field::Query, name, abi::ONLY)
    }

    /// The values of a query parameter, decoded and in order.
    pub fn query_all(&self, name: &str) -> Vec<String> {
        (0..).map_while(|index| read(Field::Query, name, index).ok()).collect()
    }

    /// The names of the query's parameters in the order in which they were sent, as
    /// often as each was.
    pub fn query_names(&self) -> Result<Vec<String>, Unread> {
        names(Field::Query)
    }
}

impl Event {
    pub(crate) const fn new() -> Self {
        Event(())
    }

    /// The identifier under which the event is delivered.
    pub fn id(&self) -> String {
        read(Field::EventId, "", 0).unwrap_or_default()
    }

    /// The event's type, empty if its provider has none.
    pub fn kind(&self) -> String {
        read(Field::EventType, "", 0).unwrap_or_default()
    }

    /// The name of the source.
    pub fn source(&self) -> String {
        read(Field::EventSource, "", 0).unwrap_or_default()
    }

    /// When the event was received, in RFC 3339, in UTC.
    pub fn time(&self) -> String {
        read(Field::EventTime, "", 0).unwrap_or_default()
    }

    /// The name of the pack that verified the event.
    pub fn provider(&self) -> String {
        read(Field::EventProvider, "", 0).unwrap_or_default()
    }

    /// The identifier that the sender gave, empty if it gave none.
    pub fn provider_id(&self) -> String {
        read(Field::EventProviderId, "", 0).unwrap_or_default()
    }

    /// The name of the subscription that the event is for.
    pub fn subscription(&self) -> String {
        read(Field::Subscription, "", 0).unwrap_or_default()
    }

    /// The name of the endpoint that the event is for.
    pub fn endpoint(&self) -> String {
        read(Field::Endpoint, "", 0).unwrap_or_default()
    }
}
