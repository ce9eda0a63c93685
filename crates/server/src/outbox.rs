//! What a connection has yet to be sent: shared bytes, and memory only while there are some.

use std::collections::VecDeque;
use std::io::{self, IoSlice};

use transport::{Stream, WriteOutcome};

use crate::piece::Piece;

/// Most pieces that leave in one vectored write.
const PIECES: usize = 64;
/// Up to so many bytes, several pieces are put together for a plain write.
const TOGETHER: usize = 4096;
/// Most spare queues that are kept.
const SPARES: usize = 256;

/// Bytes waiting to be written, in order.
#[derive(Debug, Default)]
pub enum Outbox {
    /// Nothing: the usual state.
    #[default]
    Empty,
    /// One piece.
    One(Piece),
    /// Several.
    Many(Box<Queue>),
}

/// Several pieces, in order; in a box, so that an outbox stays small.
#[derive(Debug, Default)]
pub struct Queue(VecDeque<Piece>);

/// Memory that outboxes share: queues that are not in use, so that none is allocated when messages come
/// quickly, and a place to put small pieces together.
#[derive(Debug, Default)]
pub struct Spares {
    #[allow(clippy::vec_box, reason = "they come and go in their boxes")]
    queues: Vec<Box<Queue>>,
    together: Vec<u8>,
}

impl Spares {
    fn take(&mut self) -> Box<Queue> {
        self.queues.pop().unwrap_or_default()
    }

    fn put(&mut self, queue: Box<Queue>) {
        if self.queues.len() < SPARES && queue.0.capacity() <= 4 * PIECES {
            self.queues.push(queue);
        }
    }
}

/// When and how units may leave together.
#[derive(Clone, Copy, Debug)]
pub struct Together {
    /// How many must wait.
    pub least: usize,
    /// Most bytes of the whole.
    pub most: usize,
    /// Whether a unit may leave with others.
    pub may: fn(&[u8]) -> bool,
}

/// What a flush achieved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flushed {
    /// All is written.
    All,
    /// The peer does not take more now.
    Blocked,
}

impl Outbox {
    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Bytes that wait.
    pub fn len(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::One(piece) => piece.len(),
            Self::Many(queue) => queue.0.iter().map(|piece| piece.len()).sum(),
        }
    }

    /// Appends a piece.
    pub fn push(&mut self, piece: Piece, spares: &mut Spares) {
        match self {
            Self::Empty => *self = Self::One(piece),
            Self::Many(queue) => queue.0.push_back(piece),
            Self::One(_) => {
                let mut queue = spares.take();
                if let Self::One(first) = std::mem::take(self) {
                    queue.0.push_back(first);
                }
                queue.0.push_back(piece);
                *self = Self::Many(queue);
            }
        }
    }

    /// Forgets all but a piece that is half written, so that a line is not cut in the middle.
    pub fn clear(&mut self, half_written: bool) {
        *self = match std::mem::take(self) {
            Self::One(piece) if half_written => Self::One(piece),
            Self::Many(mut queue) if half_written => queue.0.pop_front().map_or(Self::Empty, Self::One),
            _ => Self::Empty,
        };
    }

    /// Writes what the peer takes: one plain write for one piece, vectored writes for several. `waiting`
    /// is lowered by what is written.
    ///
    /// # Errors
    /// The connection is broken.
    pub fn flush(
        &mut self,
        stream: &mut Stream,
        waiting: &mut u32,
        spares: &mut Spares,
    ) -> io::Result<Flushed> {
        loop {
            let wrote = match self {
                Self::Empty => return Ok(Flushed::All),
                Self::One(piece) => stream.write(piece)?,
                // Copying a few small pieces costs less than having the kernel go through a list of them.
                Self::Many(queue) if *waiting as usize <= TOGETHER => {
                    spares.together.clear();
                    queue.0.iter().for_each(|piece| spares.together.extend_from_slice(piece));
                    stream.write(&spares.together)?
                }
                Self::Many(queue) => {
                    let mut slices = [IoSlice::new(&[]); PIECES];
                    let count = queue.0.len().min(PIECES);
                    for (slice, piece) in slices.iter_mut().zip(queue.0.iter()) {
                        *slice = IoSlice::new(piece);
                    }
                    stream.write_vectored(&slices[..count])?
                }
            };
            let WriteOutcome::Wrote(wrote) = wrote else { return Ok(Flushed::Blocked) };
            *waiting -= wrote as u32;
            self.advance(wrote, spares);
        }
    }

    /// Writes the first piece and nothing else, in one system call. When `together` is given and many wait,
    /// as many as have that many bytes together are put into one, with a line feed between them.
    ///
    /// # Errors
    /// The connection is broken.
    pub fn flush_unit(
        &mut self,
        stream: &mut Stream,
        waiting: &mut u32,
        spares: &mut Spares,
        together: Option<Together>,
    ) -> io::Result<Flushed> {
        if let Some(together) = together {
            *waiting += self.put_together(together);
        }
        let piece = match self {
            Self::Empty => return Ok(Flushed::All),
            Self::One(piece) => piece,
            Self::Many(queue) => queue.0.front().expect("an outbox of many has some"),
        };
        let whole = piece.len();
        let WriteOutcome::Wrote(wrote) = stream.write(piece)? else { return Ok(Flushed::Blocked) };
        *waiting -= wrote as u32;
        self.advance(wrote, spares);
        Ok(if wrote == whole { Flushed::All } else { Flushed::Blocked })
    }

    /// Whether a piece has been sent in part: the rest of it must follow before anything else.
    pub fn is_half_written(&self) -> bool {
        match self {
            Self::Empty => false,
            Self::One(piece) => piece.is_half_sent(),
            Self::Many(queue) => queue.0.front().is_some_and(Piece::is_half_sent),
        }
    }

    /// Puts the first pieces into one. Says how many bytes that adds.
    fn put_together(&mut self, together: Together) -> u32 {
        let Self::Many(queue) = self else { return 0 };
        if queue.0.len() < together.least || queue.0.front().is_some_and(Piece::is_half_sent) {
            return 0;
        }
        let mut joined = Vec::new();
        let mut added = 0;
        while let Some(piece) = queue.0.front() {
            let may = (together.may)(piece);
            if !joined.is_empty() {
                if !may || joined.len() + 1 + piece.len() > together.most {
                    break;
                }
                if joined.last() != Some(&b'\n') {
                    joined.push(b'\n');
                    added += 1;
                }
            }
            joined.extend_from_slice(piece);
            queue.0.pop_front();
            if !may {
                break;
            }
        }
        queue.0.push_front(Piece::from(&joined[..]));
        added
    }

    /// Removes what has been written.
    fn advance(&mut self, mut wrote: usize, spares: &mut Spares) {
        match self {
            Self::Empty => {}
            Self::One(piece) if piece.len() <= wrote => *self = Self::Empty,
            Self::One(piece) => piece.advance(wrote),
            Self::Many(queue) => {
                while let Some(piece) = queue.0.front_mut() {
                    if piece.len() > wrote {
                        piece.advance(wrote);
                        return;
                    }
                    wrote -= piece.len();
                    queue.0.pop_front();
                }
                if let Self::Many(queue) = std::mem::take(self) {
                    spares.put(queue);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    use super::*;

    fn pair() -> (Stream, UnixStream) {
        let (ours, theirs) = UnixStream::pair().expect("a pair");
        ours.set_nonblocking(true).expect("non-blocking");
        (Stream::Plain(ours.into()), theirs)
    }

    fn fill(pieces: &[&'static [u8]]) -> (Outbox, u32, Spares) {
        let (mut outbox, mut spares) = (Outbox::default(), Spares::default());
        for piece in pieces {
            outbox.push(Piece::from(*piece), &mut spares);
        }
        (outbox, pieces.iter().map(|piece| piece.len() as u32).sum(), spares)
    }

    #[test]
    fn pieces_leave_in_order_and_leave_nothing_behind() {
        let (mut stream, mut peer) = pair();
        let (mut outbox, mut waiting, mut spares) = fill(&[b"one ", b"two ", b"three"]);
        let flushed = outbox.flush(&mut stream, &mut waiting, &mut spares).expect("a write");
        assert_eq!((flushed, waiting, outbox.is_empty()), (Flushed::All, 0, true));
        let mut read = [0; 13];
        peer.read_exact(&mut read).expect("a read");
        assert_eq!(&read, b"one two three");
        assert_eq!(spares.queues.len(), 1);
    }

    #[test]
    fn what_the_peer_does_not_take_waits() {
        let (mut stream, mut peer) = pair();
        let (mut outbox, mut spares) = (Outbox::default(), Spares::default());
        let piece = Piece::from(&[7; 300_000][..]);
        let mut waiting = 0;
        for _ in 0..3 {
            waiting += piece.len() as u32;
            outbox.push(piece.clone(), &mut spares);
        }
        let mut received = 0;
        let mut buffer = vec![0; 100_000];
        while !outbox.is_empty() {
            let flushed = outbox.flush(&mut stream, &mut waiting, &mut spares).expect("a write");
            assert_eq!(flushed == Flushed::Blocked, waiting > 0);
            received += peer.read(&mut buffer).expect("a read");
        }
        while received < 900_000 {
            received += peer.read(&mut buffer).expect("a read");
        }
        assert_eq!((waiting, received), (0, 900_000));
    }

    const TOGETHER: Together = Together { least: 3, most: 12, may: |unit| unit != b"exit;" };

    fn units(pieces: &[&'static [u8]], together: Option<Together>) -> Vec<Vec<u8>> {
        let (mut stream, mut peer) = pair();
        let (mut outbox, mut waiting, mut spares) = fill(pieces);
        let mut sent = Vec::new();
        while !outbox.is_empty() {
            outbox.flush_unit(&mut stream, &mut waiting, &mut spares, together).expect("a write");
            let mut read = vec![0; 100];
            let count = peer.read(&mut read).expect("a read");
            sent.push(read[..count].to_vec());
        }
        assert_eq!(waiting, 0);
        sent
    }

    #[test]
    fn units_leave_one_by_one() {
        assert_eq!(
            units(&[b"one", b"two", b"three", b"four"], None),
            [&b"one"[..], b"two", b"three", b"four"]
        );
    }

    #[test]
    fn units_leave_together_when_many_wait_and_they_fit() {
        let pieces: [&'static [u8]; 5] = [b"one\n", b"two", b"three", b"four", b"exit;"];
        assert_eq!(units(&pieces, Some(TOGETHER)), [&b"one\ntwo"[..], b"three\nfour", b"exit;"]);
        assert_eq!(units(&pieces[1..3], Some(TOGETHER)), [&b"two"[..], b"three"]);
    }

    #[test]
    fn clearing_keeps_a_half_written_piece() {
        let (mut outbox, _, _) = fill(&[b"half", b"rest"]);
        outbox.clear(true);
        assert!(matches!(&outbox, Outbox::One(piece) if **piece == *b"half"));
        outbox.clear(false);
        assert!(outbox.is_empty());
    }
}
