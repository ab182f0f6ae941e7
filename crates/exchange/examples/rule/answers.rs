//! What does the engine say? Everything comes in by its one door and leaves by its one door, over the memory store.

use std::{collections::BTreeSet, num::NonZeroU32, sync::Arc};

use cresset_exchange::{
    Accepted, ApplyMode, Exchange, ExchangeLimits, Query, SpecVersions, Submission, Versions,
    world::World as Declaration,
};
use serde_json::{Map, Value, json};
use stix::Timestamp;
use store::{Sequence, StoreLimits, memory::Memory};

use crate::{
    declared::COLLECTIONS,
    random::Random,
    world::{Brought, World},
};

type Failure = Box<dyn std::error::Error>;

/// The world with the engine's answers, as one document.
pub(crate) async fn answer(world: &World, random: &mut Random) -> Result<Value, Failure> {
    let now = Timestamp::from_parts(1_764_547_200, 0);
    let store = Arc::new(Memory::new(StoreLimits::default()));
    let mut exchange = Exchange::open(store.clone(), ExchangeLimits::default(), now).await?;
    exchange.apply(read(&world.declared.open)?, ApplyMode::Change, now).await?;
    let (mut claims, mut ids) = (Vec::new(), BTreeSet::new());
    for brought in &world.brought {
        let accepted = bring(&exchange, brought, now).await?;
        let outcome = match (accepted.failures.as_slice(), accepted.added) {
            ([], 1) => "added",
            ([], _) => "unchanged",
            ([failure], _) if failure.codes == ["version-conflict"] => "refused",
            (failures, _) => return Err(format!("{failures:?} in {}", brought.text).into()),
        };
        let object: Value = serde_json::from_str(&brought.text)?;
        ids.insert(testkit::objects::id_of(&object));
        let origin = world.declared.organisations.get(brought.origin);
        claims.push(json!({ "collection": brought.collection, "origin": origin, "text": brought.text,
            "outcome": outcome }));
    }
    exchange.apply(read(&world.declared.dated)?, ApplyMode::Change, now).await?;
    if random.chance(25) {
        exchange = Exchange::open(store, ExchangeLimits::default(), now).await?;
    }
    let mut questions = Vec::new();
    for (partner, moment) in &world.questions {
        questions.push(ask(&exchange, &format!("p{partner}"), *moment, (&ids, random)).await?);
    }
    if exchange.alarms() > 0 {
        return Err("the store gave what the policy withholds".into());
    }
    Ok(json!({ "declaration": world.declared.dated, "claims": claims, "questions": questions }))
}

fn read(declaration: &Value) -> Result<Declaration, Failure> {
    Ok(serde_json::from_value(declaration.clone())?)
}

async fn bring(exchange: &Exchange, brought: &Brought, now: Timestamp) -> Result<Accepted, Failure> {
    let submission: Option<Submission> = if brought.origin == 0 {
        Some(exchange.own_submission(brought.collection)?)
    } else {
        let access = exchange.access(&format!("p{}", brought.origin), brought.collection, now);
        access.and_then(|access| access.submission())
    };
    let submission = submission.ok_or("no way in")?;
    let envelope = format!("{{\"objects\":[{}]}}", brought.text);
    let prepared = exchange.prepare(envelope.as_bytes(), now)?;
    Ok(exchange.accept(&submission, prepared, now).await?)
}

/// What a partner gets at a moment: the pages of each collection, and for each id what becomes of each claim on it.
async fn ask(
    exchange: &Exchange,
    partner: &str,
    moment: Timestamp,
    (ids, random): (&BTreeSet<String>, &mut Random),
) -> Result<Value, Failure> {
    let limit = *random.pick(&[1, 2, 3, 7, 100]);
    let mut released = Map::new();
    let mut by_id = Map::new();
    let wanted: Vec<String> = random.some(&ids.iter().cloned().collect::<Vec<_>>(), 15);
    for collection in COLLECTIONS {
        released.insert(
            collection.to_owned(),
            pages(exchange, (partner, collection, moment), limit, None).await?,
        );
        let found = pages(exchange, (partner, collection, moment), limit, Some(wanted.clone())).await?;
        by_id.insert(collection.to_owned(), found);
    }
    let mut decisions = Map::new();
    for id in ids {
        let preview = exchange.preview(id, partner, moment).await?.ok_or("no such partner")?;
        let copies = preview.copies.into_iter().map(|copy| {
            json!({ "collection": copy.collection, "origin": copy.origin, "version": copy.version, "added": copy.date_added, "text": copy.text, "withheld": copy.withheld })
        });
        decisions.insert(id.clone(), copies.collect());
    }
    Ok(
        json!({ "partner": partner, "time": moment.to_string(), "released": released, "wanted": wanted, "by_id": by_id,
        "decisions": decisions }),
    )
}

async fn pages(
    exchange: &Exchange,
    (partner, collection, moment): (&str, &str, Timestamp),
    limit: u32,
    ids: Option<Vec<String>>,
) -> Result<Value, Failure> {
    let mut texts: Vec<Value> = Vec::new();
    let Some(access) = exchange.access(partner, collection, moment) else { return Ok(json!(texts)) };
    let mut after = Sequence::ZERO;
    loop {
        let query = Query {
            after,
            limit: NonZeroU32::new(limit).unwrap_or(NonZeroU32::MIN),
            bytes_max: 1 << 20,
            ids: ids.clone(),
            types: None,
            versions: Versions::All,
            spec_versions: SpecVersions::Latest,
        };
        let page = exchange.objects(&access, &query, cresset_exchange::Channel::Objects).await?;
        for (sequence, object) in &page.objects {
            texts.push(json!(std::str::from_utf8(object.content().text_bytes())?));
            after = *sequence;
        }
        if !page.more {
            return Ok(json!(texts));
        }
    }
}
