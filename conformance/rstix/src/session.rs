//! Through what does the program talk to the node, and about which collection?

use std::time::Duration;

use anyhow::Result;
use rstix::taxii::{BearerAuth, TaxiiAuthProvider, TaxiiClient, TaxiiClientConfig};

use crate::line::{Line, Partner, Place};
use crate::objects;

const STATUS_EVERY: Duration = Duration::from_millis(50);
const STATUS_POLLS_MAX: u32 = 6000;

/// A partner's client, its API root and its collection.
pub struct Session {
    pub client: TaxiiClient,
    pub root: String,
    pub collection: String,
    pub token: String,
}

impl Session {
    pub fn new(line: &Line, partner: &Partner, place: &Place, root: String) -> Result<Self> {
        Ok(Self {
            client: client(line, BearerAuth::new(partner.token.clone()))?,
            root,
            collection: place.id.clone(),
            token: partner.token.clone(),
        })
    }
}

/// A client that checks all that rstix does by itself; plain HTTP is allowed, as demo nodes have no TLS.
pub fn client(line: &Line, auth: impl TaxiiAuthProvider + 'static) -> Result<TaxiiClient> {
    let config = TaxiiClientConfig::new(line.url.clone())
        .auth(auth)
        .allow_insecure_http(true)
        .parse_options(objects::options())
        .status_poll_interval(STATUS_EVERY)
        .status_max_polls(STATUS_POLLS_MAX);
    Ok(TaxiiClient::new(config)?)
}
