//! How is telemetry read? Whole lines from files that may grow and be rotated, from standard input, and from the network.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    net::{TcpListener, TcpStream, UdpSocket},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, bail};

use super::state::Position;

/// How much is read at once, in bytes; also the longest line, the rest of which is passed over.
const CHUNK_BYTES_MAX: usize = 4 << 20;
/// So many pieces of files are under way at one time. Their memory is used again: fresh memory costs more than filling it.
const PIECES_MAX: usize = 4;
/// The longest header of a table, in bytes.
const HEADER_BYTES_MAX: u64 = 64 << 10;
/// By so many bytes a file is known again.
const HEAD_BYTES_MAX: usize = 64;
/// How often files and directories are looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How many senders may be connected at one time.
const CONNECTIONS_MAX: usize = 64;
/// How many files of directories are followed at one time.
const FILES_MAX: usize = 4096;
/// The longest datagram.
const DATAGRAM_BYTES_MAX: usize = 65_535;

/// Whole lines.
pub(super) struct Chunk {
    /// Where they come from.
    pub(super) input: Arc<str>,
    before: Before,
    pub(super) bytes: Bytes,
    /// Where in a file.
    pub(super) place: Option<Place>,
}

/// Bytes whose memory is used again when nobody needs them any more.
#[derive(Default)]
pub(super) struct Bytes {
    own: Vec<u8>,
    back: Option<SyncSender<Vec<u8>>>,
}

impl std::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.own
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        if let Some(back) = &self.back {
            let _ = back.try_send(std::mem::take(&mut self.own));
        }
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

/// How many lines stand before a piece: counted by who looks at the pieces, one after the other, since it finds the ends of lines
/// anyway.
#[derive(Debug, Clone, Default)]
struct Before(Arc<AtomicU64>);

impl Before {
    fn lines(lines: u64) -> Self {
        Self(Arc::new(AtomicU64::new(lines)))
    }
}

impl Chunk {
    fn new(input: Arc<str>, before: &Before, bytes: Vec<u8>) -> Self {
        Self { input, before: before.clone(), bytes: Bytes { own: bytes, back: None }, place: None }
    }

    /// How many lines of the input stand before it, or, once [`Chunk::has_lines`] was said, up to its end.
    pub(super) fn lines_before(&self) -> u64 {
        self.before.0.load(Ordering::Relaxed)
    }

    /// So many lines are in it.
    pub(super) fn has_lines(&self, lines: u64) {
        self.before.0.fetch_add(lines, Ordering::Relaxed);
    }
}

/// Whether the sensor is to stop.
pub(super) type Stop = Arc<AtomicBool>;
type Sender = (SyncSender<Chunk>, Stop);

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

/// What is read.
pub(super) struct Inputs;

impl Inputs {
    /// Starts reading everything; the channel closes when all of it is over.
    pub(super) fn start(
        inputs: &[String],
        follow: Follow,
        positions: &BTreeMap<FileId, Position>,
        sender: Sender,
    ) -> anyhow::Result<()> {
        let mut files = Files { follow, ..Files::new(positions) };
        for input in inputs {
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
                files.roots.push(PathBuf::from(input));
            } else {
                bail!("there is no `{input}`");
            }
        }
        if !files.roots.is_empty() {
            spawn(sender, move |sender| files.read(&sender))?;
        }
        Ok(())
    }
}

fn spawn(sender: Sender, read: impl FnOnce(Sender) + Send + 'static) -> io::Result<()> {
    let builder = thread::Builder::new().name("cresset-input".to_owned());
    builder.spawn(move || read(sender)).map(drop)
}

/// Whether the reader is to end.
fn is_over((_, stop): &Sender) -> bool {
    stop.load(Ordering::SeqCst)
}

/// Lines of a stream, gathered.
fn lines_of(input: &str, stream: impl Read, sender: &Sender) {
    let input: Arc<str> = Arc::from(input);
    let mut reader = BufReader::with_capacity(1 << 16, stream);
    let before = Before::default();
    while !is_over(sender) {
        let mut bytes = Vec::new();
        let ended = gather(&mut reader, &mut bytes);
        let chunk = Chunk::new(Arc::clone(&input), &before, bytes);
        if (!chunk.bytes.is_empty() && sender.0.send(chunk).is_err()) || ended {
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
        if bytes.len() + taken <= CHUNK_BYTES_MAX {
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
    while !is_over(sender) {
        let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
        let bytes = buffer.get(..length).unwrap_or(&[]).to_vec();
        let chunk = Chunk::new(Arc::from(format!("udp {}", from.ip())), &before, bytes);
        if sender.0.send(chunk).is_err() {
            return;
        }
    }
}

fn connections(listener: &TcpListener, sender: &Sender) {
    let open = Arc::new(AtomicUsize::new(0));
    while !is_over(sender) {
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

/// Files, and what is in directories. A file is known by device and inode, for rotation gives it another name.
struct Files {
    roots: Vec<PathBuf>,
    follow: Follow,
    positions: BTreeMap<FileId, Position>,
    open: BTreeMap<FileId, Open>,
    memory: Memory,
}

/// Memory for pieces, waited for where all is in use.
struct Memory {
    free: Receiver<Vec<u8>>,
    back: SyncSender<Vec<u8>>,
}

impl Memory {
    fn new() -> Self {
        let (back, free) = sync_channel(PIECES_MAX);
        for _ in 0..PIECES_MAX {
            let _ = back.try_send(Vec::new());
        }
        Self { free, back }
    }

    fn take(&self) -> Bytes {
        Bytes { own: self.free.recv().unwrap_or_default(), back: Some(self.back.clone()) }
    }
}

/// A file being read.
struct Open {
    file: File,
    id: FileId,
    /// The name under which it was met.
    input: Arc<str>,
    /// How it begins; a file that begins otherwise is another.
    head: Vec<u8>,
    /// How far it was read.
    offset: u64,
    before: Before,
}

impl Files {
    fn new(positions: &BTreeMap<FileId, Position>) -> Self {
        let (positions, open, memory) = (positions.clone(), BTreeMap::new(), Memory::new());
        Self { roots: Vec::new(), follow: Follow::No, positions, open, memory }
    }

    fn read(mut self, sender: &Sender) {
        loop {
            let there = self.look(sender);
            let mut read = false;
            let ids: Vec<FileId> = self.open.keys().copied().collect();
            for id in ids {
                let is_there = there.contains(&id);
                let Some(open) = self.open.get_mut(&id) else { continue };
                match open.piece(if is_there { More::MayCome } else { More::Not }, &self.memory) {
                    Ok(Some(chunk)) => read |= sender.0.send(chunk).is_ok(),
                    Ok(None) if is_there => {}
                    Ok(None) => {
                        self.open.remove(&id);
                    }
                    Err(error) => {
                        tracing::warn!("`{}` cannot be read: {error}", open.input);
                        self.open.remove(&id);
                    }
                }
                if is_over(sender) {
                    return;
                }
            }
            if !read {
                let follows = self.follow == Follow::Yes || self.roots.iter().any(|root| root.is_dir());
                if !follows {
                    self.finish(sender);
                    return;
                }
                thread::sleep(LOOK);
            }
        }
    }

    /// Opens what is new, and says which files there are.
    fn look(&mut self, sender: &Sender) -> BTreeSet<FileId> {
        let mut there = BTreeSet::new();
        for path in self.paths() {
            let Ok(found) = fs::metadata(&path) else { continue };
            let id = FileId(found.dev(), found.ino());
            there.insert(id);
            let known = self.open.get_mut(&id);
            if let Some(open) = known {
                if found.len() < open.offset {
                    // Cut short: it begins anew.
                    (open.offset, open.before) = (0, Before::default());
                }
                continue;
            }
            match Open::begin(&path, id, self.positions.get(&id)) {
                Ok((open, header)) => {
                    if let Some(header) = header {
                        let _ = sender.0.send(header);
                    }
                    self.open.insert(id, open);
                }
                Err(error) => tracing::warn!("`{}` cannot be read: {error}", path.display()),
            }
        }
        there
    }

    fn paths(&self) -> Vec<PathBuf> {
        let mut paths = Vec::new();
        for root in &self.roots {
            if !root.is_dir() {
                paths.push(root.clone());
                continue;
            }
            let entries = fs::read_dir(root).into_iter().flatten().flatten();
            let mut own: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
            own.sort();
            paths.extend(own.into_iter().filter(|path| !is_packed(path)).take(FILES_MAX));
        }
        paths
    }

    /// The last lines of files that do not grow any more, without the end that lines have.
    fn finish(&mut self, sender: &Sender) {
        for open in self.open.values_mut() {
            if let Ok(Some(chunk)) = open.piece(More::Not, &self.memory) {
                let _ = sender.0.send(chunk);
            }
        }
    }
}

/// Whether a file may still grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum More {
    MayCome,
    Not,
}

impl Open {
    /// Opens a file where it was left, and gives the header of its table to who goes on in the middle: lines with `#` that say
    /// what is in its columns.
    fn begin(path: &Path, id: FileId, known: Option<&Position>) -> io::Result<(Self, Option<Chunk>)> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut bytes = Vec::new();
        (&mut file).take(HEADER_BYTES_MAX).read_to_end(&mut bytes)?;
        let is_it = |known: &&Position| known.offset <= length && bytes.starts_with(&known.head);
        let known = known.filter(is_it);
        let input: Arc<str> = Arc::from(path.to_string_lossy().as_ref());
        let header = bytes.split_inclusive(|byte| *byte == b'\n').take_while(|line| line.starts_with(b"#"));
        let header: Vec<u8> = header.flatten().copied().collect();
        let wanted = known.is_some_and(|known| known.offset > 0) && !header.is_empty();
        let chunk = Chunk::new(Arc::clone(&input), &Before::default(), header);
        bytes.truncate(HEAD_BYTES_MAX);
        let (offset, lines) = known.map_or((0, 0), |known| (known.offset, known.lines));
        let before = Before::lines(lines);
        Ok((Self { file, id, input, head: bytes, offset, before }, wanted.then_some(chunk)))
    }

    /// The next whole lines; with what is left at the end where nothing more will come.
    fn piece(&mut self, more: More, memory: &Memory) -> io::Result<Option<Chunk>> {
        let left = self.file.metadata()?.len().saturating_sub(self.offset);
        let mut bytes = memory.take();
        let chunk = self.fill(&mut bytes.own, left, more)?;
        Ok(chunk.map(|chunk| Chunk { bytes, ..chunk }))
    }

    /// [`Open::piece`] into memory, which the chunk does not have yet.
    fn fill(&mut self, bytes: &mut Vec<u8>, left: u64, more: More) -> io::Result<Option<Chunk>> {
        self.file.seek(SeekFrom::Start(self.offset))?;
        let room = usize::try_from(left).unwrap_or(CHUNK_BYTES_MAX).min(CHUNK_BYTES_MAX);
        bytes.clear();
        bytes.reserve(room + 1);
        (&self.file).take(CHUNK_BYTES_MAX as u64).read_to_end(bytes)?;
        let whole = memchr::memrchr(b'\n', bytes).map(|end| end + 1);
        let taken = match whole {
            Some(whole) => whole,
            // A line longer than is read at once: what was read of it is looked at, and then its rest.
            None if more == More::Not || bytes.len() == CHUNK_BYTES_MAX => bytes.len(),
            None => 0,
        };
        if taken == 0 {
            return Ok(None);
        }
        bytes.truncate(taken);
        if self.offset == 0 {
            self.head = bytes.iter().take(HEAD_BYTES_MAX).copied().collect();
        }
        self.offset += taken as u64;
        let place = Place { file: self.id, end: self.offset, head: self.head.clone() };
        let chunk = Chunk::new(Arc::clone(&self.input), &self.before, Vec::new());
        Ok(Some(Chunk { place: Some(place), ..chunk }))
    }
}

/// What rotation has packed was read before.
fn is_packed(path: &Path) -> bool {
    let packed = ["gz", "xz", "zst", "bz2"];
    path.extension().is_some_and(|own| packed.iter().any(|packed| own == *packed))
}
