//! Bytes that many connections share.

use std::ops::Deref;
use std::sync::Arc;

use dialect::{Carriage, Dialect, Rendering};
use transport::ws::{self, Kind};

/// Bytes to be sent, shared by everyone they go to. Small, and cheap to clone: a room of a thousand holds a
/// thousand of them.
#[derive(Clone, Debug)]
pub struct Piece {
    bytes: Arc<[u8]>,
    /// How many of them have been sent.
    sent: u32,
    /// Whether any have: a flag, because its unused values let an outbox be no larger than a piece.
    begun: bool,
}

const _: () = assert!(size_of::<crate::outbox::Outbox>() == size_of::<Piece>());

impl Piece {
    /// Whether some of it has been sent.
    pub fn is_half_sent(&self) -> bool {
        self.begun
    }

    /// Forgets bytes at the start.
    pub fn advance(&mut self, count: usize) {
        debug_assert!(count <= self.len(), "no more is sent than there is");
        self.sent += count as u32;
        self.begun |= count > 0;
    }
}

/// What a peer is sent for bytes that its dialect has written: units one by one, a stream as it is, and all the
/// messages of a WebSocket in one.
pub fn pieces(dialect: Dialect, carriage: Carriage, bytes: &[u8]) -> impl Iterator<Item = Piece> {
    let kind = match carriage {
        Carriage::Stream => None,
        Carriage::Text => Some(Kind::Text),
        Carriage::Binary => Some(Kind::Binary),
    };
    let framed = kind.map(|kind| {
        let mut framed = Vec::with_capacity(bytes.len() + 16);
        dialect::messages(dialect, bytes).for_each(|message| ws::frame(kind, message, &mut framed));
        Piece::from(&framed[..])
    });
    let units = kind.is_none().then(|| dialect::units(dialect, bytes).map(Piece::from));
    units.into_iter().flatten().chain(framed.filter(|piece| !piece.is_empty()))
}

/// How many batches a piece begins, less those it ends.
pub fn open_batches(rendering: Rendering, piece: &[u8]) -> i32 {
    match rendering.carriage {
        Carriage::Stream => dialect::open_batches(rendering.dialect, piece),
        _ => ws::payloads(piece).map(|line| dialect::open_batches(rendering.dialect, line)).sum(),
    }
}

impl From<&[u8]> for Piece {
    fn from(bytes: &[u8]) -> Self {
        Self { bytes: Arc::from(bytes), sent: 0, begun: false }
    }
}

impl Deref for Piece {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[self.sent as usize..]
    }
}
