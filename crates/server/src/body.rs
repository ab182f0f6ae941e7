//! How much of a body is read, and how is it unpacked?

use std::{io::Read, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{config::ServerLimits, problem::Problem};

const KIB: usize = 1024;

/// Room for the bodies that are being received at one time.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    free: Arc<Semaphore>,
    limits: ServerLimits,
}

/// A body that was read whole, and the room it takes.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) bytes: Bytes,
    _room: OwnedSemaphorePermit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Identity,
    Gzip,
}

impl Room {
    pub(crate) fn new(limits: ServerLimits) -> Self {
        Self { free: Arc::new(Semaphore::new(limits.bodies_bytes_max / KIB)), limits }
    }

    /// Reads a body of at most `body_bytes_max` bytes, also after unpacking, in at most `body_seconds_max` seconds.
    pub(crate) async fn receive(&self, headers: &HeaderMap, body: Body) -> Result<Received, Problem> {
        let room = room(headers, self.limits.body_bytes_max)?;
        let kib = u32::try_from(room.div_ceil(KIB)).unwrap_or(u32::MAX);
        let patience = Duration::from_secs(self.limits.body_seconds_max);
        let wait = tokio::time::timeout(patience, Arc::clone(&self.free).acquire_many_owned(kib));
        let permit = wait.await.map_err(|_| Problem::Busy)?.map_err(|_| Problem::Busy)?;
        let bytes = read(headers, body, self.limits.body_bytes_max, patience).await?;
        Ok(Received { bytes, _room: permit })
    }
}

/// How much room a body may need: what it says, or where it does not say, or is packed, the most that is allowed.
pub(crate) fn room(headers: &HeaderMap, max: usize) -> Result<usize, Problem> {
    let encoding = encoding(headers)?;
    let said =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    match said {
        Some(said) if said > max => Err(Problem::TooLarge),
        Some(said) if encoding == Encoding::Identity => Ok(said),
        Some(_) | None => Ok(max),
    }
}

/// Reads and unpacks a body of at most `max` bytes, also after unpacking.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    max: usize,
    patience: Duration,
) -> Result<Bytes, Problem> {
    let encoding = encoding(headers)?;
    let collected = tokio::time::timeout(patience, Limited::new(body, max).collect());
    let bytes = match collected.await.map_err(|_| Problem::Timeout)? {
        Ok(collected) => collected.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(Problem::TooLarge),
        Err(_) => return Err(Problem::Malformed("the body ends too early")),
    };
    match encoding {
        Encoding::Identity => Ok(bytes),
        Encoding::Gzip => tokio::task::spawn_blocking(move || unpack(&bytes, max))
            .await
            .map_err(|_| Problem::Malformed("the body cannot be unpacked"))?,
    }
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, Problem> {
    let unknown = || Problem::MediaType("bodies are plain or packed by `gzip`");
    let Some(value) = headers.get(header::CONTENT_ENCODING) else { return Ok(Encoding::Identity) };
    match value.to_str().map_err(|_| unknown())?.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(Encoding::Identity),
        "gzip" | "x-gzip" => Ok(Encoding::Gzip),
        _ => Err(unknown()),
    }
}

/// Unpacks and stops at the limit, so that a bomb costs no more than an honest body.
fn unpack(packed: &[u8], max: usize) -> Result<Bytes, Problem> {
    let mut plain = Vec::new();
    let limit = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    let read = flate2::read::MultiGzDecoder::new(packed).take(limit).read_to_end(&mut plain);
    if plain.len() > max {
        return Err(Problem::TooLarge);
    }
    read.map_err(|_| Problem::Malformed("the gzip body is damaged or cut short"))?;
    Ok(Bytes::from(plain))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn pack(plain: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit_and_a_cut_is_found() {
        let packed = pack(&vec![b' '; 1001]);
        assert!(matches!(unpack(&packed, 1000), Err(Problem::TooLarge)));
        assert_eq!(unpack(&packed, 1001).unwrap().len(), 1001);
        assert!(matches!(unpack(&packed[..packed.len() - 3], 1001), Err(Problem::Malformed(_))));
        assert!(matches!(unpack(b"not gzip", 1000), Err(Problem::Malformed(_))));
    }
}
