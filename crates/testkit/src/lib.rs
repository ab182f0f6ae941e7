//! What tests share: objects to send, and a client that sends anything.
//!
//! **Is**: generators of STIX objects ([`objects`]) and a plain HTTP/1.1 client ([`http`]) that can also send what no
//! honest client does.
//!
//! **Is not**: a server or a store. Fixtures that need one stand beside the tests that need them, so that this crate stays
//! below what it helps to test.
//!
//! **Promises**: an object of [`objects`] is valid STIX 2.1, and the same each time for the same number.
//!
//! **Start reading** at [`objects`].

pub mod http;
pub mod objects;
