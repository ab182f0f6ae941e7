//! Cresset: server.
