//! The shape of a packet.

use crate::plain::wire::c_string;

/// How long every packet is.
pub const SIZE: usize = 1048;
/// Most bytes of a name.
pub const MOST_NAME: usize = NAME - 1;
/// Most bytes of a text that is sent. What is received may have one more.
pub const MOST_TEXT: usize = TEXT - 1;
/// What stands behind a name in the text of a leave.
pub const LEAVE_SUFFIX: &str = " 离开了聊天";

/// The size of each field.
const KIND: usize = 4;
const NAME: usize = 20;
const TEXT: usize = 1024;

/// What a packet is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody is here, under this name.
    Join = 1,
    /// Somebody says this text.
    Chat = 2,
    /// Somebody goes.
    Leave = 3,
}

/// One packet: its C strings, without NUL and what stands behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// What it is for.
    pub kind: Kind,
    /// Whose it is.
    pub name: &'a [u8],
    /// What is said.
    pub text: &'a [u8],
}

/// Why a datagram is no packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketError {
    /// It has this many bytes.
    Length(usize),
    /// There is no such type.
    Kind(i32),
    /// The name does not end within its field.
    EndlessName,
}

impl<'a> Packet<'a> {
    /// Reads one datagram.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn decode(datagram: &'a [u8]) -> Result<Self, PacketError> {
        let wrong_length = PacketError::Length(datagram.len());
        if datagram.len() != SIZE {
            return Err(wrong_length);
        }
        let (kind, fields) = datagram.split_first_chunk::<KIND>().ok_or(wrong_length)?;
        let kind = Kind::decode(i32::from_le_bytes(*kind))?;
        let (name, text) = fields.split_at(NAME);
        let name = c_string(name);
        match name.len() {
            NAME => Err(PacketError::EndlessName),
            _ => Ok(Self { kind, name, text: c_string(text) }),
        }
    }

    /// The packet, zero behind both NULs. A name or text that is too long is cut between characters
    /// of UTF-8; one with a NUL ends there.
    pub fn encode(&self) -> [u8; SIZE] {
        let mut packet = [0; SIZE];
        let name = cut(c_string(self.name), MOST_NAME);
        let text = cut(c_string(self.text), MOST_TEXT);
        packet[0] = self.kind as u8;
        packet[KIND..][..name.len()].copy_from_slice(name);
        packet[KIND + NAME..][..text.len()].copy_from_slice(text);
        packet
    }

    /// Whether somebody goes: also the way of some programs, a chat packet whose text is its name and
    /// [`LEAVE_SUFFIX`]. A typed word has no space in it, so that can't be said by accident.
    pub fn is_leave(&self) -> bool {
        let said = || self.text.strip_prefix(self.name) == Some(LEAVE_SUFFIX.as_bytes());
        self.kind == Kind::Leave || self.kind == Kind::Chat && said()
    }
}

impl Kind {
    fn decode(number: i32) -> Result<Self, PacketError> {
        match number {
            1 => Ok(Self::Join),
            2 => Ok(Self::Chat),
            3 => Ok(Self::Leave),
            _ => Err(PacketError::Kind(number)),
        }
    }
}

/// The text of a leave under this name.
pub fn leave_text(name: &[u8]) -> Vec<u8> {
    [name, LEAVE_SUFFIX.as_bytes()].concat()
}

/// The beginning of text, at most this long, and not ending within a character if it is UTF-8.
pub(crate) fn cut(text: &[u8], most: usize) -> &[u8] {
    if text.len() <= most {
        return text;
    }
    let continues = |at: &usize| text[*at] & 0b1100_0000 == 0b1000_0000;
    let end = (most.saturating_sub(3)..=most).rev().find(|at| !continues(at));
    &text[..end.unwrap_or(most)]
}
