//! What is left of an object when properties must go?
//!
//! Everything that stays keeps its bytes. Values are known by where they start in the text.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashSet},
};

use stix::{
    Limits, Object,
    json::{Kind, Tree, Value},
    object,
};

use crate::{
    Reason,
    audience::Reader,
    label::{Label, Stamp},
    policy::{Decision, Policy},
    sealed::Releasable,
};

pub(crate) struct Redaction<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) stamp: &'a Stamp,
    pub(crate) reader: &'a Reader<'a>,
    pub(crate) withheld: &'a HashSet<String>,
    pub(crate) limits: &'a Limits,
}

/// The granular markings of one object, resolved.
struct Granular<'t> {
    /// Label of each entry of `granular_markings`, none for language entries.
    labels: Vec<Option<Cow<'t, Label>>>,
    /// Which entries speak of the value that starts here.
    by_start: BTreeMap<usize, Vec<usize>>,
}

/// What goes.
#[derive(Default)]
struct Gone {
    starts: BTreeSet<usize>,
    /// Selectors that stay and speak of another place than before.
    renumbered: BTreeMap<usize, String>,
    removed: Vec<(String, Reason)>,
}

impl Redaction<'_> {
    /// Takes out what the reader may not have.
    ///
    /// # Errors
    /// [`Reason::RequiredProperty`] where what is left is no object of the standard any more.
    pub(crate) fn apply(&self, object: Object) -> Result<Releasable<Object>, Reason> {
        let unreadable = || Reason::RequiredProperty(String::new());
        let text = object.text();
        let tree = object::tree(&text, self.limits).map_err(|_| unreadable())?;
        let granular = self.granular(&tree)?;
        let mut gone = Gone::default();
        let root = tree.root();
        self.mark(root, &Place::ROOT, &granular, &mut gone);
        if gone.starts.is_empty() {
            return Ok(Releasable::whole(object));
        }
        // What is missing by label alone withholds the object, even where references that go as well took the gap along.
        let by_reference = |(_, reason): &(String, Reason)| matches!(reason, Reason::Reference);
        if gone.removed.iter().any(by_reference) && !gone.removed.iter().all(by_reference) {
            Redaction { withheld: &HashSet::new(), ..*self }.apply(object.clone())?;
        }
        let first = gone.removed.first().map(|(pointer, _)| pointer.clone()).unwrap_or_default();
        if gone.starts.contains(&root.span().start) {
            return Err(Reason::RequiredProperty(first));
        }
        gone.take_selectors(root);
        let mut out = Vec::with_capacity(text.len());
        Emitter { text: &text, gone: &gone }.emit(root, &mut out);
        // Without `spec_version` a domain object is one of STIX 2.0, which asks for other properties.
        let same_standard = |left: &Object| left.spec_version() == object.spec_version();
        let (left, _) = stix::validate::check(&out, self.limits, self.reader.now);
        let left = left.filter(same_standard).ok_or(Reason::RequiredProperty(first))?;
        Ok(Releasable::redacted(left, gone.removed))
    }

    fn granular<'t>(&'t self, tree: &Tree<'_>) -> Result<Granular<'t>, Reason> {
        let root = tree.root();
        let value = root.get("granular_markings");
        let mut granular = Granular { labels: Vec::new(), by_start: BTreeMap::new() };
        for (index, entry) in value.map(Value::elements).into_iter().flatten().enumerate() {
            let marking = entry.get("marking_ref").and_then(Value::as_str);
            granular.labels.push(marking.map(|id| self.policy.meaning(&id, &self.stamp.origin)));
            for selector in entry.get("selectors").map(Value::elements).into_iter().flatten() {
                let path = selector.as_str().unwrap_or_default();
                // A marking that speaks of nothing we can find may have meant anything.
                let target = resolve(root, &path).ok_or(Reason::Unknown)?;
                granular.by_start.entry(target.span().start).or_default().push(index);
            }
        }
        Ok(granular)
    }

    /// Marks the values at and below `value` that go.
    fn mark(&self, value: Value<'_>, place: &Place<'_>, granular: &Granular<'_>, gone: &mut Gone) {
        let span = value.span();
        // Nothing below is marked and nothing below can be a reference that goes.
        if self.withheld.is_empty() && granular.by_start.range(span.clone()).next().is_none() {
            return;
        }
        let entries = granular.by_start.get(&span.start).map_or(&[][..], Vec::as_slice);
        let here = Place { entries, ..*place };
        if !entries.is_empty()
            && let Some(reason) = self.property_withheld(&here, granular)
        {
            gone.take(span.start, here.pointer(), reason);
            return;
        }
        match value.kind() {
            Kind::Dictionary => {
                for (key, member) in value.members() {
                    let name = key.as_str().unwrap_or_default();
                    // Who gets something must know how it is marked. Which selectors stay follows from what is left.
                    if here.above.is_none() && (name == "granular_markings" || name == "object_marking_refs")
                    {
                        continue;
                    }
                    let place = here.below(Step::Key(&name));
                    self.mark_reference(&name, member, &place, gone);
                    if !gone.starts.contains(&member.span().start) {
                        self.mark(member, &place, granular, gone);
                    }
                }
                gone.take_if_emptied(value, value.members().map(|(_, member)| member));
            }
            Kind::List => {
                for (index, element) in value.elements().enumerate() {
                    if !gone.starts.contains(&element.span().start) {
                        self.mark(element, &here.below(Step::Index(index)), granular, gone);
                    }
                }
                gone.take_if_emptied(value, value.elements());
            }
            Kind::Null | Kind::Boolean | Kind::Number | Kind::String => {}
        }
    }

    /// The label of a property is the join of the object's with every marking on it or above it.
    fn property_withheld(&self, place: &Place<'_>, granular: &Granular<'_>) -> Option<Reason> {
        let entries = place.upwards().flat_map(|place| place.entries);
        let labels = entries.filter_map(|&entry| granular.labels.get(entry)?.as_ref());
        let own = Cow::Borrowed(&self.stamp.label);
        let label = labels.fold(own, |joined, label| Cow::Owned(joined.join(label)));
        match self.policy.decide(&label, &self.stamp.origin, self.reader) {
            Decision::Release => None,
            Decision::Withhold(reason) => Some(reason),
        }
    }

    /// Marks references to withheld objects. Markings of the object stay: a reader has to know how to treat what it gets.
    fn mark_reference(&self, name: &str, member: Value<'_>, place: &Place<'_>, gone: &mut Gone) {
        let is_withheld =
            |value: Value<'_>| value.as_str().is_some_and(|id| self.withheld.contains(id.as_ref()));
        if self.withheld.is_empty() || name == "object_marking_refs" || name == "marking_ref" {
            return;
        }
        if name.ends_with("_ref") && is_withheld(member) {
            gone.take(member.span().start, place.pointer(), Reason::Reference);
        } else if name.ends_with("_refs") {
            for (index, element) in member.elements().enumerate().filter(|(_, element)| is_withheld(*element))
            {
                let pointer = place.below(Step::Index(index)).pointer();
                gone.take(element.span().start, pointer, Reason::Reference);
            }
        }
    }
}

/// Where a value stands: a chain up to the object, so that a pointer is only written for what goes.
#[derive(Clone, Copy)]
struct Place<'a> {
    above: Option<&'a Place<'a>>,
    step: Step<'a>,
    /// Entries of `granular_markings` that speak of this very value.
    entries: &'a [usize],
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    const ROOT: Self = Self { above: None, step: Step::Key(""), entries: &[] };

    fn below<'b>(&'b self, step: Step<'b>) -> Place<'b> {
        Place { above: Some(self), step, entries: &[] }
    }

    fn upwards(&self) -> impl Iterator<Item = &Place<'a>> {
        std::iter::successors(Some(self), |place| place.above)
    }

    /// As a JSON pointer.
    fn pointer(&self) -> String {
        let Some(above) = self.above else { return String::new() };
        match self.step {
            Step::Key(name) => format!("{}/{}", above.pointer(), object::escape_pointer(name)),
            Step::Index(index) => format!("{}/{index}", above.pointer()),
        }
    }
}

impl Gone {
    fn take(&mut self, start: usize, pointer: String, reason: Reason) {
        self.starts.insert(start);
        self.removed.push((pointer, reason));
    }

    /// The standard forbids empty lists and dictionaries, so one goes with its last member.
    fn take_if_emptied<'t>(&mut self, value: Value<'_>, mut children: impl Iterator<Item = Value<'t>>) {
        if !value.is_empty() && children.all(|child| self.starts.contains(&child.span().start)) {
            self.starts.insert(value.span().start);
        }
    }

    /// `granular_markings` speak of what is left: a selector of something that goes, goes; an entry goes with its last one.
    fn take_selectors(&mut self, root: Value<'_>) {
        let Some(markings) = root.get("granular_markings") else { return };
        for entry in markings.elements() {
            let Some(selectors) = entry.get("selectors") else { continue };
            for selector in selectors.elements() {
                let before = selector.as_str().unwrap_or_default();
                match self.renumber(root, &before) {
                    None => {
                        self.starts.insert(selector.span().start);
                    }
                    Some(after) if after != before => {
                        self.renumbered.insert(selector.span().start, after);
                    }
                    Some(_) => {}
                }
            }
            if selectors.elements().all(|selector| self.starts.contains(&selector.span().start)) {
                self.starts.insert(entry.span().start);
            }
        }
        self.take_if_emptied(markings, markings.elements());
    }

    /// The selector for the same value after lists lost elements; none where the value itself is gone.
    fn renumber(&self, root: Value<'_>, selector: &str) -> Option<String> {
        let is_gone = |value: Value<'_>| self.starts.contains(&value.span().start);
        let mut value = root;
        let mut steps = Vec::new();
        for step in selector.split('.') {
            let (next, name) = match list_index(step) {
                Some(index) => {
                    let lost = value.elements().take(index).filter(|element| is_gone(*element)).count();
                    (value.elements().nth(index)?, format!("[{}]", index - lost))
                }
                None => (value.get(step)?, step.to_owned()),
            };
            if is_gone(next) {
                return None;
            }
            value = next;
            steps.push(name);
        }
        Some(steps.join("."))
    }
}

/// Finds what a selector (STIX 2.1 section 7.2.3.1) speaks of: `name`, `labels.[0]`, `extensions.x.y`.
fn resolve<'t>(root: Value<'t>, selector: &str) -> Option<Value<'t>> {
    selector.split('.').try_fold(root, |value, step| match list_index(step) {
        Some(index) => value.elements().nth(index),
        None => value.get(step),
    })
}

fn list_index(step: &str) -> Option<usize> {
    step.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

struct Emitter<'a> {
    /// That the spans speak of.
    text: &'a [u8],
    gone: &'a Gone,
}

impl Emitter<'_> {
    fn is_touched(&self, value: Value<'_>) -> bool {
        let span = value.span();
        self.gone.starts.range(span.clone()).next().is_some()
            || self.gone.renumbered.range(span).next().is_some()
    }

    fn emit(&self, value: Value<'_>, out: &mut Vec<u8>) {
        if !self.is_touched(value) {
            out.extend_from_slice(value.raw().as_bytes());
            return;
        }
        match value.kind() {
            Kind::Dictionary => {
                let members = value.members().map(|(key, member)| (key.span().start, member));
                self.emit_container(value, members, out);
            }
            Kind::List => {
                let elements = value.elements().map(|element| (element.span().start, element));
                self.emit_container(value, elements, out);
            }
            Kind::Null | Kind::Boolean | Kind::Number | Kind::String => {
                let selector = self
                    .gone
                    .renumbered
                    .get(&value.span().start)
                    .map(|after| serde_json::Value::from(after.as_str()).to_string());
                out.extend_from_slice(selector.as_deref().unwrap_or(value.raw()).as_bytes());
            }
        }
    }

    /// Writes the members that stay, with the separators that stood before them.
    fn emit_container<'t>(
        &self,
        value: Value<'t>,
        members: impl Iterator<Item = (usize, Value<'t>)>,
        out: &mut Vec<u8>,
    ) {
        let span = value.span();
        let copy = |from: usize, to: usize, out: &mut Vec<u8>| {
            out.extend_from_slice(self.text.get(from..to).unwrap_or(&[]));
        };
        out.extend(self.text.get(span.start));
        let mut end_of_last = span.start + 1;
        let mut lead: Option<(usize, usize)> = None;
        let mut written = false;
        for (start, member) in members {
            let before = (end_of_last, start);
            end_of_last = member.span().end;
            // The first member that stays takes the place, and the white space, of the first that stood there.
            let lead = *lead.get_or_insert(before);
            if self.gone.starts.contains(&member.span().start) {
                continue;
            }
            let (from, to) = if written { before } else { lead };
            copy(from, to, out);
            copy(start, member.span().start, out);
            self.emit(member, out);
            written = true;
        }
        copy(end_of_last, span.end, out);
    }
}
