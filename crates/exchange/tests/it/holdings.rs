//! Which names are looked for: those that the node's own organisation may read, and none besides?

use exchange::Holdings;
use serde_json::{Value, json};
use store::Sequence;
use testkit::objects::{AMBER, RED, granular, id, indicator, malware, marked, object, restriction, with};

use crate::ground::{Ground, ROOM, mark};

async fn held(ground: &Ground, collection: &str) -> Vec<String> {
    let (mut names, mut after) = (Vec::new(), Sequence::ZERO);
    loop {
        let page = ground.exchange.holdings(collection, after, ground.now()).await.unwrap();
        names.extend(page.known.into_iter().map(|known| known.name));
        match page.next {
            Some(next) => after = Sequence::new(next),
            None => return names,
        }
    }
}

fn actor(number: u32, name: &str) -> Value {
    object("intrusion-set", number, json!({ "name": name, "aliases": [format!("{name} alias")] }))
}

#[tokio::test]
async fn names_are_what_the_organisation_may_read() {
    let ground = Ground::new().await;
    ground.add(None, &[actor(1, "Own"), marked(actor(2, "Red"), &[RED]), indicator(3)]).await;
    ground.add(Some("nor"), &[marked(actor(4, "Theirs"), &[AMBER])]).await;
    // The marking is not there, so that nobody but its origin may have it; and a name for whom we are not.
    ground.add(Some("nor"), &[marked(actor(5, "Unknown"), &[&mark(77)])]).await;
    ground.add(Some("nor"), &[restriction(8, json!({ "releasable_to": ["JPN"] }))]).await;
    let apart = with(actor(6, "Apart"), "aliases", json!(["Kept", "From us"]));
    ground.add(Some("nor"), &[granular(apart, &mark(8), &["aliases.[1]"])]).await;
    assert_eq!(held(&ground, ROOM).await, ["Own", "Red", "Theirs", "Apart"]);
    let page = ground.exchange.holdings(ROOM, Sequence::ZERO, ground.now()).await.unwrap();
    assert_eq!(page.known[3].aliases, ["Kept"]);
    assert_eq!(page.known[1].id.as_deref(), Some(id("intrusion-set", 2).as_str()));
    assert!(!format!("{page:?}").contains("Red"), "what is printed says how many, never whom");
    assert_eq!(held(&ground, "elsewhere").await, Vec::<String>::new());
    assert_eq!(ground.exchange.who(&id("intrusion-set", 1)).await.unwrap(), [], "nothing has left");
}

#[tokio::test]
async fn every_name_is_met_once_however_many_pages_there_are() {
    let ground = Ground::new().await;
    let all: Vec<Value> = (0..4_001).map(malware).collect();
    ground.add(None, &all).await;
    let first: Holdings = ground.exchange.holdings(ROOM, Sequence::ZERO, ground.now()).await.unwrap();
    assert_eq!((first.known.len(), first.next.is_some()), (2_000, true));
    let names = held(&ground, ROOM).await;
    assert_eq!(names, (0..4_001).map(|number| format!("loader {number}")).collect::<Vec<_>>());
}
