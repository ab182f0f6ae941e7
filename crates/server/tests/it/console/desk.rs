//! Does the release desk do what people say there, and only that?

use serde_json::{Value, json};
use server::Role;
use testkit::objects::{AMBER, GREEN, RED, granular, id, indicator, malware, marked, object, with};

use super::{Somebody, code, request, sign_in, somebody};
use crate::ground::{Ground, Setup, WORLD, object_of};

const RW: &str = crate::ground::RW;

/// The id of an indicator.
fn iid(number: u32) -> String {
    id("indicator", number)
}

fn draft(objects: &[Value], marking: &str) -> Value {
    json!({ "objects": objects, "collection": "rw", "marking": [marking], "reason": "for the test" })
}

#[tokio::test]
async fn what_is_published_at_the_desk_is_what_the_preview_said_to_the_byte() {
    let ground = Ground::new().await;
    let mara = somebody(&ground, "mara", Role::Releaser).await;
    let draft = draft(&[indicator(1), marked(indicator(2), &[RED])], "TLP:GREEN");
    let preview = mara.does(&ground, "/intake/preview", &draft).await;
    assert_eq!(preview["recipients"][0], json!({ "partner": "p", "sees": 1, "redacted": 0, "withheld": 1 }));
    let cells = preview["matrix"]["rows"][1]["cells"].as_array().unwrap();
    let cell = cells.iter().find(|cell| cell["partner"] == "p").unwrap();
    assert_eq!((cell["decision"].as_str(), cell["line"].as_u64()), (Some("withheld"), Some(8)), "{cell}");
    assert_eq!(ground.get(&object_of(RW, &iid(1))).await.status, 404, "nothing is published");
    let done = mara.does(&ground, "/intake", &draft).await;
    assert_eq!(done["accepted"].as_array().unwrap().len(), 2, "{done}");
    let release = format!("/releases/{}/outgoing?partner=p", done["release"].as_str().unwrap());
    let outgoing = mara.get(&ground, &release).await;
    let got = ground.get(&object_of(RW, &iid(1))).await;
    let object = got.text();
    let object = object.split_once("\"objects\":[").unwrap().1.split_once("]}").unwrap().0.to_owned();
    assert!(outgoing.text().contains(&object[..object.len() - 1]), "{}\n{object}", outgoing.text());
    assert!(!outgoing.text().contains(&iid(2)));
}

#[tokio::test]
async fn names_that_are_held_are_found_in_a_report_by_those_who_may_know_them() {
    let ground = Ground::new().await;
    let ada = somebody(&ground, "ada", Role::Administrator).await;
    let new = json!({ "user": "eve", "role": "analyst", "ceiling": "green" });
    let password = ada.does(&ground, "/users", &new).await["password"].as_str().unwrap().to_owned();
    let response = sign_in(&ground, "eve", &password, None).await;
    let eve = Somebody { user: "eve".to_owned(), password, cookie: super::cookie(&response) };
    let actor = with(marked(malware(7), &[AMBER]), "name", json!("Velvet Heron Loader"));
    ground.add_own("rw", &[actor]).await;
    let text = "Report 7\nThe malware Velvet Heron Loader asks heron-9.net every hour.";
    let (id, mut told) = (malware(7)["id"].as_str().unwrap().to_owned(), Vec::new());
    for reader in [&eve, &ada] {
        let reading = reader.does(&ground, "/intake/read", &json!({ "text": text })).await;
        assert!(reading.to_string().contains("heron-9.net"), "{reading}");
        told.push(reading.to_string().contains(&id));
    }
    assert_eq!(told, [false, true]);
    let who = ada.read(&ground, &format!("/audit/who/{id}")).await.to_string();
    assert!(who.contains("ada") && !who.contains("eve"), "{who}");
}

#[tokio::test]
async fn a_marking_is_required() {
    let ground = Ground::new().await;
    let mara = somebody(&ground, "mara", Role::Releaser).await;
    let body = json!({ "objects": [indicator(1)], "collection": "rw", "marking": [] });
    for path in ["/intake/preview", "/intake"] {
        let refused = mara.post(&ground, path, &body).await;
        assert_eq!((refused.status, code(&refused)), (422, "refused".to_owned()));
    }
}

#[tokio::test]
async fn what_an_analyst_proposes_waits_and_nobody_approves_their_own() {
    let world = WORLD.replacen("[[community]]", "[release]\nsecond_person = true\n\n[[community]]", 1);
    let ground = Ground::with(Setup { world, ..Setup::default() }).await;
    let ana = somebody(&ground, "ana", Role::Analyst).await;
    let mara = somebody(&ground, "mara", Role::Releaser).await;
    let erik = somebody(&ground, "erik", Role::Releaser).await;
    let approve = json!({ "decision": "approve" });
    for (number, author) in [(1, &ana), (2, &mara)] {
        let proposed = author.does(&ground, "/intake", &draft(&[indicator(number)], "TLP:GREEN")).await;
        assert_eq!(proposed["accepted"], json!([]), "{proposed}");
        let path = format!("/releases/{}/approval", proposed["release"].as_str().unwrap());
        let own = author.post(&ground, &path, &approve).await;
        assert_eq!(own.status, 403, "{}", own.text());
        assert_eq!(ground.get(&object_of(RW, &iid(number))).await.status, 404);
        let ground = &ground;
        assert_eq!(erik.read(ground, "/home").await["releases_pending"], 1);
        assert_eq!(erik.does(ground, &path, &approve).await["state"], "released");
        assert_eq!(ground.get(&object_of(RW, &iid(number))).await.status, 200);
        assert_eq!(erik.post(ground, &path, &approve).await.status, 409, "decided before");
    }
    let rejected = ana.does(&ground, "/intake", &draft(&[indicator(3)], "TLP:GREEN")).await;
    let path = format!("/releases/{}/approval", rejected["release"].as_str().unwrap());
    let no = json!({ "decision": "reject", "reason": "not yet" });
    assert_eq!(mara.does(&ground, &path, &no).await["state"], "rejected");
    assert_eq!(ground.get(&object_of(RW, &iid(3))).await.status, 404);
    let ground = ground.restart().await;
    let queue = mara.read(&ground, "/releases").await;
    let states: Vec<_> =
        queue["releases"].as_array().unwrap().iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, ["rejected", "released", "released"]);
}

#[tokio::test]
async fn what_waits_is_called_by_what_it_says_and_not_at_any_length() {
    let ground = Ground::new().await;
    let [ana, mara] =
        [somebody(&ground, "ana", Role::Analyst).await, somebody(&ground, "mara", Role::Releaser).await];
    for (number, length, shown) in [(1, 120, 120), (2, 121, 120)] {
        let rest = json!({ "content": "ö".repeat(length), "object_refs": [iid(1)] });
        let note = object("note", number, rest);
        let proposed = ana.does(&ground, "/intake", &draft(&[note], "TLP:GREEN")).await;
        let release = format!("/releases/{}", proposed["release"].as_str().unwrap());
        let release = mara.read(&ground, &release).await;
        assert_eq!(release["summary"]["title"], "ö".repeat(shown));
        assert_eq!(release["matrix"]["rows"][0]["object"]["name"], "ö".repeat(length));
    }
}

async fn published(ground: &Ground, mara: &Somebody, object: &Value) {
    let done = mara.does(ground, "/intake", &draft(std::slice::from_ref(object), "TLP:GREEN")).await;
    assert_eq!(done["accepted"].as_array().unwrap().len(), 1, "{done}");
}

#[tokio::test]
async fn a_revoked_object_is_served_as_revoked_and_a_withdrawn_one_not_at_all() {
    let ground = Ground::new().await;
    let mara = somebody(&ground, "mara", Role::Releaser).await;
    for number in [1, 2] {
        published(&ground, &mara, &indicator(number)).await;
        assert_eq!(ground.get(&object_of(RW, &iid(number))).await.status, 200);
    }
    let why = json!({ "reason": "it was wrong" });
    let recall = |number: u32| format!("/objects/{}/recall", iid(number));
    let done = mara.does(&ground, &recall(1), &why).await;
    assert_eq!((done["state"].as_str(), &done["holders"]), (Some("recalled"), &json!(["p"])), "{done}");
    let revoked = ground.get(&object_of(RW, &iid(1))).await.json();
    assert_eq!(revoked["objects"][0]["revoked"], true, "{revoked}");
    let how = json!({ "reason": "it was wrong", "how": "withdraw" });
    mara.does(&ground, &recall(2), &how).await;
    assert_eq!(ground.get(&object_of(RW, &iid(2))).await.status, 404);
    ground.add("rw", &[marked(indicator(3), &[GREEN])]).await;
    let theirs = mara.post(&ground, &recall(3), &why).await;
    assert_eq!(theirs.status, 403, "{}", theirs.text());
    let unknown = mara.post(&ground, &recall(9), &why).await;
    assert_eq!(unknown.status, 404);
    let no_reason = mara.post(&ground, &recall(1), &json!({ "reason": " " })).await;
    assert_eq!(no_reason.status, 422);
}

#[tokio::test]
async fn what_is_marked_stricter_is_served_in_no_version_to_who_may_not_have_it() {
    let ground = Ground::new().await;
    let mara = somebody(&ground, "mara", Role::Releaser).await;
    let path = object_of(RW, &iid(1));
    published(&ground, &mara, &indicator(1)).await;
    let marking = format!("/objects/{}/marking", iid(1));
    let red = json!({ "marking": ["TLP:RED"], "reason": "too much" });
    let done = mara.does(&ground, &marking, &red).await;
    assert_eq!(done["state"], "released", "{done}");
    assert_eq!(ground.get(&path).await.status, 404);
    assert_eq!(ground.get(&format!("{path}?match[version]=all")).await.status, 404);
    let amber = json!({ "marking": ["TLP:AMBER"], "reason": "they may after all" });
    mara.does(&ground, &marking, &amber).await;
    assert_eq!(ground.get(&path).await.status, 200);
}

#[tokio::test]
async fn the_desk_says_what_is_taken_out_and_by_which_line() {
    let ground = Ground::new().await;
    let mara = somebody(&ground, "mara", Role::Releaser).await;
    let object = with(marked(indicator(1), &[GREEN]), "description", json!("for us"));
    let object = granular(object, RED, &["description"]);
    let draft = draft(&[object], "TLP:GREEN");
    let preview = mara.does(&ground, "/intake/preview", &draft).await;
    let cell = &preview["matrix"]["rows"][0]["cells"][0];
    assert_eq!(cell["decision"], "redacted", "{cell}");
    assert_eq!(cell["withheld_properties"][0]["property"], "/description");
    assert!(cell["withheld_properties"][0]["reason"].as_str().unwrap().contains("rule 8"), "{cell}");
    mara.does(&ground, "/intake", &draft).await;
    let audience = mara.read(&ground, &format!("/objects/{}/audience", iid(1))).await;
    let cells = audience["rows"][0]["cells"].as_array().unwrap();
    let decision =
        |partner: &str| cells.iter().find(|cell| cell["partner"] == partner).unwrap()["decision"].clone();
    assert_eq!((decision("p"), decision("n")), (json!("redacted"), json!("withheld")));
}

#[tokio::test]
async fn a_bundle_is_read_with_its_findings_by_line_and_nothing_is_kept() {
    let ground = Ground::new().await;
    let ana = somebody(&ground, "ana", Role::Analyst).await;
    ground.add_own("rw", &[marked(indicator(1), &[AMBER])]).await;
    let bad = with(indicator(2), "confidence", json!(200));
    let text = format!(
        "{{\"type\":\"bundle\",\"id\":\"bundle--{}\",\n\"objects\":[\n{},\n{bad}]}}",
        uuid::Uuid::new_v4(),
        indicator(1)
    );
    let reading = ana.does(&ground, "/intake/read", &json!({ "text": text })).await;
    let proposals = reading["proposals"].as_array().unwrap();
    assert_eq!((reading["format"].as_str(), proposals.len()), (Some("stix"), 2), "{reading}");
    assert_eq!(proposals[0]["held"], json!(iid(1)));
    assert_eq!(proposals[1]["held"], Value::Null);
    let finding = &proposals[1]["findings"][0];
    assert!(finding["message"].as_str().unwrap().starts_with("line 4: "), "{finding}");
    let broken = ana.does(&ground, "/intake/read", &json!({ "text": "{\"objects\":[{\"a\":}]}" })).await;
    assert!(!broken["findings"].as_array().unwrap().is_empty(), "{broken}");
    assert_eq!(ground.get(&object_of(RW, &iid(2))).await.status, 404);
}

#[tokio::test]
async fn the_ledger_names_who_did_what_and_is_whole() {
    let ground = Ground::new().await;
    let mara = somebody(&ground, "mara", Role::Administrator).await;
    published(&ground, &mara, &indicator(1)).await;
    ground.get(&object_of(RW, &iid(1))).await;
    let entries = mara.read(&ground, "/audit?limit=200").await;
    let texts: Vec<_> =
        entries["entries"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect();
    for expected in
        ["mara: signed-in", "mara: proposed", "mara: carried-out", "at the machine: account-added mara"]
    {
        assert!(texts.iter().any(|text| text.starts_with(expected)), "{expected}: {texts:?}");
    }
    let first = mara.read(&ground, "/audit?limit=2").await;
    let next = format!("/audit?limit=200&after={}", first["next"].as_str().unwrap());
    let rest = mara.read(&ground, &next).await["entries"].as_array().unwrap().len();
    assert_eq!(rest + 2, entries["entries"].as_array().unwrap().len());
    let of_p = mara.read(&ground, "/audit?partner=p").await;
    assert!(of_p["entries"].as_array().unwrap().iter().all(|entry| entry["partner"] == "p"));
    let who = mara.read(&ground, &format!("/audit/who/{}", iid(1))).await;
    assert_eq!(who["receipts"][0]["partner"], "p", "{who}");
    let verified = mara.does(&ground, "/audit/verification", &json!({})).await;
    assert_eq!(verified["problems"], json!([]));
}

#[tokio::test]
async fn a_release_of_what_somebody_may_not_see_does_not_exist_for_them() {
    let ground = Ground::new().await;
    let mara = somebody(&ground, "mara", Role::Releaser).await;
    let admin = somebody(&ground, "ada", Role::Administrator).await;
    let new = json!({ "user": "erik", "role": "releaser", "ceiling": "green" });
    let password = admin.does(&ground, "/users", &new).await["password"].as_str().unwrap().to_owned();
    let response = super::sign_in(&ground, "erik", &password, None).await;
    let erik = Somebody { user: "erik".to_owned(), password, cookie: super::cookie(&response) };
    let done = mara.does(&ground, "/intake", &draft(&[malware(1)], "TLP:GREEN")).await;
    let seen = format!("/releases/{}", done["release"].as_str().unwrap());
    assert_eq!(erik.get(&ground, &seen).await.status, 200);
    let done = mara.does(&ground, "/intake", &draft(&[indicator(1)], "TLP:AMBER")).await;
    let hidden = format!("/releases/{}", done["release"].as_str().unwrap());
    let queue = erik.read(&ground, "/releases").await;
    assert_eq!(queue["releases"].as_array().unwrap().len(), 1, "{queue}");
    for path in [hidden.clone(), format!("{hidden}/outgoing?partner=p")] {
        assert_eq!(erik.get(&ground, &path).await.status, 404, "{path}");
        assert_eq!(mara.get(&ground, &path).await.status, 200, "{path}");
    }
    let recall = erik
        .send(
            &ground,
            request("POST", &format!("/objects/{}/recall", iid(1)))
                .set("content-type", "application/json")
                .body("{\"reason\":\"x\"}"),
        )
        .await;
    assert_eq!(recall.status, 404, "{} {}", erik.user, recall.text());
}
