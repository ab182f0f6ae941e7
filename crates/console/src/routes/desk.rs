//! Who gets what, who says so, and how is it taken back?

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use exchange::{Act, PreviewedCopy, Recall, RecallError};
use stix::Timestamp;
use uuid::Uuid;

use crate::{
    App,
    account::{Account, Role},
    contract::{
        desk::{
            Approval, ApprovalRequest, Decided, MarkingRequest, OutgoingQuery, RecallKind, RecallRequest,
            Recalled, Release, ReleaseKind, ReleaseMatrix, ReleaseRow, ReleaseState, ReleaseSummary,
            Releases, ReleasesQuery,
        },
        intake::ObjectFinding,
    },
    drafts,
    gate::{Asked, Body, Caller, Named},
    problem::{Problem, ProblemBody},
    queue::{self, Proposal, QueueError, What},
};

/// How many releases a page has at most.
const PAGE_MAX: usize = 50;
/// How many rows the matrix of a release has at most.
const ROWS_MAX: usize = 200;
/// The longest reason, in characters.
pub(crate) const REASON_CHARS_MAX: usize = 1000;

impl From<QueueError> for Problem {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Full => Self::Conflict(error.to_string()),
            QueueError::Keep(error) => error.into(),
            QueueError::Exchange(error) => error.into(),
        }
    }
}

impl From<RecallError> for Problem {
    fn from(error: RecallError) -> Self {
        match error {
            RecallError::Absent => Self::Absent,
            RecallError::NoVersions | RecallError::Refused(_) => Self::Refused(error.to_string(), Vec::new()),
            RecallError::Ingest(error) => error.into(),
            RecallError::Exchange(error) => error.into(),
        }
    }
}

/// A reason as it is kept; where one is needed, not none.
fn reason(given: &str) -> Result<String, Problem> {
    let given = given.trim();
    if given.is_empty() || given.chars().count() > REASON_CHARS_MAX {
        let why = format!("a reason of at most {REASON_CHARS_MAX} characters is needed");
        return Err(Problem::Refused(why, Vec::new()));
    }
    Ok(given.to_owned())
}

/// Whether somebody may know of a release: what it is about is not withheld from them.
fn may_know(app: &App, account: &Account, proposal: &Proposal) -> bool {
    app.exchange.may_know(&account.person(), &proposal.stamps, app.now())
}

/// How many releases wait of which somebody may know.
pub(crate) async fn pending(app: &App, account: &Account) -> Result<u64, Problem> {
    if account.role < Role::Analyst {
        return Ok(0);
    }
    let mut count = 0;
    for one in queue::listed(&app.exchange).await?.0 {
        if one.state == ReleaseState::Pending
            && let Some((proposal, _)) = queue::find(&app.exchange, one.id).await?
        {
            count += u64::from(may_know(app, account, &proposal));
        }
    }
    Ok(count)
}

fn summary(account: &Account, proposal: &Proposal) -> ReleaseSummary {
    let collection = match &proposal.what {
        What::Publish { collection, .. } => collection.clone(),
        What::Recall { .. } | What::Marking { .. } => String::new(),
    };
    ReleaseSummary {
        id: proposal.id.to_string(),
        kind: proposal.what.kind(),
        state: proposal.state,
        collection,
        objects: proposal.objects.len(),
        title: proposal.title.clone(),
        by: proposal.by.clone(),
        proposed: proposal.proposed.clone(),
        reason: proposal.reason.clone(),
        decided: proposal.decided.clone(),
        may_decide: may_decide(account, proposal),
    }
}

/// Nobody approves what they proposed.
fn may_decide(account: &Account, proposal: &Proposal) -> bool {
    proposal.state == ReleaseState::Pending && account.role >= Role::Releaser && account.user != proposal.by
}

/// The queue.
#[utoipa::path(
    get,
    path = "/releases",
    tag = "desk",
    params(ReleasesQuery),
    responses((status = 200, body = Releases), (status = "default", body = ProblemBody))
)]
pub(crate) async fn releases(
    State(app): State<App>,
    caller: Caller,
    Asked(asked): Asked<ReleasesQuery>,
) -> Result<Json<Releases>, Problem> {
    let (all, _) = queue::listed(&app.exchange).await?;
    let limit = asked.limit.map_or(PAGE_MAX, |limit| limit as usize).clamp(1, PAGE_MAX);
    let after = asked.after.as_deref().map(Uuid::parse_str).transpose();
    let after = after.map_err(|_| Problem::Malformed("`after` is none of ours".to_owned()))?;
    let skip =
        after.map_or(Some(0), |after| all.iter().rev().position(|one| one.id == after).map(|at| at + 1));
    let skip = skip.ok_or_else(|| Problem::Malformed("`after` is none of ours".to_owned()))?;
    let mut found = Releases::default();
    for one in all.iter().rev().skip(skip) {
        if asked.state.is_some_and(|state| state != one.state) {
            continue;
        }
        let Some((proposal, _)) = queue::find(&app.exchange, one.id).await? else { continue };
        if !may_know(&app, caller.account(), &proposal) {
            continue;
        }
        if found.releases.len() == limit {
            found.next = found.releases.last().map(|last| last.id.clone());
            break;
        }
        found.releases.push(summary(caller.account(), &proposal));
    }
    Ok(Json(found))
}

async fn known(app: &App, caller: &Caller, id: &str) -> Result<(Proposal, u64), Problem> {
    let id = Uuid::parse_str(id).map_err(|_| Problem::Absent)?;
    let (proposal, version) = queue::find(&app.exchange, id).await?.ok_or(Problem::Absent)?;
    if !may_know(app, caller.account(), &proposal) {
        return Err(Problem::Absent);
    }
    Ok((proposal, version))
}

/// One release: who sees what, and by which line of the rule not.
#[utoipa::path(
    get,
    path = "/releases/{id}",
    tag = "desk",
    params(("id" = String, Path)),
    responses((status = 200, body = Release), (status = "default", body = ProblemBody))
)]
pub(crate) async fn release(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
) -> Result<Json<Release>, Problem> {
    let (proposal, _) = known(&app, &caller, &id).await?;
    let person = caller.account().person();
    let matrix = match &proposal.what {
        What::Publish { collection, envelope } if !envelope.is_empty() => {
            let draft = (collection.as_str(), envelope.as_bytes());
            let preview = app.exchange.preview_draft_for(draft, &person, app.now()).await?;
            drafts::matrix(&preview, &drafts::texts(envelope))
        }
        What::Publish { .. } | What::Recall { .. } | What::Marking { .. } => {
            held_matrix(&app, caller.account(), &proposal.objects).await?
        }
    };
    Ok(Json(Release { summary: summary(caller.account(), &proposal), matrix }))
}

/// Which partner gets what of objects that are held, as far as the person sees all of them.
async fn held_matrix(app: &App, account: &Account, ids: &[String]) -> Result<ReleaseMatrix, Problem> {
    let now = app.now();
    let viewpoint = app.exchange.viewpoint(&account.person(), None, now).ok_or(Problem::NoWorld)?;
    let seen = app.exchange.seen_whole(&viewpoint, ids).await?;
    let ids: Vec<&String> = ids.iter().filter(|id| seen.contains(*id)).take(ROWS_MAX).collect();
    let world = app.exchange.world().ok_or(Problem::NoWorld)?;
    let mut partners: Vec<String> = world.partners.into_iter().map(|partner| partner.name).collect();
    partners.sort();
    let mut rows = Vec::new();
    for id in ids {
        let mut row = super::objects::one(app, &viewpoint, id).await?.map(super::objects::row);
        let mut cells = Vec::new();
        for partner in &partners {
            let preview = app.exchange.preview(id, partner, now).await?;
            let copies = preview.map(|preview| preview.copies).unwrap_or_default();
            let latest = copies.iter().map(|copy| copy.version.as_str()).max().map(str::to_owned);
            let copies: Vec<&PreviewedCopy> =
                copies.iter().filter(|copy| Some(&copy.version) == latest.as_ref()).collect();
            cells.push(drafts::cell(partner, &copies));
        }
        if let Some(object) = row.take() {
            rows.push(ReleaseRow { object, cells });
        }
    }
    Ok(ReleaseMatrix { partners, rows })
}

/// Which partner gets what of an object.
#[utoipa::path(
    get,
    path = "/objects/{id}/audience",
    tag = "desk",
    params(("id" = String, Path)),
    responses((status = 200, body = ReleaseMatrix), (status = "default", body = ProblemBody))
)]
pub(crate) async fn audience(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
) -> Result<Json<ReleaseMatrix>, Problem> {
    let matrix = held_matrix(&app, caller.account(), std::slice::from_ref(&id)).await?;
    if matrix.rows.is_empty() { Err(Problem::Absent) } else { Ok(Json(matrix)) }
}

/// The exact bytes that a partner gets of it.
#[utoipa::path(
    get,
    path = "/releases/{id}/outgoing",
    tag = "desk",
    params(("id" = String, Path), OutgoingQuery),
    responses(
        (status = 200, body = Object, description = "A bundle"),
        (status = "default", body = ProblemBody)
    )
)]
pub(crate) async fn outgoing(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
    Asked(asked): Asked<OutgoingQuery>,
) -> Result<Response, Problem> {
    let (proposal, _) = known(&app, &caller, &id).await?;
    if !app.exchange.has_partner(&asked.partner) {
        return Err(Problem::Absent);
    }
    let (person, now) = (caller.account().person(), app.now());
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    match &proposal.what {
        What::Publish { collection, envelope } if !envelope.is_empty() => {
            let draft = (collection.as_str(), envelope.as_bytes());
            let preview = app.exchange.preview_draft_for(draft, &person, now).await?;
            let of = preview.recipients.into_iter().filter(|recipient| recipient.partner == asked.partner);
            texts.extend(of.flat_map(|one| one.objects).filter_map(|(id, copy)| Some((id, copy.text?))));
        }
        What::Publish { .. } | What::Recall { .. } | What::Marking { .. } => {
            let viewpoint = app.exchange.viewpoint(&person, None, now).ok_or(Problem::NoWorld)?;
            let seen = app.exchange.seen_whole(&viewpoint, &proposal.objects).await?;
            for id in proposal.objects.iter().filter(|id| seen.contains(*id)).take(ROWS_MAX) {
                let preview = app.exchange.preview(id, &asked.partner, now).await?;
                let copies = preview.map(|preview| preview.copies).unwrap_or_default();
                let last = copies.into_iter().filter_map(|copy| Some((copy.version, copy.text?))).max();
                texts.extend(last.map(|(_, text)| (id.clone(), text)));
            }
        }
    }
    let objects = texts.into_values().collect::<Vec<_>>().join(",");
    let bundle =
        format!("{{\"type\":\"bundle\",\"id\":\"bundle--{}\",\"objects\":[{objects}]}}", proposal.id);
    let kind = HeaderValue::from_static("application/stix+json;version=2.1");
    Ok(([(header::CONTENT_TYPE, kind)], bundle).into_response())
}

/// Approves or rejects what somebody else proposed.
#[utoipa::path(
    post,
    path = "/releases/{id}/approval",
    tag = "desk",
    params(("id" = String, Path)),
    request_body = ApprovalRequest,
    responses((status = 200, body = ReleaseSummary), (status = "default", body = ProblemBody))
)]
pub(crate) async fn decide(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
    Body(given): Body<ApprovalRequest>,
) -> Result<Json<ReleaseSummary>, Problem> {
    let (proposal, version) = known(&app, &caller, &id).await?;
    if proposal.state != ReleaseState::Pending {
        return Err(Problem::Conflict("it was decided before".to_owned()));
    }
    if !may_decide(caller.account(), &proposal) {
        return Err(Problem::Forbidden("nobody approves what they proposed"));
    }
    let why = given.reason.as_deref().map(reason).transpose()?;
    if given.decision == Approval::Approve {
        let refused = carry_out(&app, &proposal).await?.1;
        if !refused.is_empty() {
            return Err(Problem::Refused("something in it was refused".to_owned(), refused));
        }
    }
    let proposal = decided(proposal, caller.user(), (given.decision, why), app.now());
    queue::change(&app.exchange, (&proposal, version), queue::act(given.decision), caller.user(), app.now())
        .await?;
    Ok(Json(summary(caller.account(), &proposal)))
}

fn decided(
    mut proposal: Proposal,
    by: &str,
    (decision, reason): (Approval, Option<String>),
    now: Timestamp,
) -> Proposal {
    proposal.state = match (decision, proposal.what.kind()) {
        (Approval::Reject, _) => ReleaseState::Rejected,
        (Approval::Approve, ReleaseKind::Recall) => ReleaseState::Recalled,
        (Approval::Approve, ReleaseKind::Publish | ReleaseKind::Marking) => ReleaseState::Released,
    };
    proposal.decided = Some(Decided { by: by.to_owned(), at: now.to_string(), decision, reason });
    // What was published lies in the store now; what was rejected is nobody's any more.
    if let What::Publish { envelope, .. } = &mut proposal.what {
        envelope.clear();
    }
    proposal
}

/// Does what a release says. Doing it again changes nothing that a reader would see.
async fn carry_out(app: &App, proposal: &Proposal) -> Result<(Vec<String>, Vec<ObjectFinding>), Problem> {
    let now = app.now();
    match &proposal.what {
        What::Publish { collection, envelope } => {
            let submission = app.exchange.own_submission(collection)?;
            let prepared = prepare(app, envelope, now).await?;
            let accepted = app.exchange.accept(&submission, prepared, now).await?;
            let ids = accepted.successes.into_iter().map(|(id, _)| id).collect();
            Ok((ids, drafts::refused(&accepted.failures)))
        }
        What::Recall { id, how } => {
            let recall = match how {
                RecallKind::Revoke => Recall::Revoke,
                RecallKind::Withdraw => Recall::Withdraw,
            };
            app.exchange.recall(id, &recall, now).await?;
            Ok((vec![id.clone()], Vec::new()))
        }
        What::Marking { id, marking } => {
            app.exchange.recall(id, &Recall::Mark(marking.clone()), now).await?;
            Ok((vec![id.clone()], Vec::new()))
        }
    }
}

async fn prepare(app: &App, envelope: &str, now: Timestamp) -> Result<exchange::Prepared, Problem> {
    let (exchange, envelope) = (std::sync::Arc::clone(&app.exchange), envelope.to_owned());
    let prepared = tokio::task::spawn_blocking(move || exchange.prepare(envelope.as_bytes(), now));
    Ok(prepared.await.map_err(Problem::internal)??)
}

/// What is to be released, before it is in the queue.
pub(crate) struct Wish {
    pub(crate) what: What,
    pub(crate) objects: Vec<String>,
    pub(crate) title: String,
    pub(crate) reason: Option<String>,
    pub(crate) stamps: Vec<releasability::Stamp>,
}

/// Whether what somebody proposes waits for another: where the declaration asks for it, and for who may not release alone.
pub(crate) fn waits(app: &App, account: &Account, collection: Option<&str>) -> bool {
    let asks = app.exchange.world().is_some_and(|world| match collection {
        Some(collection) => world.asks_second_person(collection),
        None => {
            let mut collections = world.collections.iter();
            world.release.second_person || collections.any(|one| world.asks_second_person(&one.alias))
        }
    });
    asks || account.role < Role::Releaser
}

/// Puts something into the queue, and carries it out where nobody else has to approve it.
pub(crate) async fn propose(
    app: &App,
    account: &Account,
    wish: Wish,
) -> Result<(Proposal, Vec<String>, Vec<ObjectFinding>), Problem> {
    let now = app.now();
    let collection = match &wish.what {
        What::Publish { collection, .. } => Some(collection.clone()),
        What::Recall { .. } | What::Marking { .. } => None,
    };
    let proposal = Proposal {
        id: Uuid::new_v4(),
        state: ReleaseState::Pending,
        what: wish.what,
        objects: wish.objects,
        title: queue::title(&wish.title),
        by: account.user.clone(),
        proposed: now.to_string(),
        reason: wish.reason,
        decided: None,
        stamps: wish.stamps,
    };
    queue::add(&app.exchange, &proposal, app.config.limits.releases_max, now).await?;
    if waits(app, account, collection.as_deref()) {
        return Ok((proposal, Vec::new(), Vec::new()));
    }
    let (_, version) = queue::find(&app.exchange, proposal.id).await?.ok_or(Problem::Absent)?;
    let (accepted, refused) = match carry_out(app, &proposal).await {
        Ok(done) => done,
        Err(problem) => {
            let rejected = decided(proposal, &account.user, (Approval::Reject, None), now);
            queue::change(&app.exchange, (&rejected, version), Act::Rejected, &account.user, now).await?;
            return Err(problem);
        }
    };
    let decision = if accepted.is_empty() { Approval::Reject } else { Approval::Approve };
    let proposal = decided(proposal, &account.user, (decision, None), now);
    queue::change(&app.exchange, (&proposal, version), Act::CarriedOut, &account.user, now).await?;
    Ok((proposal, accepted, refused))
}

/// Recalls an object of ours.
#[utoipa::path(
    post,
    path = "/objects/{id}/recall",
    tag = "desk",
    params(("id" = String, Path)),
    request_body = RecallRequest,
    responses((status = 200, body = Recalled), (status = "default", body = ProblemBody))
)]
pub(crate) async fn recall(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
    Body(given): Body<RecallRequest>,
) -> Result<Json<Recalled>, Problem> {
    let what = What::Recall { id: id.clone(), how: given.how };
    take_back(&app, caller.account(), (&id, what), &given.reason).await.map(Json)
}

/// Marks an object of ours otherwise.
#[utoipa::path(
    post,
    path = "/objects/{id}/marking",
    tag = "desk",
    params(("id" = String, Path)),
    request_body = MarkingRequest,
    responses((status = 200, body = Recalled), (status = "default", body = ProblemBody))
)]
pub(crate) async fn mark(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
    Body(given): Body<MarkingRequest>,
) -> Result<Json<Recalled>, Problem> {
    let what = What::Marking { id: id.clone(), marking: drafts::marking_ids(&given.marking)? };
    take_back(&app, caller.account(), (&id, what), &given.reason).await.map(Json)
}

async fn take_back(
    app: &App,
    account: &Account,
    (id, what): (&str, What),
    why: &str,
) -> Result<Recalled, Problem> {
    let why = reason(why)?;
    let viewpoint = app.exchange.viewpoint(&account.person(), None, app.now()).ok_or(Problem::NoWorld)?;
    // Who does not see all of it cannot tell what is taken back.
    let row = super::objects::one(app, &viewpoint, id).await?.ok_or(Problem::Absent)?;
    let seen = app.exchange.seen_whole(&viewpoint, &[id.to_owned()]).await?;
    if !seen.contains(id) {
        return Err(Problem::Absent);
    }
    if !app.exchange.is_own(id).await? {
        return Err(Problem::Forbidden("the object came from another organisation"));
    }
    let receipts = app.exchange.who(id).await?;
    let holders: std::collections::BTreeSet<String> =
        receipts.into_iter().map(|receipt| receipt.partner).filter(|partner| !partner.is_empty()).collect();
    let stamps = app.exchange.stamps_of_held(id).await?;
    let title = row.name;
    let wish = Wish { what, objects: vec![id.to_owned()], title, reason: Some(why), stamps };
    let (proposal, _, _) = propose(app, account, wish).await?;
    Ok(Recalled {
        release: proposal.id.to_string(),
        state: proposal.state,
        holders: holders.into_iter().collect(),
    })
}
