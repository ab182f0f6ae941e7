//! What tests share: objects to send, a client that sends anything, a store that fails.
//!
//! **Is**: generators of STIX objects ([`objects`]), a plain HTTP/1.1 client ([`http`]) that can also send what no
//! honest client does, and a store that fails where a test chooses ([`faulty`]).
//!
//! **Is not**: a server. Fixtures that need one stand beside the tests that need them, so that this crate stays below what
//! it helps to test.
//!
//! **Promises**: an object of [`objects`] is valid STIX 2.1, and the same each time for the same number.
//!
//! **Start reading** at [`objects`].

pub mod faulty;
pub mod http;
pub mod objects;
