//! Write hookseal modules in Rust.
//!
//! A module is a `cdylib` that exports one or both hooks:
//!
//! ```ignore
//! use hookseal::{Event, Output, Unread};
//!
//! hookseal::transform!(forward);
//!
//! fn forward(event: &Event) -> Result<(), Unread> {
//!     let kind = format!("seen.{}", event.kind());
//!     event.emit(Output { kind: &kind, body: &event.body(), ..Output::default() });
//!     Ok(())
//! }
//! ```
//!
//! A claim says what was signed and never sees a secret; see [`claim!`]. A
//! transform emits no event, one or many; see [`transform!`]. Every call begins in
//! the state in which the module started: nothing is left of the call before.
//!
//! The contract is `hostabi/SPEC.md`; what `abi.rs` imports names its version.
#![no_std]
#![warn(missing_docs)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod abi;
#[cfg(all(feature = "arena", target_arch = "wasm32"))]
mod arena;
mod claim;
mod output;
mod read;
mod value;

use alloc::string::ToString;
use core::fmt::Display;

pub use claim::{Alternative, Check, Claim, Encoding, Message, TimeUnit};
pub use output::{digest, fail, log, Level, Output};
pub use read::{Event, Request, Unread};
pub use value::Value;

/// Exports a function `fn(&Request, &mut Claim) -> Result<(), impl Display>` as
/// the hook claim.
///
/// An error fails the call: the request is then neither accepted nor rejected, so
/// it is for a rule that cannot go on, and not for a request that looks wrong.
#[macro_export]
macro_rules! claim {
    ($rule:path) => {
        #[export_name = "claim"]
        pub extern "C" fn hookseal_claim() -> i32 {
            $crate::run_claim($rule)
        }
    };
}

/// Exports a function `fn(&Event) -> Result<(), impl Display>` as the hook
/// transform.
///
/// An event for which nothing is emitted is dropped. An error fails the delivery,
/// with its text.
#[macro_export]
macro_rules! transform {
    ($forward:path) => {
        #[export_name = "transform"]
        pub extern "C" fn hookseal_transform() -> i32 {
            $crate::run_transform($forward)
        }
    };
}

#[doc(hidden)]
pub fn run_claim<E: Display>(rule: impl FnOnce(&Request, &mut Claim) -> Result<(), E>) -> i32 {
    run(|| rule(&Request::new(), &mut Claim::new()))
}

#[doc(hidden)]
pub fn run_transform<E: Display>(forward: impl FnOnce(&Event) -> Result<(), E>) -> i32 {
    run(|| forward(&Event::new()))
}

fn run<E: Display>(hook: impl FnOnce() -> Result<(), E>) -> i32 {
    #[cfg(feature = "std")]
    std::panic::set_hook(alloc::boxed::Box::new(|info| fail(&info.to_string())));
    match hook() {
        Ok(()) => 0,
        Err(err) => fail(&err.to_string()),
    }
}
