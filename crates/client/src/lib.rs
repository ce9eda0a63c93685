//! What a client knows and says: the other half of every dialect, without sockets and clocks.
//!
//! A [`Url`] says where to go. A [`Conversation`] is what is said there: typed lines and received bytes go
//! in, [`Step`]s come out, which whoever owns the sockets and the terminal carries out. A [`Show`] is what
//! a person reads, in the same words whatever the dialect.

#![warn(missing_docs)]

mod conversation;
mod foreign;
mod group;
mod irc;
mod line;
mod lines;
mod menu;
mod open;
mod packet;
mod percent;
mod plain;
mod show;
mod tagged;
mod text;
mod typed;
mod url;
mod visible;

pub use conversation::{Abilities, Conversation, Opening, Over, Parting, Step, Wish};
pub use dialect::Dialect;
pub use foreign::Speaker;
pub use group::Group;
pub use irc::Irc;
pub use line::Line;
pub use menu::{Asked, Menu};
pub use open::{conversation, waiting};
pub use packet::PacketChat;
pub use plain::Plain;
pub use show::{Person, Show, Sort};
pub use tagged::Tagged;
pub use text::Words;
pub use typed::Typed;
pub use url::{Kind, Place, Transport, Url, UrlError};
pub use visible::{visible, visible_line};
