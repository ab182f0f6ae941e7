//! How do tests speak HTTP/1.1? Byte by byte, so that they can also say what no honest client says.

use std::{fmt::Write, io, net::SocketAddr};

use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};

/// A request as it is sent; nothing is added to it but the length of its body and `Connection: close`.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// The body; none is another thing than an empty one.
    pub body: Option<Vec<u8>>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names in lower case, and values, in order.
    pub headers: Vec<(String, String)>,
    /// The body, without its framing.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: None }
    }

    /// Sets a header, in place of one that is there.
    #[must_use]
    pub fn set(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// Adds a header, beside one that is there.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets a header, unless it is there.
    #[must_use]
    pub fn or(self, name: &str, value: &str) -> Self {
        if self.has(name) { self } else { self.and(name, value) }
    }

    /// Leaves a header out.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Whether a header is there.
    pub fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name))
    }

    /// As it stands on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{} {} HTTP/1.1\r\nhost: cresset\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        if !self.has("connection") {
            text.push_str("connection: close\r\n");
        }
        if let Some(body) = self.body.as_ref().filter(|_| !self.has("transfer-encoding")) {
            let _ = write!(text, "content-length: {}\r\n", body.len());
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(self.body.as_deref().unwrap_or_default());
        bytes
    }
}

impl Response {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends a request over a connection of its own.
///
/// # Errors
/// Where the connection fails, or the answer is no HTTP.
pub async fn send(address: SocketAddr, request: &Request) -> io::Result<Response> {
    let mut stream = TcpStream::connect(address).await?;
    exchange(&mut stream, &request.to_bytes()).await
}

/// Sends bytes, and reads one answer even while they are still being sent.
///
/// # Errors
/// Where the connection fails before an answer is there, or the answer is no HTTP.
pub async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    bytes: &[u8],
) -> io::Result<Response> {
    let (mut reading, mut writing) = tokio::io::split(stream);
    let sending = async {
        // The server may refuse before it has read all of it; its answer says why.
        let _ = writing.write_all(bytes).await;
        let _ = writing.flush().await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        response = read(&mut reading) => response,
        () = sending => Err(io::ErrorKind::Interrupted.into()),
    }
}

/// Reads one answer.
///
/// # Errors
/// Where the connection ends before the answer does, or it is no HTTP.
pub async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Response> {
    let mut held = Vec::new();
    let end = loop {
        if let Some(at) = held.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        more(stream, &mut held).await?;
    };
    let top = String::from_utf8_lossy(held.get(..end).unwrap_or_default()).into_owned();
    let mut lines = top.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).ok_or_else(malformed)?;
    let header = |line: &str| {
        line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    let headers: Vec<_> = lines.filter_map(header).collect();
    let mut response = Response { status, headers, body: Vec::new() };
    let rest = held.split_off(end + 4);
    response.body = if response.header("transfer-encoding") == Some("chunked") {
        chunks(stream, rest).await?
    } else {
        let length = response.header("content-length").map(str::parse::<usize>);
        sized(stream, rest, length.transpose().map_err(|_| malformed())?).await?
    };
    Ok(response)
}

async fn sized<S: AsyncRead + Unpin>(
    stream: &mut S,
    mut held: Vec<u8>,
    length: Option<usize>,
) -> io::Result<Vec<u8>> {
    let Some(length) = length else {
        stream.read_to_end(&mut held).await?;
        return Ok(held);
    };
    while held.len() < length {
        more(stream, &mut held).await?;
    }
    held.truncate(length);
    Ok(held)
}

async fn chunks<S: AsyncRead + Unpin>(stream: &mut S, mut held: Vec<u8>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = loop {
            if let Some(at) = held.windows(2).position(|window| window == b"\r\n") {
                break at;
            }
            more(stream, &mut held).await?;
        };
        let rest = held.split_off(line + 2);
        let size = String::from_utf8_lossy(held.get(..line).unwrap_or_default()).into_owned();
        let size = usize::from_str_radix(size.trim(), 16).map_err(|_| malformed())?;
        held = rest;
        while held.len() < size + 2 {
            more(stream, &mut held).await?;
        }
        if size == 0 {
            return Ok(body);
        }
        let rest = held.split_off(size + 2);
        body.extend_from_slice(held.get(..size).unwrap_or_default());
        held = rest;
    }
}

async fn more<S: AsyncRead + Unpin>(stream: &mut S, held: &mut Vec<u8>) -> io::Result<()> {
    if stream.read_buf(held).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the answer is no HTTP")
}

/// A chunk of a chunked body.
pub fn chunk(bytes: &[u8]) -> Vec<u8> {
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    chunk
}
