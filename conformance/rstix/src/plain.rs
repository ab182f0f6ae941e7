//! What does the node send, to the last property?
//!
//! rstix's client drops custom properties when it reads an envelope (`x_…` and those of extensions), so that their
//! way through the node cannot be seen through it. Here the same query is asked without it.

use anyhow::{Result, bail, ensure};
use rstix::taxii::{TaxiiFilter, VersionFilter};
use serde::Deserialize;
use serde_json::Value;

use crate::session::Session;

const ACCEPT: &str = "application/taxii+json;version=2.1";
const PAGES_MAX: usize = 100_000;

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    more: bool,
    next: Option<String>,
    #[serde(default)]
    objects: Vec<Value>,
}

/// Every object of the collection as it is sent, and the number of pages.
pub async fn whole(session: &Session, limit: usize) -> Result<(Vec<Value>, usize)> {
    let client = reqwest::Client::new();
    let url = format!("{}collections/{}/objects/", session.root, session.collection);
    let mut filter =
        TaxiiFilter { version: VersionFilter::All, limit: Some(limit), ..TaxiiFilter::default() };
    let mut objects = Vec::new();
    for pages in 1..=PAGES_MAX {
        let request =
            client.get(&url).query(&filter.to_query_pairs()?).header(reqwest::header::ACCEPT, ACCEPT);
        let page: Page = request.bearer_auth(&session.token).send().await?.error_for_status()?.json().await?;
        ensure!(page.objects.len() <= limit, "page {pages} has {} objects", page.objects.len());
        objects.extend(page.objects);
        if !page.more {
            return Ok((objects, pages));
        }
        ensure!(page.next.is_some(), "page {pages} has `more` without `next`");
        filter.next = page.next;
    }
    bail!("more than {PAGES_MAX} pages")
}
