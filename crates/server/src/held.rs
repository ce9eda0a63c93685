//! Replies that wait until what they acknowledge is on disk, and everything that is told behind them.
//!
//! ```text
//!  told ──▶ outbox      reply to what got number 7 ─┐         ┌─▶ outbox, once the disk has come to 7
//!                       told meanwhile ─────────────┴▶ held ──┤
//!                       reply to number 9, told ... ──────────┴─▶ outbox, once it has come to 9
//! ```

use std::collections::VecDeque;

use crate::piece::Piece;

/// What waits at one connection.
#[derive(Debug, Default)]
pub struct Held {
    /// The highest number that the peer has been promised.
    promised: u64,
    /// Whether replies still belong to the frame that led to the promise.
    acknowledging: bool,
    /// By number, none of them empty.
    segments: VecDeque<Segment>,
    bytes: usize,
}

/// What may be written once everything up to a number is on disk.
#[derive(Debug)]
struct Segment {
    upto: u64,
    /// In order, and whether each acknowledges what was promised.
    pieces: Vec<(Piece, bool)>,
}

/// What goes on when the wait is over.
#[derive(Debug)]
pub enum Freed {
    /// To be written.
    Piece(Piece),
    /// In place of an acknowledgement: it could not be kept.
    NotKept,
}

impl Held {
    /// What is replied from now on waits until everything up to this number is on disk.
    pub fn promise(&mut self, upto: u64) {
        self.promised = self.promised.max(upto);
        self.acknowledging = true;
    }

    /// The next frame is taken: replies to it acknowledge nothing of what was promised before.
    pub fn next_frame(&mut self) {
        self.acknowledging = false;
    }

    /// The number that a reply made now acknowledges to be kept; zero if none.
    pub fn acknowledges(&self, kept: u64) -> u64 {
        if self.acknowledging && self.promised > kept { self.promised } else { 0 }
    }

    /// Whether nothing is promised that is not kept, and nothing waits.
    pub fn is_over(&self, kept: u64) -> bool {
        self.segments.is_empty() && self.promised <= kept
    }

    /// The number that the last of what waits needs to be on disk; zero if nothing waits.
    pub fn wants(&self) -> u64 {
        self.segments.back().map_or(0, |last| last.upto)
    }

    /// Whether something waits.
    pub fn is_holding(&self) -> bool {
        !self.segments.is_empty()
    }

    /// Bytes that wait.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes a reply; gives it back if nothing stands in its way.
    pub fn reply(&mut self, kept: u64, piece: Piece) -> Option<Piece> {
        if self.promised <= kept {
            return if self.segments.is_empty() { Some(piece) } else { self.told(piece) };
        }
        self.bytes += piece.len();
        let entry = (piece, self.acknowledging);
        match self.segments.back_mut() {
            Some(last) if last.upto == self.promised => last.pieces.push(entry),
            _ => self.segments.push_back(Segment { upto: self.promised, pieces: vec![entry] }),
        }
        None
    }

    /// Takes something that others say; gives it back if nothing waits.
    pub fn told(&mut self, piece: Piece) -> Option<Piece> {
        let Some(last) = self.segments.back_mut() else { return Some(piece) };
        self.bytes += piece.len();
        last.pieces.push((piece, false));
        None
    }

    /// Gives out what may be written when everything up to `kept` is on disk.
    pub fn release(&mut self, kept: u64) -> Vec<Freed> {
        let count = self.segments.iter().take_while(|segment| segment.upto <= kept).count();
        let freed: Vec<Freed> = (self.segments.drain(..count))
            .flat_map(|segment| segment.pieces)
            .map(|(piece, _)| Freed::Piece(piece))
            .collect();
        self.bytes -= freed.iter().map(Freed::len).sum::<usize>();
        freed
    }

    /// Gives out everything, because the disk refuses what lies behind `kept`: acknowledgements of that are
    /// dropped, and once for each promise something else is to be said. What ends a batch that began before is
    /// given out all the same; `open_batches` is how many batches a piece begins, less those it ends.
    pub fn give_up(&mut self, kept: u64, open_batches: impl Fn(&[u8]) -> i32) -> Vec<Freed> {
        let mut freed = self.release(kept);
        let mut dropped = 0;
        for segment in std::mem::take(self).segments {
            let mut said = false;
            for (piece, acknowledges) in segment.pieces {
                let opens = if acknowledges { open_batches(&piece) } else { 0 };
                if !acknowledges || dropped + opens < 0 {
                    freed.push(Freed::Piece(piece));
                    continue;
                }
                dropped += opens;
                if !std::mem::replace(&mut said, true) {
                    freed.push(Freed::NotKept);
                }
            }
        }
        freed
    }
}

impl Freed {
    fn len(&self) -> usize {
        match self {
            Self::Piece(piece) => piece.len(),
            Self::NotKept => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str) -> Piece {
        Piece::from(text.as_bytes())
    }

    fn batches(piece: &[u8]) -> i32 {
        dialect::open_batches(dialect::Dialect::Irc, piece)
    }

    fn words(freed: Vec<Freed>) -> String {
        let word = |freed: Freed| match freed {
            Freed::Piece(piece) => String::from_utf8_lossy(&piece).into_owned(),
            Freed::NotKept => "!".to_owned(),
        };
        freed.into_iter().map(word).collect::<Vec<_>>().join(" ")
    }

    /// Promised 7 with an echo, told something, promised 9 with an echo, a frame later a pong.
    fn two_promises() -> Held {
        let mut held = Held::default();
        held.promise(7);
        assert!(held.reply(6, piece("echo7")).is_none());
        assert!(held.told(piece("told")).is_none());
        held.next_frame();
        held.promise(9);
        assert!(held.reply(6, piece("echo9")).is_none());
        held.next_frame();
        assert!(held.reply(6, piece("pong")).is_none());
        held
    }

    #[test]
    fn a_reply_waits_for_what_it_acknowledges_and_so_does_what_follows() {
        let mut held = two_promises();
        assert_eq!((held.bytes(), held.wants()), (18, 9));
        assert_eq!(words(held.release(6)), "");
        assert_eq!(words(held.release(8)), "echo7 told");
        assert_eq!(held.bytes(), 9);
        assert!(!held.is_over(8));
        assert_eq!(words(held.release(9)), "echo9 pong");
        assert!(held.is_over(9) && held.bytes() == 0);
    }

    #[test]
    fn what_is_told_before_the_first_reply_does_not_wait() {
        let mut held = Held::default();
        held.promise(7);
        assert!(held.told(piece("told")).is_some());
        assert!(!held.is_holding());
        assert!(held.reply(6, piece("echo")).is_none());
        assert!(held.told(piece("told")).is_none());
    }

    #[test]
    fn a_reply_to_what_is_kept_already_waits_only_for_those_before_it() {
        let mut held = Held::default();
        held.promise(7);
        assert!(held.reply(7, piece("echo")).is_some());
        assert!(held.reply(6, piece("late")).is_none());
        // The disk has come to 7, and what waits has not been moved yet.
        assert!(held.reply(7, piece("next")).is_none());
        assert_eq!(words(held.release(7)), "late next");
    }

    #[test]
    fn what_can_not_be_kept_is_not_acknowledged_and_nothing_else_is_lost() {
        assert_eq!(words(two_promises().give_up(8, batches)), "echo7 told ! pong");
        let mut held = two_promises();
        assert_eq!(words(held.give_up(6, batches)), "! told ! pong");
        assert!(held.is_over(6) && held.bytes() == 0, "it waits for nothing any more");
    }

    #[test]
    fn a_promise_that_several_replies_acknowledge_is_taken_back_once() {
        let mut held = Held::default();
        held.promise(7);
        for text in ["BATCH +1", "echo", "BATCH -1"] {
            assert!(held.reply(6, piece(text)).is_none());
        }
        assert_eq!(words(held.give_up(6, batches)), "!");
    }

    #[test]
    fn a_batch_that_has_begun_is_ended_though_what_is_in_it_is_not_kept() {
        let mut held = Held::default();
        held.promise(7);
        assert!(held.reply(6, piece(":s BATCH +1 labeled-response")).is_none());
        held.promise(8);
        assert!(held.reply(6, piece("@batch=1 echo")).is_none());
        assert!(held.reply(6, piece(":s BATCH -1")).is_none());
        assert_eq!(words(held.give_up(7, batches)), ":s BATCH +1 labeled-response ! :s BATCH -1");
    }
}
