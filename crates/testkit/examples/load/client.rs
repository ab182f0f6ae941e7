//! How is one request sent over one kept connection, and what of the answer is kept?

use std::{error::Error, fmt::Write, sync::Arc, time::Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response, StatusCode, Uri,
    body::Incoming,
    client::conn::http1::{self, SendRequest},
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue},
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::edges::Edges;

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/taxii+json;version=2.1");

/// Why a run could not be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error("{0}")]
    Usage(String),
    #[error("could not read or write `{path}`")]
    File { path: String, source: std::io::Error },
    #[error("`{path}` is not a STIX bundle")]
    Bundle { path: String, source: serde_json::Error },
    #[error("the connection failed")]
    Connection(#[from] std::io::Error),
    #[error("the exchange failed")]
    Exchange(#[from] hyper::Error),
    #[error("the request could not be made")]
    Request(#[from] hyper::http::Error),
    #[error("`{path}` was answered with {status}: {body}")]
    Refused { path: String, status: StatusCode, body: String },
    #[error("the answer to `{path}` is not what TAXII says")]
    Answer { path: String, source: serde_json::Error },
    #[error("`{path}` says that there is more, but not where")]
    Astray { path: String },
    #[error("a task ended early")]
    Task(#[from] tokio::task::JoinError),
    #[error("the time was up before anything could be measured")]
    Time,
}

/// The error with its causes, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a string does not fail.
        let _ = write!(line, ": {error}");
        cause = error.source();
    }
    line
}

/// The collection that is loaded, and who asks.
#[derive(Debug)]
pub(crate) struct Target {
    authority: String,
    objects: String,
    auth: Option<HeaderValue>,
}

impl Target {
    pub(crate) fn new(url: &str, auth: Option<&str>) -> Result<Self, LoadError> {
        let usage = |what: &str| LoadError::Usage(format!("`{url}` {what}"));
        let uri: Uri = url.parse().map_err(|_| usage("is not a URL"))?;
        if uri.scheme_str() != Some("http") {
            return Err(usage("is not an http URL"));
        }
        let authority = uri.authority().ok_or_else(|| usage("names no host"))?;
        if !uri.path().contains("/collections/") || !uri.path().ends_with("/objects/") {
            return Err(usage("does not end in /collections/ID/objects/"));
        }
        let auth = auth.map(HeaderValue::from_str).transpose();
        let auth = auth.map_err(|_| LoadError::Usage("--auth cannot be a header".to_owned()))?;
        let authority = match authority.port() {
            Some(_) => authority.to_string(),
            None => format!("{authority}:80"),
        };
        Ok(Self { authority, objects: uri.path().to_owned(), auth })
    }

    /// `…/collections/ID/objects/`
    pub(crate) fn objects(&self) -> &str {
        &self.objects
    }

    /// `…/collections/ID/manifest/`
    pub(crate) fn manifest(&self) -> String {
        format!("{}manifest/", self.objects.strip_suffix("objects/").unwrap_or_default())
    }

    /// `…/status/ID/`
    pub(crate) fn status(&self, id: &str) -> String {
        let root = self.objects.split_once("/collections/").map_or("", |(root, _)| root);
        format!("{root}/status/{id}/")
    }
}

/// One connection, opened when first needed and again whenever the server has closed it.
#[derive(Debug)]
pub(crate) struct Connection {
    target: Arc<Target>,
    sender: Option<SendRequest<Full<Bytes>>>,
    opened: u64,
}

impl Connection {
    pub(crate) fn new(target: Arc<Target>) -> Self {
        Self { target, sender: None, opened: 0 }
    }

    /// How often it was opened: once, where the server keeps connections.
    pub(crate) fn opened(&self) -> u64 {
        self.opened
    }

    /// The whole answer.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer, LoadError> {
        let response = self.send(Method::GET, path, Bytes::new()).await?;
        Answer::read(path, response).await
    }

    /// The two ends of the answer, and how long it was.
    pub(crate) async fn ask_edges(&mut self, path: &str) -> Result<(Edges, Option<String>), LoadError> {
        let mut response = self.send(Method::GET, path, Bytes::new()).await?;
        if !response.status().is_success() {
            return Err(refusal(path, response).await);
        }
        let mut edges = Edges::default();
        while let Some(frame) = response.body_mut().frame().await {
            if let Ok(data) = frame?.into_data() {
                edges.push(&data);
            }
        }
        Ok((edges, date_added_last(&response)))
    }

    pub(crate) async fn post(&mut self, path: &str, body: Bytes) -> Result<Answer, LoadError> {
        let response = self.send(Method::POST, path, body).await?;
        Answer::read(path, response).await
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<Response<Incoming>, LoadError> {
        let mut sender = match self.sender.take() {
            Some(mut kept) => match kept.ready().await {
                Ok(()) => kept,
                Err(_) => self.open().await?,
            },
            None => self.open().await?,
        };
        let answer = match sender.send_request(self.request(&method, path, body.clone())?).await {
            // The server closed a kept connection just now; asking again is harmless if it never saw the request.
            Err(error) if error.is_canceled() || method == Method::GET => {
                sender = self.open().await?;
                sender.send_request(self.request(&method, path, body)?).await?
            }
            other => other?,
        };
        self.sender = Some(sender);
        Ok(answer)
    }

    fn request(&self, method: &Method, path: &str, body: Bytes) -> Result<Request<Full<Bytes>>, LoadError> {
        let mut request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header(HOST, &self.target.authority)
            .header(ACCEPT, MEDIA_TYPE);
        if let Some(auth) = &self.target.auth {
            request = request.header(AUTHORIZATION, auth);
        }
        if method == Method::POST {
            request = request.header(CONTENT_TYPE, MEDIA_TYPE);
        }
        Ok(request.body(Full::new(body))?)
    }

    async fn open(&mut self) -> Result<SendRequest<Full<Bytes>>, LoadError> {
        let stream = TcpStream::connect(&self.target.authority).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // Its end shows at the sender.
        tokio::spawn(connection);
        self.opened += 1;
        Ok(sender)
    }
}

/// An answer read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) body: Bytes,
    pub(crate) date_added_last: Option<String>,
}

impl Answer {
    /// Fails on every status but success: what was timed must have been done.
    async fn read(path: &str, response: Response<Incoming>) -> Result<Self, LoadError> {
        if !response.status().is_success() {
            return Err(refusal(path, response).await);
        }
        let date_added_last = date_added_last(&response);
        let body = response.into_body().collect().await?.to_bytes();
        Ok(Self { body, date_added_last })
    }
}

/// The beginning of what the server said against it.
async fn refusal(path: &str, response: Response<Incoming>) -> LoadError {
    let status = response.status();
    match response.into_body().collect().await {
        Ok(body) => {
            let body = String::from_utf8_lossy(&body.to_bytes()).chars().take(500).collect();
            LoadError::Refused { path: path.to_owned(), status, body }
        }
        Err(error) => LoadError::Exchange(error),
    }
}

fn date_added_last(response: &Response<Incoming>) -> Option<String> {
    let value = response.headers().get("x-taxii-date-added-last")?;
    value.to_str().ok().map(str::to_owned)
}

/// Waits for the answer, but not past the deadline: then `None`.
pub(crate) async fn until<T>(
    deadline: Instant,
    answer: impl Future<Output = Result<T, LoadError>>,
) -> Result<Option<T>, LoadError> {
    tokio::time::timeout_at(deadline.into(), answer).await.ok().transpose()
}
