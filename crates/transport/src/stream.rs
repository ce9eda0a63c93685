//! One connection, plain or encrypted, or one datagram peer, read and written without ever blocking.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, Shutdown};

use crate::datagram::DatagramStream;
use crate::poll::Interest;
use crate::secure::TlsStream;
use crate::tls::{TlsConfig, TlsError};
use crate::unsent::output_queue;

/// One connection. Plain is a descriptor and nothing else; closing is dropping.
///
/// Writing to a connection that is gone must not kill the process: programs written in Rust ignore
/// `SIGPIPE` from the start, and get the error here.
#[derive(Debug)]
pub enum Stream {
    /// Bytes as they are: TCP or a Unix socket.
    Plain(OwnedFd),
    /// Bytes inside TLS.
    Tls(Box<TlsStream>),
    /// One peer of a door for datagrams, which is not to be added to a poll: its descriptor is the door's,
    /// and what it says is read there.
    Datagram(Box<DatagramStream>),
}

/// What came of a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadOutcome {
    /// So many bytes are at the start of the buffer; never 0 unless the buffer is empty.
    Data(usize),
    /// Nothing for now: wait until it is readable.
    WouldBlock,
    /// The peer will send no more. It may still read, but must not be waited for with
    /// [`Interest::READ`]: an end stays readable for ever.
    Closed,
}

/// What came of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOutcome {
    /// So many bytes, from the start, are taken; perhaps not all.
    Wrote(usize),
    /// None is taken: wait until it is writable ([`Stream::interest`]).
    WouldBlock,
}

impl Stream {
    /// Reads once into `buf`. For a plain connection that is one `recv(2)`; for TLS it also does whatever
    /// the handshake needs, writing included.
    ///
    /// Bytes of a TLS record that did not fit into `buf` are held here, where the poll does not see them:
    /// read again while [`has_more`](Self::has_more).
    ///
    /// For a datagram peer it is always `WouldBlock`.
    ///
    /// # Errors
    /// The connection is broken (`ConnectionReset`, …), or TLS is: [`TlsError::of`] finds the reason. The
    /// TLS alert has been sent then.
    #[inline]
    pub fn read(&mut self, buf: &mut [u8]) -> io::Result<ReadOutcome> {
        match self {
            Self::Plain(fd) => read_plain(fd, buf),
            Self::Tls(tls) => tls.read(buf),
            Self::Datagram(_) => Ok(ReadOutcome::WouldBlock),
        }
    }

    /// Writes the start of `buf`: one `send(2)` for a plain connection, which
    /// costs less than `write(2)`.
    ///
    /// TLS takes bytes before the handshake is done and after the socket is full, up to
    /// [`secure::BUFFER_LIMIT`](crate::secure::BUFFER_LIMIT); [`wants_write`](Self::wants_write) tells
    /// whether it holds some.
    ///
    /// To a datagram peer all of `buf` is one datagram: it is taken whole or not at all.
    ///
    /// # Errors
    /// The connection is broken (`BrokenPipe`, `ConnectionReset`, …).
    #[inline]
    pub fn write(&mut self, buf: &[u8]) -> io::Result<WriteOutcome> {
        match self {
            Self::Plain(fd) => outcome_of(|| rustix::net::send(&*fd, buf, SendFlags::NOSIGNAL)),
            Self::Tls(tls) => tls.write_vectored(&[IoSlice::new(buf)]),
            Self::Datagram(datagram) => datagram.write(buf),
        }
    }

    /// Writes the start of all of `bufs` in order: one `writev(2)` for a plain connection, of the first
    /// 1024 buffers at most. To a datagram peer each buffer is one datagram; the bytes of those taken are
    /// counted, and empty ones are passed over.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    #[inline]
    pub fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<WriteOutcome> {
        match self {
            Self::Plain(fd) => outcome_of(|| rustix::io::writev(&*fd, bufs)),
            Self::Tls(tls) => tls.write_vectored(bufs),
            Self::Datagram(datagram) => datagram.write_vectored(bufs),
        }
    }

    /// Sends what TLS holds. True when nothing is left (always, without TLS). To be called when
    /// the connection is writable, before anything else is written; `write` does it by itself.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    #[inline]
    pub fn flush(&mut self) -> io::Result<bool> {
        match self {
            Self::Plain(_) | Self::Datagram(_) => Ok(true),
            Self::Tls(tls) => tls.flush(),
        }
    }

    /// Whether TLS holds bytes that the socket did not take yet. Never, without TLS.
    #[inline]
    pub fn wants_write(&self) -> bool {
        match self {
            Self::Plain(_) | Self::Datagram(_) => false,
            Self::Tls(tls) => tls.wants_write(),
        }
    }

    /// Whether another read gets something at once although the poll does not say so. Never, without TLS.
    #[inline]
    pub fn has_more(&self) -> bool {
        match self {
            Self::Plain(_) | Self::Datagram(_) => false,
            Self::Tls(tls) => tls.has_more(),
        }
    }

    /// What to wait for, given whether the caller has bytes `pending` that were not taken. Ask again after
    /// every read and write: a TLS handshake changes its mind. A datagram peer is not waited for by itself,
    /// and what is said of it never changes.
    #[inline]
    pub fn interest(&self, pending: bool) -> Interest {
        let write = match self {
            Self::Plain(_) => pending,
            Self::Tls(tls) => tls.wants_write() || (pending && !tls.is_handshaking()),
            Self::Datagram(_) => false,
        };
        if write { Interest::READ | Interest::WRITE } else { Interest::READ }
    }

    /// Says that we will send no more: TLS's `close_notify`, then the end of the stream. What was taken
    /// before is still sent; reading goes on. True when all is out, else call [`flush`](Self::flush) when
    /// writable, which finishes it.
    ///
    /// A connection dropped while bytes from the peer are unread is reset, and the peer may lose the last
    /// words. To be sure of them: shutdown, read until [`Closed`](ReadOutcome::Closed) or too long, drop.
    ///
    /// A datagram peer is told nothing by this.
    ///
    /// # Errors
    /// As [`write`](Self::write). That the connection is gone already is not an error.
    pub fn shutdown(&mut self) -> io::Result<bool> {
        match self {
            Self::Plain(fd) => end(fd).map(|()| true),
            Self::Tls(tls) => tls.shutdown(),
            Self::Datagram(_) => Ok(true),
        }
    }

    /// Makes a plain connection the server's side of a TLS one. `early` is what was read from it already,
    /// behind a PROXY header. The handshake itself happens in later reads.
    ///
    /// # Errors
    /// [`TlsError::Session`] when `early` is not TLS, [`TlsError::Datagram`] for a datagram peer; the
    /// connection is closed then.
    pub fn start_tls(self, config: &TlsConfig, early: &[u8]) -> Result<Self, TlsError> {
        match self {
            Self::Plain(fd) => Ok(Self::Tls(Box::new(TlsStream::new(fd, config, early)?))),
            tls @ Self::Tls(_) => Ok(tls),
            Self::Datagram(_) => Err(TlsError::Datagram),
        }
    }

    /// Whether what is sent and received is encrypted by us.
    pub fn secure(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    /// Whether it is a datagram peer: what is written to it must be cut into datagrams, and it is read at its
    /// door.
    pub fn is_datagram(&self) -> bool {
        matches!(self, Self::Datagram(_))
    }

    /// The datagram peer that it is.
    pub fn datagram(&self) -> Option<&DatagramStream> {
        match self {
            Self::Datagram(datagram) => Some(datagram),
            Self::Plain(_) | Self::Tls(_) => None,
        }
    }

    /// Our end: the address and port that the peer has connected or sent to, IPv4 inside IPv6 written as
    /// IPv4. `None` for a Unix socket, and for a connection that is gone. For a door that is open at every
    /// address, a datagram peer's is that `0.0.0.0` or `[::]`.
    pub fn local_addr(&self) -> Option<SocketAddr> {
        let addr = match self {
            Self::Datagram(datagram) => datagram.door().local_addr()?,
            _ => SocketAddr::try_from(rustix::net::getsockname(self).ok()?).ok()?,
        };
        Some(SocketAddr::new(addr.ip().to_canonical(), addr.port()))
    }

    /// How much of what was written the peer's system has not got yet: 0 as soon as it has all, whether or
    /// not the program there has read it. For TCP and TLS on it, these are bytes, and 1 more for our end of
    /// the stream and for bytes that TLS still holds. On a Unix socket it is the kernel's memory for what the
    /// peer has not read. A datagram is gone as soon as it is written: 0.
    ///
    /// # Errors
    /// When the descriptor is not a stream socket's.
    pub fn unsent(&self) -> io::Result<usize> {
        match self {
            Self::Plain(fd) => output_queue(fd),
            Self::Tls(tls) => Ok(output_queue(tls.as_fd())? + usize::from(tls.wants_write())),
            Self::Datagram(_) => Ok(0),
        }
    }

    /// The TLS side of it: handshake state, version, cipher.
    pub fn tls(&self) -> Option<&TlsStream> {
        match self {
            Self::Plain(_) | Self::Datagram(_) => None,
            Self::Tls(tls) => Some(tls),
        }
    }

    /// SHA-256 of the certificate the peer has shown, in lowercase hexadecimal; `None` without TLS, without
    /// a certificate, and before the handshake is done. That the peer has its key is verified, and nothing
    /// else is: not who signed it, not for how long it is valid.
    pub fn peer_certificate_fingerprint(&self) -> Option<String> {
        self.tls()?.peer_certificate_fingerprint()
    }
}

impl AsFd for Stream {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Plain(fd) => fd.as_fd(),
            Self::Tls(tls) => tls.as_fd(),
            Self::Datagram(datagram) => datagram.as_fd(),
        }
    }
}

#[inline]
fn read_plain(fd: &OwnedFd, buf: &mut [u8]) -> io::Result<ReadOutcome> {
    loop {
        return match rustix::net::recv(fd, &mut *buf, RecvFlags::empty()) {
            Ok((0, _)) if !buf.is_empty() => Ok(ReadOutcome::Closed),
            Ok((n, _)) => Ok(ReadOutcome::Data(n)),
            Err(Errno::AGAIN) => Ok(ReadOutcome::WouldBlock),
            Err(Errno::INTR) => continue,
            Err(error) => Err(error.into()),
        };
    }
}

#[inline]
fn outcome_of(mut attempt: impl FnMut() -> Result<usize, Errno>) -> io::Result<WriteOutcome> {
    loop {
        return match attempt() {
            Ok(n) => Ok(WriteOutcome::Wrote(n)),
            Err(Errno::AGAIN) => Ok(WriteOutcome::WouldBlock),
            Err(Errno::INTR) => continue,
            Err(error) => Err(error.into()),
        };
    }
}

/// Ends our direction of a socket.
pub(crate) fn end(fd: &OwnedFd) -> io::Result<()> {
    match rustix::net::shutdown(fd, Shutdown::Write) {
        Ok(()) | Err(Errno::NOTCONN) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// A connection that idles costs a descriptor and this.
const _: () = assert!(size_of::<Stream>() <= 16);
