//! Does the node take everything that rstix sends, and does its status say so?

use std::time::Instant;

use anyhow::{Result, bail, ensure};
use rstix::model::StixObject;
use rstix::taxii::{StatusState, TaxiiEnvelope, TaxiiError, TaxiiStatus};
use serde_json::Value;

use crate::checks::{Checks, figure};
use crate::objects::{Published, untouched};
use crate::session::Session;

const ENVELOPE: usize = 1000;

pub async fn all(checks: &mut Checks, session: &Session, published: &[Published]) {
    let name = format!("publish {} objects, each status complete with no failure", published.len());
    checks.run(&name, everything(session, published)).await;
}

async fn everything(session: &Session, published: &[Published]) -> Result<()> {
    let start = Instant::now();
    let mut envelopes = 0;
    for batch in published.chunks(ENVELOPE) {
        envelopes += send(session, batch.iter().map(|object| &object.wire)).await?;
    }
    let seconds = start.elapsed().as_secs_f64();
    figure(format_args!("published {} objects in {envelopes} envelopes in {seconds:.1} s", published.len()));
    Ok(())
}

/// Sends objects in one envelope, or in halves if rstix finds it too large for the node; gives the envelopes sent.
pub async fn send(session: &Session, objects: impl Iterator<Item = &Value>) -> Result<usize> {
    let mut waiting = vec![objects.map(untouched).collect::<Result<Vec<StixObject>>>()?];
    let mut sent = 0;
    while let Some(mut batch) = waiting.pop() {
        let count = batch.len();
        let envelope = TaxiiEnvelope::new(batch.clone());
        match session.client.add_objects(&session.root, &session.collection, &envelope).await {
            Ok(status) => complete(session, &status, count).await?,
            Err(TaxiiError::RequestBodyTooLarge { .. }) if count > 1 => {
                let second = batch.split_off(count / 2);
                waiting.extend([second, batch]);
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        sent += 1;
    }
    Ok(sent)
}

async fn complete(session: &Session, status: &TaxiiStatus, count: usize) -> Result<()> {
    if status.status != StatusState::Complete {
        bail!("the status is {:?}", status.status);
    }
    ensure!(status.failure_count == 0, "{} failures: {:?}", status.failure_count, status.failures.first());
    ensure!(status.pending_count == 0, "{} are pending", status.pending_count);
    ensure!(usize::try_from(status.total_count)? == count, "{} of {count} counted", status.total_count);
    ensure!(usize::try_from(status.success_count)? == count, "{} of {count} taken", status.success_count);
    let again = session.client.get_status(&session.root, &status.id).await?;
    ensure!(again == *status, "asked for again the status is another: {again:?}");
    Ok(())
}
