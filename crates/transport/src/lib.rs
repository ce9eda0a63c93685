//! How bytes travel: addresses, listeners, streams, TLS, PROXY headers, readiness, and the limits that
//! are about addresses and descriptors. It is not about what the bytes mean: no frames, no commands.
//!
//! Everything here is non-blocking and belongs to whoever calls it: the crate starts no thread, keeps no
//! queue and reads no clock (time comes in as data). A worker is a loop around [`Poll::wait`]:
//!
//! ```text
//!   Listener ── accept ──▶ Accepted { stream, peer, tls }
//!                             │  AddressLimits::admit, proxy::parse, Stream::start_tls
//!                             ▼
//!   Poll::add(stream, token, stream.interest(false))
//!      │
//!      ├─ readable ──▶ stream.read(buf) ──▶ again while stream.has_more()
//!      ├─ writable ──▶ stream.flush(), then stream.write_vectored(what is pending)
//!      └─ afterwards ▶ if stream.interest(pending) is new: Poll::modify
//! ```
//!
//! | module       | what is in it                                                     |
//! |--------------|-------------------------------------------------------------------|
//! | [`addr`]     | [`Addr`]: where to listen, as written in the configuration        |
//! | [`poll`]     | [`Poll`], [`Interest`], [`Events`]: how the runtime waits          |
//! | [`waker`]    | [`Waker`]: how another thread ends that wait                      |
//! | [`listener`] | [`Listener`], [`Accepted`]                                        |
//! | [`datagram`] | [`DatagramListener`], [`DatagramPeer`]: UDP and Unix datagrams    |
//! | [`handed`]   | [`Handed`]: sockets that were open before this program began     |
//! | [`bind`]     | [`BindError`]: why an address could not be opened                 |
//! | [`unix`]     | the socket file: stale ones, mode, [`Owner`], removal             |
//! | [`peer`]     | [`Peer`]: who is at the other end                                 |
//! | [`stream`]   | [`Stream`]: one connection, plain or TLS, or one datagram peer     |
//! | [`secure`]   | [`TlsStream`]: rustls over a non-blocking descriptor              |
//! | [`tls`]      | [`TlsConfig`]: certificate and key, swapped under a running server |
//! | [`proxy`]    | the PROXY protocol, versions 1 and 2                              |
//! | [`http`]     | the head of a request and of its answer                           |
//! | [`ws`]       | [`WebSocket`]: handshake, messages, frames                        |
//! | [`limits`]   | [`AddressLimits`]: connections per address                        |
//! | [`cidr`]     | [`Cidr`]: a network, for lists of who may                         |
//! | [`process`]  | how many descriptors this process may have                        |

pub mod addr;
mod anybody;
pub mod bind;
pub mod cidr;
mod client_cert;
pub mod datagram;
mod datagram_peer;
pub mod handed;
pub mod http;
mod icmp;
pub mod limits;
pub mod listener;
pub mod peer;
pub mod poll;
pub mod process;
pub mod proxy;
pub mod secure;
pub mod stream;
pub mod tls;
mod tls_files;
pub mod unix;
mod unsent;
pub mod waker;
pub mod ws;

pub use addr::{Addr, AddrError, Endpoint, Host};
pub use anybody::Anybody;
pub use bind::BindError;
pub use cidr::{Cidr, CidrError};
pub use datagram::{DatagramListener, DatagramOptions, DatagramPeer, DatagramStream, is_nameless};
pub use handed::{Handed, HandedSocket};
pub use limits::{AddressLimits, LimitSettings, Refused, Throttle};
pub use listener::{Accepted, ListenOptions, Listener, is_exhausted};
pub use peer::{Credentials, Peer};
pub use poll::{Event, Events, Interest, Poll};
pub use process::{OpenFiles, raise_open_files};
pub use secure::TlsStream;
pub use stream::{ReadOutcome, Stream, WriteOutcome};
pub use tls::{TlsConfig, TlsError, self_signed};
pub use unix::Owner;
pub use waker::Waker;
pub use ws::WebSocket;
