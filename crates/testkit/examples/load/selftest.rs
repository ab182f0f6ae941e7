//! Is the generator itself fast enough to be no part of what it measures?
//!
//! A thread that answers every request with one canned page: no server could be faster.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use crate::client::LoadError;

const PAGE_BYTES: usize = 10_000_000;

/// Serves so many pages on one connection and tells where.
pub(crate) fn serve(pages: u32) -> Result<String, LoadError> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        if let Ok((stream, _)) = listener.accept() {
            // When the client goes away, the run is over: nothing is left to do about it.
            let _ = answer(stream, pages);
        }
    });
    Ok(format!("http://{address}/api/collections/canned/objects/"))
}

fn answer(mut stream: TcpStream, pages: u32) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let object = format!(r#"{{"type":"note","content":"{}"}}"#, "x".repeat(1000));
    let objects = vec![object.as_str(); PAGE_BYTES / object.len()].join(",");
    let mut request = [0; 4096];
    for page in 1..=pages {
        let mut length = 0;
        while !request.get(..length).is_some_and(|read| read.ends_with(b"\r\n\r\n")) {
            let read = stream.read(request.get_mut(length..).unwrap_or_default())?;
            if read == 0 {
                return Ok(());
            }
            length += read;
        }
        let members = format!(r#"],"more":{},"next":"{page}"}}"#, page < pages);
        let length = objects.len() + members.len() + r#"{"objects":["#.len();
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{{\"objects\":[")?;
        stream.write_all(objects.as_bytes())?;
        stream.write_all(members.as_bytes())?;
    }
    Ok(())
}
