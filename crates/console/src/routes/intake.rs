//! How does something come in by hand?

use axum::{Json, extract::State};
use formats::names::Known;
use stix::{
    Limits, Severity, Timestamp,
    splitter::{Element, split},
};

use crate::{
    App,
    contract::intake::{
        Draft, DraftPreview, IntakeFormat, IntakeResult, LineFinding, ObjectFinding, Proposal, ReadRequest,
        Reading,
    },
    drafts,
    gate::{Caller, LongBody},
    problem::{Problem, ProblemBody},
    queue::What,
    readers::{self, FINDINGS_MAX, Given, PROPOSALS_MAX},
    routes::desk::{self, Wish},
};

/// Reads a text or file; keeps nothing.
#[utoipa::path(
    post,
    path = "/intake/read",
    tag = "intake",
    request_body = ReadRequest,
    responses((status = 200, body = Reading), (status = "default", body = ProblemBody))
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    LongBody(given, _room): LongBody<ReadRequest>,
) -> Result<Json<Reading>, Problem> {
    let (limits, now) = (app.exchange.limits().object, app.now());
    let organisation = app.exchange.world().ok_or(Problem::NoWorld)?.organisation.id.to_string();
    let person = caller.account().person();
    let viewpoint = app.exchange.viewpoint(&person, None, now).ok_or(Problem::NoWorld)?;
    // To find out what it is may take as long as to read it.
    let found_out = tokio::task::spawn_blocking(move || {
        let format = given.format.unwrap_or_else(|| format_of(&given.text, now));
        (given, format)
    });
    let (given, format) = found_out.await.map_err(Problem::internal)?;
    // What the reader may know is looked for in words, and nothing else is.
    let known = match format {
        IntakeFormat::Text => app.exchange.holdings_of(&viewpoint).await?,
        IntakeFormat::Stix | IntakeFormat::Misp | IntakeFormat::Csv | IntakeFormat::List => Vec::new(),
    };
    let reading = tokio::task::spawn_blocking(move || {
        read_text((&given, format), (&organisation, known), (&limits, now))
    });
    let (mut reading, named) = reading.await.map_err(Problem::internal)??;
    app.exchange.told(&viewpoint, &named).await?;
    let objects: Vec<_> = reading.proposals.iter().map(|proposal| proposal.object.clone()).collect();
    let ids = drafts::ids(&objects);
    let held = app.exchange.seen_whole(&viewpoint, &ids).await?;
    for proposal in &mut reading.proposals {
        let id = drafts::ids(std::slice::from_ref(&proposal.object)).pop();
        proposal.held = id.filter(|id| held.contains(id));
    }
    Ok(Json(reading))
}

/// What a text or file holds, and which of the known objects are spoken of.
fn read_text(
    (given, format): (&ReadRequest, IntakeFormat),
    (organisation, known): (&str, Vec<Known>),
    (limits, now): (&Limits, Timestamp),
) -> Result<(Reading, Vec<String>), Problem> {
    let name = given.file.as_deref().unwrap_or("Pasted text");
    let of = Given { text: &given.text, name, organisation, now };
    let reading = match format {
        IntakeFormat::Stix => stix(&given.text, limits, now),
        IntakeFormat::Misp => readers::misp(&of),
        IntakeFormat::Csv | IntakeFormat::List => readers::list(&of, format)?,
        IntakeFormat::Text => return readers::report(&of, known),
    };
    Ok((reading, Vec::new()))
}

/// What a text or file is, by what is in it.
fn format_of(text: &str, now: Timestamp) -> IntakeFormat {
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']) {
        return readers::list_or_text(text, now);
    }
    if readers::is_misp(text) { IntakeFormat::Misp } else { IntakeFormat::Stix }
}

fn line_of(text: &str, part: &[u8]) -> usize {
    let offset = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    stix::object::line_and_column(text.as_bytes(), offset.min(text.len())).0
}

/// A bundle, an envelope or a single object of STIX.
fn stix(text: &str, limits: &Limits, now: Timestamp) -> Reading {
    let mut reading =
        Reading { format: IntakeFormat::Stix, proposals: Vec::new(), findings: Vec::new(), more: false };
    let (mut elements, result) = split(text.as_bytes(), limits.object_bytes_max);
    let is_single = elements.is_empty() && serde_json::from_str::<serde_json::Map<_, _>>(text).is_ok();
    if is_single {
        elements.push(Element::Text(text.trim().as_bytes()));
    } else if let Err(error) = result {
        let finding = LineFinding { line: 0, code: "json-syntax".to_owned(), message: error.to_string() };
        reading.findings.push(finding);
    }
    for element in elements {
        let Element::Text(part) = element else {
            let message = "an object is longer than allowed".to_owned();
            reading.findings.push(LineFinding { line: 0, code: "limit-exceeded".to_owned(), message });
            continue;
        };
        if reading.proposals.len() >= PROPOSALS_MAX || reading.findings.len() >= FINDINGS_MAX {
            reading.more = true;
            break;
        }
        propose(text, part, (limits, now), &mut reading);
    }
    reading
}

fn propose(text: &str, part: &[u8], (limits, now): (&Limits, Timestamp), reading: &mut Reading) {
    let line = line_of(text, part);
    let mut findings = match stix::object::tree(part, limits) {
        Ok(tree) => {
            let mut findings = stix::validate::object(&tree, limits, now);
            if let Err(more) = stix::Object::from_tree(&tree, limits) {
                findings.extend(more);
            }
            findings
        }
        Err(findings) => findings,
    };
    findings.sort_by_key(|finding| finding.severity == Severity::Warning);
    let raw = std::str::from_utf8(part).ok().and_then(|part| serde_json::from_str(part).ok());
    let Some(object) = raw else {
        reading.findings.extend(findings.iter().map(|finding| LineFinding {
            line,
            code: finding.code.to_string(),
            message: finding.to_string(),
        }));
        return;
    };
    let id = drafts::ids(std::slice::from_ref(&object)).pop();
    let findings = findings.iter().map(|finding| ObjectFinding {
        object: id.clone(),
        code: finding.code.to_string(),
        message: format!("line {line}: {finding}"),
    });
    let findings = findings.collect();
    let warninglist = readers::common(object.get());
    reading.proposals.push(Proposal { object, quotes: Vec::new(), held: None, warninglist, findings });
}

fn checked(draft: &Draft) -> Result<String, Problem> {
    if draft.objects.is_empty() {
        return Err(Problem::Refused("there are no objects".to_owned(), Vec::new()));
    }
    drafts::envelope(&draft.objects, &draft.marking)
}

/// Who would see what of a draft.
#[utoipa::path(
    post,
    path = "/intake/preview",
    tag = "intake",
    request_body = Draft,
    responses((status = 200, body = DraftPreview), (status = "default", body = ProblemBody))
)]
pub(crate) async fn preview(
    State(app): State<App>,
    caller: Caller,
    LongBody(draft, _room): LongBody<Draft>,
) -> Result<Json<DraftPreview>, Problem> {
    let envelope = checked(&draft)?;
    let (person, now) = (caller.account().person(), app.now());
    let given = (draft.collection.as_str(), envelope.as_bytes());
    let preview = app.exchange.preview_draft_for(given, &person, now).await?;
    let mut texts = drafts::texts(&envelope);
    let refused = drafts::refused(&preview.failures);
    texts.retain(|id, _| !refused.iter().any(|finding| finding.object.as_ref() == Some(id)));
    let matrix = drafts::matrix(&preview, &texts);
    Ok(Json(DraftPreview {
        recipients: drafts::recipients(&matrix),
        matrix,
        refused,
        warnings: drafts::warnings(&preview.oversharing),
        second_person: desk::waits(&app, caller.account(), Some(&draft.collection)),
    }))
}

/// Publishes a draft, or proposes it where a second person is asked for.
#[utoipa::path(
    post,
    path = "/intake",
    tag = "intake",
    request_body = Draft,
    responses((status = 200, body = IntakeResult), (status = "default", body = ProblemBody))
)]
pub(crate) async fn publish(
    State(app): State<App>,
    caller: Caller,
    LongBody(draft, _room): LongBody<Draft>,
) -> Result<Json<IntakeResult>, Problem> {
    let envelope = checked(&draft)?;
    let long = draft.reason.as_ref().is_some_and(|why| why.chars().count() > desk::REASON_CHARS_MAX);
    if long {
        return Err(Problem::Refused("the reason is too long".to_owned(), Vec::new()));
    }
    let given = (draft.collection.as_str(), envelope.as_bytes());
    let stamps = app.exchange.stamps_of_draft(given, app.now())?;
    if stamps.is_empty() {
        let prepared = app.exchange.prepare(envelope.as_bytes(), app.now())?;
        let failures = drafts::refused(&prepared.failures());
        return Err(Problem::Refused("every object was refused".to_owned(), failures));
    }
    let texts = drafts::texts(&envelope);
    let objects = drafts::ids(&draft.objects);
    let first = objects.first().and_then(|id| texts.get(id));
    let title = first.map(|text| drafts::row(text, "").name).unwrap_or_default();
    let what = What::Publish { collection: draft.collection, envelope };
    let wish = Wish { what, objects, title, reason: draft.reason, stamps };
    let (proposal, accepted, refused) = desk::propose(&app, caller.account(), wish).await?;
    Ok(Json(IntakeResult { accepted, refused, release: Some(proposal.id.to_string()) }))
}
