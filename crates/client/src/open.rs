//! Which conversation a URL asks for.

use std::net::SocketAddr;

use dialect::Dialect;

use crate::conversation::Conversation;
use crate::group::Group;
use crate::irc::Irc;
use crate::line::Line;
use crate::packet::PacketChat;
use crate::plain::Plain;
use crate::tagged::Tagged;
use crate::text::Words;
use crate::url::Url;

/// The conversation that is to be held with whoever is at the URL. `name` is what the user is called if
/// the URL does not say and the dialect needs it, `local` our own end of the connection.
pub fn conversation(url: &Url, name: &str, words: Words, local: Option<SocketAddr>) -> Box<dyn Conversation> {
    let (nick, room) = (url.nick.as_deref(), url.room.as_deref());
    let name = nick.unwrap_or(name);
    match url.dialect {
        Dialect::Irc => Box::new(Irc::new(name, room, words)),
        Dialect::Line => Box::new(Line::new(nick, room, words)),
        Dialect::Packet => Box::new(PacketChat::new(name, room, url.kind, words)),
        Dialect::Plain => Box::new(Plain::new(nick, room, words)),
        Dialect::Group => Box::new(Group::new(nick, room, local, words)),
        Dialect::Tagged => Box::new(Tagged::new(nick, room, words)),
    }
}

/// The conversation of somebody who waits for another, in the `packet` dialect.
pub fn waiting(url: &Url, name: &str, words: Words) -> Box<dyn Conversation> {
    Box::new(PacketChat::waiting(url.nick.as_deref().unwrap_or(name), words))
}
