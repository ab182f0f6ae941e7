//! What may recipients do, and whom may they pass it on to? `access_privilege` and `further_sharing`.

use std::collections::BTreeSet;

use stix::json::{Kind, Value};

use super::organisations;
use crate::{
    code::Code,
    label::{Label, OriginatorControl, Pap},
    marking::property::{list, texts},
};

/// What holds where no rule says otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Permit,
    Deny,
}

pub(super) struct Defaults {
    pub(super) privilege: Effect,
    pub(super) sharing: Effect,
}

impl Defaults {
    /// URNs with white space between them. Each must be this policy; of several, what denies stands.
    pub(super) fn read(value: Value<'_>) -> Option<Self> {
        let text = value.as_str()?;
        let mut defaults: Option<Self> = None;
        for urn in text.split_ascii_whitespace() {
            let rest = urn.strip_prefix("urn:isa:policy:acs:ns:v3.0?privdefault=")?;
            let (privilege, sharing) = rest.split_once("&sharedefault=")?;
            let (privilege, sharing) = (effect(privilege)?, effect(sharing)?);
            let before = defaults.get_or_insert(Self { privilege, sharing });
            before.privilege = before.privilege.or_deny(privilege);
            before.sharing = before.sharing.or_deny(sharing);
        }
        defaults
    }
}

impl Effect {
    fn or_deny(self, other: Self) -> Self {
        if other == Self::Deny { other } else { self }
    }
}

fn effect(word: &str) -> Option<Effect> {
    match word {
        "permit" => Some(Effect::Permit),
        "deny" => Some(Effect::Deny),
        _ => None,
    }
}

const ACTIONS: [&str; 12] = [
    "DSPLY",
    "IDSRC",
    "TENOT",
    "NETDEF",
    "LEGAL",
    "INTEL",
    "TEARLINE",
    "OPACTION",
    "REQUEST",
    "ANONYMOUSACCESS",
    "CISAUSES",
    "ALL",
];

struct Privilege {
    action: String,
    scope: Scope,
    effect: Effect,
}

#[derive(PartialEq, Eq)]
enum Scope {
    Everyone,
    Some,
}

/// Privileges bind whoever has the object; they restrict no recipient. What this node would do itself counts: to pass
/// the object on with its source, and to take parts out of it.
pub(super) fn access_privileges(rules: Option<Value<'_>>, default: Effect) -> Option<Label> {
    let rules: Vec<Privilege> = match rules {
        Some(rules) => list(rules)?.elements().map(privilege).collect::<Option<_>>()?,
        None => Vec::new(),
    };
    let is_permitted = |action: &str| {
        let about = |rule: &&Privilege| rule.action == action || rule.action == "ALL";
        let mut about = rules.iter().filter(about).peekable();
        let permits = |rule: &&Privilege| rule.scope == Scope::Everyone;
        let denied = about.clone().any(|rule| rule.effect == Effect::Deny);
        !denied && (default == Effect::Permit || about.any(|rule| permits(&rule)))
    };
    if !is_permitted("TEARLINE") {
        return None;
    }
    Some(Label {
        orcon: if is_permitted("IDSRC") { OriginatorControl::No } else { OriginatorControl::Yes },
        pap: match (is_permitted("NETDEF"), is_permitted("OPACTION")) {
            (false, _) => Pap::Red,
            (true, false) => Pap::Green,
            (true, true) => Pap::Clear,
        },
        ..Label::clear()
    })
}

fn privilege(rule: Value<'_>) -> Option<Privilege> {
    let known = ["privilege_action", "privilege_scope", "rule_effect"];
    let action = rule.get("privilege_action")?.as_str()?.into_owned();
    if !has_only(rule, &known) || !ACTIONS.contains(&action.as_str()) {
        return None;
    }
    let scope = scope(rule.get("privilege_scope")?)?;
    Some(Privilege { action, scope, effect: effect(&rule.get("rule_effect")?.as_str()?)? })
}

fn scope(scope: Value<'_>) -> Option<Scope> {
    let known = ["permitted_nationalities", "permitted_organizations", "shareability", "entity"];
    if scope.kind() != Kind::Dictionary || scope.is_empty() || !has_only(scope, &known) {
        return None;
    }
    let lists = scope.members().map(|(_, value)| texts(value)).collect::<Option<Vec<_>>>()?;
    let is_everyone = lists.iter().all(|list| *list == ["ALL"]);
    Some(if is_everyone { Scope::Everyone } else { Scope::Some })
}

fn has_only(value: Value<'_>, known: &[&str]) -> bool {
    value.members().all(|(key, _)| key.as_str().is_some_and(|key| known.contains(&key.as_ref())))
}

/// A rule that permits loosens nothing: by default it is permitted, or the originator names recipients elsewhere.
pub(super) fn further_sharing(rules: Option<Value<'_>>, default: Effect) -> Option<Label> {
    let orcon = match default {
        Effect::Permit => OriginatorControl::No,
        Effect::Deny => OriginatorControl::Yes,
    };
    let mut label = Label { orcon, ..Label::clear() };
    let rules: Vec<_> = match rules {
        Some(rules) => list(rules)?.elements().collect(),
        None => Vec::new(),
    };
    for rule in rules {
        if !has_only(rule, &["sharing_scope", "rule_effect"]) {
            return None;
        }
        let scope = rule.get("sharing_scope")?;
        match effect(&rule.get("rule_effect")?.as_str()?)? {
            Effect::Permit => _ = texts(scope)?,
            // Not by joining, which copies: there may be as many rules as values in an object.
            Effect::Deny => label.not.extend(denied(scope)?),
        }
    }
    Some(label)
}

/// Who `FOREIGNGOV` and `SECTOR` are nobody can tell here.
fn denied(scope: Value<'_>) -> Option<BTreeSet<Code>> {
    let is_vague = texts(scope)?.iter().any(|word| word == "FOREIGNGOV" || word == "SECTOR");
    if is_vague { None } else { organisations(scope) }
}
