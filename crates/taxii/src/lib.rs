//! TAXII 2.1 on paper: what is asked and answered, without anybody who carries it.
//!
//! **Is**: resources as the standard names them, media types and their negotiation, URL filters, the position behind `next`.
//!
//! **Is not**: HTTP, storage, policy.
//!
//! **Start reading** at [`filter::Filter`], then [`resource`].

pub mod filter;
pub mod media;
pub mod position;
pub mod resource;
