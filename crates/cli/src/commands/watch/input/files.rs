//! How are files read that may grow and be rotated? By several threads: each reads a piece, one after the other, and looks at it while
//! others read on, so that what was read is still near when it is looked at.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs::{self, File},
    io::{self, Read},
    num::NonZeroUsize,
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::Instant,
};

use super::{Before, Bytes, Chunk, FileId, Follow, Goes, LINE_BYTES_MAX, LOOK, Place, Sender, spawn};
use crate::commands::watch::state::Position;

/// How much is read at once, in bytes, if lines are shorter.
const PIECE_BYTES: usize = 1 << 20;
/// The longest header of a table, in bytes.
const HEADER_BYTES_MAX: u64 = 64 << 10;
/// By so many bytes a file is known again.
const HEAD_BYTES_MAX: usize = 64;
/// How many files of directories are followed at one time.
const FILES_MAX: usize = 4096;

/// Lets so many threads read.
pub(super) fn start(files: Files, sender: &Sender, threads: NonZeroUsize) -> io::Result<()> {
    let files = Arc::new(Mutex::new(files));
    let memory = Arc::new(Memory::new(threads.get() + 1));
    for _ in 0..threads.get() {
        let (files, memory) = (Arc::clone(&files), Arc::clone(&memory));
        spawn(sender.clone(), move |sender| read(&files, &memory, &sender))?;
    }
    Ok(())
}

fn read(files: &Mutex<Files>, memory: &Memory, sender: &Sender) {
    while !sender.is_over() {
        let bytes = memory.take();
        let next = files.lock().unwrap_or_else(PoisonError::into_inner).next(bytes);
        match next {
            Next::Piece(chunk) => {
                if sender.send(chunk) == Goes::NoMore {
                    return;
                }
            }
            Next::NothingYet => thread::sleep(LOOK),
            Next::Over => return,
        }
    }
}

/// Memory for so many pieces, waited for where all is in use: fresh memory costs more than filling it.
struct Memory {
    free: Mutex<Receiver<Vec<u8>>>,
    back: SyncSender<Vec<u8>>,
}

impl Memory {
    fn new(pieces: usize) -> Self {
        let (back, free) = sync_channel(pieces);
        for _ in 0..pieces {
            let _ = back.try_send(Vec::new());
        }
        Self { free: Mutex::new(free), back }
    }

    fn take(&self) -> Bytes {
        let own = self.free.lock().unwrap_or_else(PoisonError::into_inner).recv().unwrap_or_default();
        Bytes { own, length: 0, back: Some(self.back.clone()) }
    }
}

/// Files, and what is in directories. A file is known by device and inode, for rotation gives it another name.
pub(super) struct Files {
    roots: Vec<PathBuf>,
    follow: Follow,
    positions: BTreeMap<FileId, Position>,
    open: BTreeMap<FileId, Open>,
    /// Those that were there when they were looked for.
    there: BTreeSet<FileId>,
    looked: Option<Instant>,
    pass: Pass,
    /// Of which a piece is still to be read in this pass.
    waiting: VecDeque<FileId>,
    /// Which gave one.
    gave: VecDeque<FileId>,
    /// Headers of tables that are gone on with in the middle.
    headers: VecDeque<Chunk>,
    turn: u64,
}

/// Which files are asked for a piece each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// None: they have to be looked for.
    None,
    /// Those that gave one the last time.
    Some,
    All,
    /// All, for what is left of them without the end that lines have.
    Last,
}

/// What comes next.
pub(super) enum Next {
    Piece(Chunk),
    /// Files may grow.
    NothingYet,
    Over,
}

impl Files {
    /// Of these files and directories. Directories are always followed.
    pub(super) fn new(roots: Vec<PathBuf>, follow: Follow, positions: &BTreeMap<FileId, Position>) -> Self {
        let follow = if roots.iter().any(|root| root.is_dir()) { Follow::Yes } else { follow };
        Self {
            roots,
            follow,
            positions: positions.clone(),
            open: BTreeMap::new(),
            there: BTreeSet::new(),
            looked: None,
            pass: Pass::None,
            waiting: VecDeque::new(),
            gave: VecDeque::new(),
            headers: VecDeque::new(),
            turn: 0,
        }
    }

    /// The next piece, in some memory.
    fn next(&mut self, mut bytes: Bytes) -> Next {
        loop {
            if let Some(header) = self.headers.pop_front() {
                return self.in_turn(header);
            }
            if let Some(id) = self.waiting.pop_front() {
                if let Some(chunk) = self.piece_of(id, &mut bytes) {
                    self.gave.push_back(id);
                    return self.in_turn(Chunk { bytes, ..chunk });
                }
            } else if let Some(next) = self.end_pass() {
                return next;
            }
        }
    }

    fn in_turn(&mut self, chunk: Chunk) -> Next {
        let turn = Some(self.turn);
        self.turn += 1;
        Next::Piece(Chunk { turn, ..chunk })
    }

    fn piece_of(&mut self, id: FileId, bytes: &mut Bytes) -> Option<Chunk> {
        let is_there = self.there.contains(&id);
        let more = if is_there && self.pass != Pass::Last { More::MayCome } else { More::Not };
        let open = self.open.get_mut(&id)?;
        match open.piece(bytes, more) {
            Ok(Some(chunk)) => return Some(chunk),
            Ok(None) if is_there => {}
            Ok(None) => drop(self.open.remove(&id)),
            Err(error) => {
                tracing::warn!("`{}` cannot be read: {error}", open.input);
                self.open.remove(&id);
            }
        }
        None
    }

    /// Every file of this pass was asked; says what comes next if that is no other pass.
    fn end_pass(&mut self) -> Option<Next> {
        let gave = std::mem::take(&mut self.gave);
        match self.pass {
            Pass::Last if gave.is_empty() => return Some(Next::Over),
            Pass::Last => {
                self.waiting = gave;
                return None;
            }
            Pass::All if gave.is_empty() && self.follow == Follow::Yes => {
                self.pass = Pass::None;
                return Some(Next::NothingYet);
            }
            Pass::All if gave.is_empty() => {
                self.pass = Pass::Last;
                self.waiting = self.open.keys().copied().collect();
                return None;
            }
            Pass::None | Pass::Some | Pass::All => {}
        }
        if !gave.is_empty() && self.looked.is_some_and(|looked| looked.elapsed() < LOOK) {
            self.pass = Pass::Some;
            self.waiting = gave;
        } else {
            self.look();
            self.pass = Pass::All;
            self.waiting = self.open.keys().copied().collect();
        }
        None
    }

    /// Opens what is new, and notes which files there are.
    fn look(&mut self) {
        #[expect(clippy::disallowed_methods, reason = "this is the rim: how long ago the last look was")]
        let now = Instant::now();
        self.looked = Some(now);
        self.there.clear();
        for path in self.paths() {
            let Ok(found) = fs::metadata(&path) else { continue };
            let id = FileId(found.dev(), found.ino());
            self.there.insert(id);
            if let Some(open) = self.open.get_mut(&id) {
                if found.len() < open.offset {
                    // Cut short: it begins anew.
                    (open.offset, open.before) = (0, Before::default());
                }
                continue;
            }
            match Open::begin(&path, id, self.positions.get(&id)) {
                Ok((open, header)) => {
                    self.headers.extend(header);
                    self.open.insert(id, open);
                }
                Err(error) => tracing::warn!("`{}` cannot be read: {error}", path.display()),
            }
        }
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
        let chunk = Chunk::new(Arc::clone(&input), &Before::default(), header.into());
        bytes.truncate(HEAD_BYTES_MAX);
        let (offset, lines) = known.map_or((0, 0), |known| (known.offset, known.lines));
        let before = Before::lines(lines);
        Ok((Self { file, id, input, head: bytes, offset, before }, wanted.then_some(chunk)))
    }

    /// The next whole lines, read into `bytes`, which the chunk does not have yet; with what is left at the end where nothing more
    /// will come.
    fn piece(&mut self, bytes: &mut Bytes, more: More) -> io::Result<Option<Chunk>> {
        let left = self.file.metadata()?.len().saturating_sub(self.offset);
        if left == 0 {
            return Ok(None);
        }
        bytes.length = 0;
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        let mut whole = self.read_on(bytes, left.min(PIECE_BYTES))?;
        if whole.is_none() && left > PIECE_BYTES {
            whole = self.read_on(bytes, left.min(LINE_BYTES_MAX))?;
        }
        bytes.length = match whole {
            Some(whole) => whole,
            // A line longer than is read at once: what was read of it is looked at, and then its rest.
            None if more == More::Not || bytes.length == LINE_BYTES_MAX => bytes.length,
            None => 0,
        };
        if bytes.length == 0 {
            return Ok(None);
        }
        if self.offset == 0 {
            self.head = bytes.iter().take(HEAD_BYTES_MAX).copied().collect();
        }
        self.offset += bytes.length as u64;
        let place = Place { file: self.id, end: self.offset, head: self.head.clone() };
        let chunk = Chunk::new(Arc::clone(&self.input), &self.before, Bytes::default());
        Ok(Some(Chunk { place: Some(place), ..chunk }))
    }

    /// Reads until so many bytes are there or the file ends; where the last whole line ends.
    fn read_on(&self, bytes: &mut Bytes, length: usize) -> io::Result<Option<usize>> {
        if bytes.own.len() < length {
            bytes.own.resize(length, 0);
        }
        while let Some(room) = bytes.own.get_mut(bytes.length..length).filter(|room| !room.is_empty()) {
            match self.file.read_at(room, self.offset + bytes.length as u64) {
                Ok(0) => break,
                Ok(read) => bytes.length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(memchr::memrchr(b'\n', bytes).map(|end| end + 1))
    }
}

/// What rotation has packed was read before.
fn is_packed(path: &Path) -> bool {
    let packed = ["gz", "xz", "zst", "bz2"];
    path.extension().is_some_and(|own| packed.iter().any(|packed| own == *packed))
}
