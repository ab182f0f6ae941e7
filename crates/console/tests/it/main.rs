//! What the people's API says of itself. Through its sockets it is tried by the server's tests.

extern crate cresset_console as console;

mod openapi;
