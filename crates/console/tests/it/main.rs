//! The people's API through its sockets.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

extern crate cresset_console as console;

mod openapi;
