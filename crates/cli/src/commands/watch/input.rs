//! How is telemetry read? Whole lines from files that may grow and be rotated, from standard input, and from the network.

mod files;

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read},
    net::{TcpListener, TcpStream, UdpSocket},
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, bail};
use matcher::sieve::Sifted;

use self::files::Files;
use super::{sift::Sight, state::Position};

/// The longest line, in bytes; what of a line is beyond is passed over.
const LINE_BYTES_MAX: usize = 4 << 20;
/// So many pieces wait to be taken; readers wait for that.
const CHUNKS_WAITING_MAX: usize = 16;
/// How often files and directories are looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How many senders may be connected at one time.
const CONNECTIONS_MAX: usize = 64;
/// The longest datagram.
const DATAGRAM_BYTES_MAX: usize = 65_535;

/// Whole lines.
pub(super) struct Chunk {
    /// Where they come from.
    pub(super) input: Arc<str>,
    before: Before,
    pub(super) bytes: Bytes,
    /// Which of the lines have to be read.
    pub(super) sifted: Sifted,
    /// Where in a file.
    pub(super) place: Option<Place>,
    /// Pieces of files are looked at by several threads and taken in turn.
    turn: Option<u64>,
}

/// Bytes whose memory is used again when nobody needs them any more.
#[derive(Default)]
pub(super) struct Bytes {
    own: Vec<u8>,
    /// So many of them count.
    length: usize,
    back: Option<SyncSender<Vec<u8>>>,
}

impl std::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.own.get(..self.length).unwrap_or(&self.own)
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        if let Some(back) = &self.back {
            let _ = back.try_send(std::mem::take(&mut self.own));
        }
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(own: Vec<u8>) -> Self {
        Self { length: own.len(), own, back: None }
    }
}

/// Where a chunk ends.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) file: FileId,
    /// In bytes.
    pub(super) end: u64,
    /// How the file begins.
    pub(super) head: Vec<u8>,
}

/// Device and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FileId(pub(super) u64, pub(super) u64);

/// How many lines stand before a piece: counted by who takes the pieces, one after the other.
#[derive(Debug, Clone, Default)]
struct Before(Arc<AtomicU64>);

impl Before {
    fn lines(lines: u64) -> Self {
        Self(Arc::new(AtomicU64::new(lines)))
    }
}

impl Chunk {
    fn new(input: Arc<str>, before: &Before, bytes: Bytes) -> Self {
        let (before, sifted) = (before.clone(), Sifted::default());
        Self { input, before, bytes, sifted, place: None, turn: None }
    }

    /// How many lines of the input stand before it, or, once [`Chunk::is_counted`] was said, up to its end.
    pub(super) fn lines_before(&self) -> u64 {
        self.before.0.load(Ordering::Relaxed)
    }

    /// What comes behind it in its input is counted on from its end.
    pub(super) fn is_counted(&self) {
        // What is left of a line that was too long to be read at once belongs to it.
        let open = self.place.is_some() && !self.bytes.ends_with(b"\n");
        self.before.0.fetch_add(self.sifted.lines.saturating_sub(u64::from(open)), Ordering::Relaxed);
    }
}

/// Whether the sensor is to stop.
pub(super) type Stop = Arc<AtomicBool>;

/// Where readers put what they have read.
#[derive(Clone)]
struct Sender {
    chunks: SyncSender<Chunk>,
    stop: Stop,
    sight: Sight,
}

/// Whether there is any use in reading on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goes {
    On,
    NoMore,
}

impl Sender {
    /// Finds out what has to be read of a piece, and hands it over.
    fn send(&self, mut chunk: Chunk) -> Goes {
        chunk.sifted = self.sight.sift(&chunk.bytes);
        if self.chunks.send(chunk).is_ok() { Goes::On } else { Goes::NoMore }
    }

    /// Whether the reader is to end.
    fn is_over(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }
}

/// Set at SIGINT and SIGTERM.
pub(super) fn stop_flag() -> anyhow::Result<Stop> {
    let stop = Stop::default();
    let flag = Arc::clone(&stop);
    thread::Builder::new().name("cresset-signal".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = runtime {
            let _ = runtime.block_on(crate::commands::serve::told_to_stop());
            flag.store(true, Ordering::SeqCst);
        }
    })?;
    Ok(stop)
}

/// Whether files are read on as they grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Follow {
    Yes,
    No,
}

/// What is read, and how.
pub(super) struct Inputs<'a> {
    pub(super) names: &'a [String],
    pub(super) follow: Follow,
    /// How far files were read before.
    pub(super) positions: &'a BTreeMap<FileId, Position>,
    /// So many threads read files and look at what they have read.
    pub(super) threads: NonZeroUsize,
    pub(super) sight: Sight,
    pub(super) stop: Stop,
}

/// Pieces of all inputs; those of each in their order.
pub(super) struct Chunks {
    receiver: Receiver<Chunk>,
    turn: u64,
    /// Pieces that came before their turn.
    early: BTreeMap<u64, Chunk>,
}

impl Chunks {
    /// The next piece; disconnected when all inputs are over.
    pub(super) fn next(&mut self, patience: Duration) -> Result<Chunk, RecvTimeoutError> {
        loop {
            if let Some(chunk) = self.early.remove(&self.turn) {
                self.turn += 1;
                return Ok(chunk);
            }
            match self.receiver.recv_timeout(patience) {
                Ok(chunk) => match chunk.turn {
                    None => return Ok(chunk),
                    Some(turn) => drop(self.early.insert(turn, chunk)),
                },
                Err(RecvTimeoutError::Disconnected) if !self.early.is_empty() => {
                    // Who had the turn has died.
                    self.turn = self.early.first_key_value().map_or(self.turn, |(turn, _)| *turn);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl Inputs<'_> {
    /// Starts reading everything.
    pub(super) fn start(self) -> anyhow::Result<Chunks> {
        let (chunks, receiver) = sync_channel(CHUNKS_WAITING_MAX);
        let sender = Sender { chunks, stop: self.stop, sight: self.sight };
        let mut roots = Vec::new();
        for input in self.names {
            if input == "-" {
                spawn(sender.clone(), |sender| lines_of("-", io::stdin().lock(), &sender))?;
            } else if let Some(address) = input.strip_prefix("udp://") {
                let socket =
                    UdpSocket::bind(address).with_context(|| format!("cannot listen on `{input}`"))?;
                socket.set_read_timeout(Some(LOOK))?;
                tracing::info!(address = %socket.local_addr()?, "listening for datagrams");
                spawn(sender.clone(), move |sender| datagrams(&socket, &sender))?;
            } else if let Some(address) = input.strip_prefix("tcp://") {
                let listener =
                    TcpListener::bind(address).with_context(|| format!("cannot listen on `{input}`"))?;
                listener.set_nonblocking(true)?;
                tracing::info!(address = %listener.local_addr()?, "listening for connections");
                spawn(sender.clone(), move |sender| connections(&listener, &sender))?;
            } else if Path::new(input).exists() {
                roots.push(PathBuf::from(input));
            } else {
                bail!("there is no `{input}`");
            }
        }
        if !roots.is_empty() {
            let files = Files::new(roots, self.follow, self.positions);
            files::start(files, &sender, self.threads)?;
        }
        Ok(Chunks { receiver, turn: 0, early: BTreeMap::new() })
    }
}

fn spawn(sender: Sender, read: impl FnOnce(Sender) + Send + 'static) -> io::Result<()> {
    let builder = thread::Builder::new().name("cresset-input".to_owned());
    builder.spawn(move || read(sender)).map(drop)
}

/// Lines of a stream, gathered.
fn lines_of(input: &str, stream: impl Read, sender: &Sender) {
    let input: Arc<str> = Arc::from(input);
    let mut reader = BufReader::with_capacity(1 << 16, stream);
    let before = Before::default();
    while !sender.is_over() {
        let mut bytes = Vec::new();
        let ended = gather(&mut reader, &mut bytes);
        let chunk = Chunk::new(Arc::clone(&input), &before, bytes.into());
        if (!chunk.bytes.is_empty() && sender.send(chunk) == Goes::NoMore) || ended {
            return;
        }
    }
}

/// Reads at least one line, and what else is there already; says whether the stream is over.
fn gather(reader: &mut impl BufRead, bytes: &mut Vec<u8>) -> bool {
    loop {
        let Ok(there) = reader.fill_buf() else { return true };
        if there.is_empty() {
            return true;
        }
        let whole = memchr::memrchr(b'\n', there).map(|end| end + 1);
        let taken = whole.unwrap_or(there.len());
        if bytes.len() + taken <= LINE_BYTES_MAX {
            bytes.extend_from_slice(there.get(..taken).unwrap_or(&[]));
        }
        reader.consume(taken);
        if whole.is_some() {
            return false;
        }
    }
}

fn datagrams(socket: &UdpSocket, sender: &Sender) {
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    let before = Before::default();
    while !sender.is_over() {
        let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
        let bytes = buffer.get(..length).unwrap_or(&[]).to_vec();
        let chunk = Chunk::new(Arc::from(format!("udp {}", from.ip())), &before, bytes.into());
        if sender.send(chunk) == Goes::NoMore {
            return;
        }
    }
}

fn connections(listener: &TcpListener, sender: &Sender) {
    let open = Arc::new(AtomicUsize::new(0));
    while !sender.is_over() {
        let accepted =
            if open.load(Ordering::SeqCst) < CONNECTIONS_MAX { listener.accept().ok() } else { None };
        let Some((stream, from)) = accepted else {
            thread::sleep(LOOK / 5);
            continue;
        };
        open.fetch_add(1, Ordering::SeqCst);
        let (own, sender) = (Arc::clone(&open), sender.clone());
        let started = spawn(sender, move |sender| {
            connection(&format!("tcp {}", from.ip()), stream, &sender);
            own.fetch_sub(1, Ordering::SeqCst);
        });
        if started.is_err() {
            open.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

fn connection(input: &str, stream: TcpStream, sender: &Sender) {
    let _ = stream.set_nonblocking(false);
    lines_of(input, stream, sender);
}
