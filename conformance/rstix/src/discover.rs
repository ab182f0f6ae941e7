//! Does rstix find the API root and the collections, and is it refused with wrong credentials?

use anyhow::{Context, Result, bail, ensure};
use reqwest::Url;
use rstix::taxii::{BasicAuth, BearerAuth, HttpsPolicy, TaxiiError};
use uuid::Uuid;

use crate::checks::Checks;
use crate::line::{Line, Partner, Place};
use crate::session::{Session, client};

const TAXII: &str = "application/taxii+json;version=2.1";

/// The API root, of those that discovery names, in which the collection is.
pub async fn root(line: &Line, partner: &Partner, place: &Place) -> Result<String> {
    let discovery = client(line, BearerAuth::new(partner.token.clone()))?.discover().await?;
    ensure!(!discovery.title.is_empty(), "no title");
    if let Some(default) = discovery.default_api_root() {
        ensure!(discovery.api_roots.iter().any(|root| root == default), "the default is not in the list");
    }
    let roots = discovery.resolved_api_roots(&Url::parse(&line.url)?, HttpsPolicy::Allowed)?;
    roots
        .iter()
        .map(Url::as_str)
        .find(|root| place.url.starts_with(root))
        .map(str::to_owned)
        .with_context(|| format!("{} is in none of {:?}", place.url, discovery.api_roots))
}

pub async fn all(checks: &mut Checks, line: &Line, partner: &Partner, session: &Session) {
    checks.run("the API root describes itself", api_root(session)).await;
    checks.run("the collections are those of the partner", collections(partner, session)).await;
    checks.run("discovery with user and password", basic(line, partner)).await;
    checks.run("a wrong token is 401 with a challenge", refused(line)).await;
}

async fn api_root(session: &Session) -> Result<()> {
    let root = session.client.api_root(&session.root).await?;
    ensure!(!root.title.is_empty(), "no title");
    ensure!(root.versions.iter().any(|version| version == TAXII), "{TAXII} is not in {:?}", root.versions);
    ensure!(root.max_content_length > 0, "max_content_length is zero");
    Ok(())
}

async fn collections(partner: &Partner, session: &Session) -> Result<()> {
    let listed = session.client.collections(&session.root).await?;
    let places = partner.collections.iter().filter(|place| place.url.starts_with(&session.root));
    for place in places {
        let found = listed
            .iter()
            .find(|collection| collection.id == place.id)
            .with_context(|| format!("{} is not listed", place.id))?;
        ensure!(found.can_read == place.may("read"), "{}: can_read is {}", place.id, found.can_read);
        ensure!(found.can_write == place.may("submit"), "{}: can_write is {}", place.id, found.can_write);
        ensure!(found.alias == place.alias, "{}: the alias is {:?}", place.id, found.alias);
        let alone = session.client.collection(&session.root, &place.id).await?;
        ensure!(alone == *found, "{}: alone it is not as in the list", place.id);
    }
    let known = |id: &str| partner.collections.iter().any(|place| place.id == id);
    let others: Vec<_> = listed.iter().filter(|collection| !known(&collection.id)).collect();
    ensure!(others.is_empty(), "{} sees collections of others: {others:?}", partner.name);
    Ok(())
}

async fn basic(line: &Line, partner: &Partner) -> Result<()> {
    let client = client(line, BasicAuth::new(partner.user.clone(), partner.password.clone()))?;
    ensure!(!client.discover().await?.api_roots.is_empty(), "no API root");
    Ok(())
}

async fn refused(line: &Line) -> Result<()> {
    match client(line, BearerAuth::new(Uuid::new_v4().simple().to_string()))?.discover().await {
        Err(TaxiiError::Unauthorized { challenges, body }) => {
            ensure!(!challenges.is_empty(), "rstix found no challenge");
            ensure!(body.is_some(), "rstix found no TAXII error message");
            Ok(())
        }
        Err(error) => Err(error.into()),
        Ok(_) => bail!("was answered"),
    }
}
