//! One connection's conversation, seen from the client: what all dialects have in common.

use std::net::SocketAddr;

use crate::show::Show;

/// What a conversation wants done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send this to the other end, as one unit.
    Send(Vec<u8>),
    /// Send nothing for a moment, so that what was sent is not taken together with what follows.
    Pause,
    /// Send this from the private socket to another user ([`Conversation::private`]).
    Datagram {
        /// Where that user's private socket is.
        to: SocketAddr,
        /// What it is told.
        bytes: Vec<u8>,
    },
    /// Show this.
    Show(Show),
    /// The user wants to leave: what is to be said on leaving comes with [`Conversation::leave`].
    Leave,
    /// Nothing more will come of this connection.
    Over(Over),
}

/// Why nothing more will come of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Over {
    /// The other end has said goodbye: ours was answered, or it closes on its own account.
    Ended,
    /// The other end does not want us, and why: no use trying again.
    Refused(String),
    /// The other end does not speak this dialect.
    WrongDialect,
}

/// What a menu or a typed command asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The time at the server.
    Time,
    /// What the server is called.
    Name,
    /// Who is there.
    List,
    /// Say this to that id, name or address; to everybody without one.
    Send {
        /// To whom.
        to: Option<String>,
        /// What.
        text: String,
    },
}

/// What the dialect has a way to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// [`Wish::Time`]
    pub time: bool,
    /// [`Wish::Name`]
    pub name: bool,
    /// [`Wish::List`]
    pub list: bool,
}

/// What must have come before the user's words may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Nothing, or it has come.
    Done,
    /// A greeting is usual: worth a moment.
    Usual,
    /// Without an answer nothing can be said.
    Needed,
}

/// How a connection is ended once the farewell has been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting {
    /// Wait until the other end closes or answers.
    Wait,
    /// Close our side, then wait until the other end closes its.
    HalfClose,
    /// There is nothing to wait for.
    AtOnce,
}

/// One connection's conversation in its dialect. It knows neither sockets nor the time: bytes and lines
/// go in, [`Step`]s come out.
pub trait Conversation: Send {
    /// The connection is open.
    fn start(&mut self, steps: &mut Vec<Step>);

    /// The user typed a line.
    fn typed(&mut self, line: &str, steps: &mut Vec<Step>);

    /// The user asks for something in a menu.
    fn ask(&mut self, wish: Wish, steps: &mut Vec<Step>);

    /// One read or one datagram has come from the other end.
    fn receive(&mut self, bytes: &[u8], steps: &mut Vec<Step>);

    /// Nothing has come for a moment, so that what looked incomplete is all there is.
    fn quiet(&mut self, _steps: &mut Vec<Step>) {}

    /// What is received next comes from somebody who had not been the last to send; only where anybody
    /// may send.
    fn met(&mut self, _peer: SocketAddr, _steps: &mut Vec<Step>) {}

    /// A datagram has come to the private socket.
    fn private(&mut self, _from: SocketAddr, _bytes: &[u8], _steps: &mut Vec<Step>) {}

    /// Half a minute has gone by in which nothing was said.
    fn keep_alive(&mut self, _steps: &mut Vec<Step>) {}

    /// Asks the other end for a sign that it has heard everything said up to now.
    fn confirm(&mut self, _steps: &mut Vec<Step>) {}

    /// Whether it has given that sign, or the dialect has none.
    fn confirmed(&self) -> bool {
        true
    }

    /// Says goodbye.
    fn leave(&mut self, steps: &mut Vec<Step>);

    /// What to do after the goodbye.
    fn parting(&self) -> Parting;

    /// Whether the user's words may go out now.
    fn opening(&self) -> Opening {
        Opening::Done
    }

    /// Whether each unit must arrive in a read of its own.
    fn is_paced(&self) -> bool {
        false
    }

    /// What can be asked for.
    fn abilities(&self) -> Abilities;
}

/// Shorthand for a conversation's own steps.
pub(crate) fn notice(text: impl Into<String>) -> Step {
    Step::Show(Show::Notice(text.into()))
}

/// Shorthand for a conversation's own steps.
pub(crate) fn failed(text: impl Into<String>) -> Step {
    Step::Show(Show::Failed(text.into()))
}
