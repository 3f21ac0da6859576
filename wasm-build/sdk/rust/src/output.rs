use crate::abi;
use crate::read::Event;

/// One event to send.
#[derive(Default)]
pub struct Output<'a> {
    /// Its type; that of the event that came in where it is empty.
    pub kind: &'a str,
    /// Its content type; that of the event that came in where it is empty.
    pub content_type: &'a str,
    /// Further header fields, sent in this order.
    pub headers: &'a [(&'a str, &'a str)],
    /// Sent as it is.
    pub body: &'a [u8],
}

impl Event {
    /// Hands out the event that came in, with another type unless that is empty.
    pub fn forward(&self, kind: &str) {
        unsafe { abi::forward(kind.as_ptr(), kind.len()) }
    }

    /// Hands out an event; without any the one that came in is dropped. The host
    /// has copied it on return.
    pub fn emit(&self, out: Output<'_>) {
        unsafe {
            abi::emit(
                out.kind.as_ptr(),
                out.kind.len(),
                out.content_type.as_ptr(),
                out.content_type.len(),
                out.body.as_ptr(),
                out.body.len(),
            )
        }
        for (name, text) in out.headers {
            unsafe { abi::emit_header(name.as_ptr(), name.len(), text.as_ptr(), text.len()) }
        }
    }
}

/// The level of a log line.
#[derive(Clone, Copy)]
pub enum Level {
    /// For who writes the module.
    Debug = 0,
    /// What happened.
    Info = 1,
    /// What somebody should look at.
    Warn = 2,
    /// What went wrong.
    Error = 3,
}

/// Writes one line to the log of the call. The host keeps a bounded number of
/// lines, and of each the first kilobyte.
pub fn log(level: Level, line: &str) {
    unsafe { abi::log(level as i32, line.as_ptr(), line.len()) }
}

/// The digest of data by md5, sha1, sha256, sha384 or sha512, written into out.
/// The host computes it, many times faster than the module would. The result is
/// as long as the digest, or as out where that is shorter.
pub fn digest<'a>(algorithm: &str, data: &[u8], out: &'a mut [u8; 64]) -> &'a [u8] {
    let n = unsafe {
        abi::digest(algorithm.as_ptr(), algorithm.len(), data.as_ptr(), data.len(), out.as_mut_ptr(), out.len())
    };
    &out[..n as usize]
}

/// Ends the call with a message.
pub fn fail(message: &str) -> ! {
    unsafe { abi::fail(message.as_ptr(), message.len()) }
}
