//! What do the people's API and the web app say to each other? The types of every question and answer; `console/openapi.json` is
//! made from them.
//!
//! Names are the standard's; times are RFC 3339 in UTC; ids are STIX ids. A list that goes on has a `next`, to be given back as
//! `after`.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod desk;
pub(crate) mod graph;
pub(crate) mod hit;
pub(crate) mod home;
pub(crate) mod intake;
pub(crate) mod matrix;
pub(crate) mod object;
pub(crate) mod partner;
pub(crate) mod session;
pub(crate) mod timeline;
