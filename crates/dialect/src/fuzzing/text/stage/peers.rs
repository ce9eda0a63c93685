//! What peers do.

use hub::Cause;

use super::super::super::Finding;
use super::super::seat::{MOST_FRAME, State};
use super::super::typing::{frames, marked, packet};
use super::Stage;
use crate::Dialect;
use crate::packet::wire::Kind;

impl Stage {
    pub(super) fn frame(&mut self, at: usize, frame: &[u8]) -> Finding {
        self.make_ready(at)?;
        let seat = &mut self.seats[at];
        // What is asked for with capabilities is the other simulation's.
        let skipped = seat.dialect == Dialect::Irc && frame.to_ascii_uppercase().starts_with(b"CAP");
        if seat.ended || skipped {
            return Ok(());
        }
        seat.check_memory()?;
        let frame = &frame[..frame.len().min(MOST_FRAME)];
        let lines: Vec<&[u8]> = match seat.dialect {
            Dialect::Irc | Dialect::Line => frame
                .split(|&byte| byte == b'\n')
                .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
                .collect(),
            _ if frame.is_empty() => return Ok(()),
            _ => vec![frame],
        };
        for (count, line) in lines.into_iter().enumerate() {
            if count > 0 {
                self.make_ready(at)?;
            }
            let mut outputs = Vec::new();
            self.seats[at].session.receive(self.now, line, &mut outputs);
            self.seats[at].spoke = true;
            self.collect(at, outputs, self.world.slow)?;
        }
        Ok(())
    }

    /// Somebody types a line, which the program of that dialect sends; with a mark or as it is.
    pub(super) fn typed(&mut self, at: usize, line: &[u8], mark: bool) -> Finding {
        self.make_ready(at)?;
        self.silence(at)?;
        self.make_ready(at)?;
        let (dialect, id) = (self.seats[at].dialect, self.seats[at].id);
        let mut line = line.to_vec();
        if mark {
            self.mark += 1;
            line = marked(dialect, &line, self.mark);
        }
        let before = self.seats[at].ear.count;
        for frame in frames(dialect, &line) {
            if self.seats[at].id == id {
                self.frame(at, &frame)?;
            }
        }
        if dialect == Dialect::Packet {
            self.make_ready(at)?;
            self.silence(at)?;
        }
        if mark && dialect != Dialect::Irc && self.seats[at].id == id && !self.seats[at].ended {
            self.ledger.typed(self.mark, id, before);
        }
        Ok(())
    }

    pub(super) fn packet(&mut self, at: usize, rest: &[u8]) -> Finding {
        let [kind, rest @ ..] = rest else { return Ok(()) };
        let kind = match kind {
            b'1' => Kind::Join,
            b'2' => Kind::Chat,
            _ => Kind::Leave,
        };
        let end = rest.iter().position(|&byte| byte == b'=').unwrap_or(rest.len());
        self.frame(at, &packet(kind, &rest[..end], rest.get(end + 1..).unwrap_or_default()))
    }

    pub(super) fn datagram(&mut self, at: usize, rest: &[u8]) -> Finding {
        let [seat, text @ ..] = rest else { return Ok(()) };
        let mut outputs = Vec::new();
        if self.seats[at].state == State::Open {
            self.seats[at].session.private(u16::from(seat % 16), text, &mut outputs);
        }
        self.collect(at, outputs, false)
    }

    /// Nothing comes for as long as the session has patience.
    pub(super) fn silence(&mut self, at: usize) -> Finding {
        let mut outputs = Vec::new();
        let seat = &mut self.seats[at];
        if seat.state == State::Open && seat.session.patience().is_some() {
            seat.session.silence(self.now, &mut outputs);
            seat.spoke |= !outputs.is_empty();
        }
        self.collect(at, outputs, self.world.slow)
    }

    /// The peer has sent its last.
    pub(super) fn ended(&mut self, at: usize) -> Finding {
        self.make_ready(at)?;
        let mut outputs = Vec::new();
        if std::mem::replace(&mut self.seats[at].ended, true) {
            return Ok(());
        }
        let more = self.seats[at].session.ended(self.now, &mut outputs);
        self.collect(at, outputs, self.world.slow)?;
        if more == 0 {
            self.leave(at, Cause::ConnectionClosed);
        }
        Ok(())
    }
}
