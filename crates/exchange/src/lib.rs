//! Cresset: exchange.
