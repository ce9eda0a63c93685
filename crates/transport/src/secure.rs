//! TLS over a non-blocking descriptor: rustls decides, this moves the bytes.
//!
//! rustls is a state machine without I/O. It is fed what the socket has and asked what the socket should
//! get; the handshake is nothing but that. Two buffers are visible from outside: plaintext that was
//! decrypted and not read yet (`has_more`), and ciphertext the socket did not take yet (`wants_write`).

use std::fmt;
use std::io::{self, IoSlice, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustls::{ProtocolVersion, ServerConnection};
use sha2::{Digest, Sha256};

use crate::stream::{ReadOutcome, WriteOutcome, end};
use crate::tls::{TlsConfig, TlsError};

/// How many bytes TLS takes from the caller and holds until the socket takes them.
pub const BUFFER_LIMIT: usize = 32 * 1024;

/// The server's side of one TLS connection.
pub struct TlsStream {
    fd: OwnedFd,
    tls: ServerConnection,
    /// Decrypted bytes that were not read yet.
    plaintext: usize,
    /// The peer has said goodbye (`close_notify`, RFC 8446 §6.1), and the caller does not know yet.
    goodbye: bool,
    /// We have said goodbye: nothing more is taken, and when all is sent the socket is shut down.
    closing: bool,
}

impl TlsStream {
    /// Takes over a connected socket of which `early` was read already.
    pub(crate) fn new(fd: OwnedFd, config: &TlsConfig, early: &[u8]) -> Result<Self, TlsError> {
        let mut tls = ServerConnection::new(config.session()).map_err(TlsError::Setup)?;
        tls.set_buffer_limit(Some(BUFFER_LIMIT));
        let mut stream = Self { fd, tls, plaintext: 0, goodbye: false, closing: false };
        let mut early = early;
        while !early.is_empty() {
            let taken = stream.tls.read_tls(&mut early);
            if !taken.is_ok_and(|n| n > 0) {
                return Err(TlsError::TooEarly);
            }
            stream.process()?;
        }
        Ok(stream)
    }

    pub(crate) fn read(&mut self, buf: &mut [u8]) -> io::Result<ReadOutcome> {
        if self.plaintext == 0 {
            if self.goodbye {
                self.goodbye = false;
                return Ok(ReadOutcome::Closed);
            }
            match self.tls.read_tls(&mut Wire(&self.fd)) {
                Ok(0) => return Ok(ReadOutcome::Closed),
                Ok(_) => self.process().map_err(TlsError::into_io)?,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Ok(ReadOutcome::WouldBlock);
                }
                Err(error) => return Err(error),
            }
            self.answer()?;
        }
        self.take(buf)
    }

    /// Decrypts what came in and goes on with the handshake. After a failure the alert is on its way and
    /// our direction is ended.
    fn process(&mut self) -> Result<(), TlsError> {
        match self.tls.process_new_packets() {
            Ok(state) => {
                self.plaintext = state.plaintext_bytes_to_read();
                self.goodbye = state.peer_has_closed();
                Ok(())
            }
            Err(error) => {
                self.closing = true;
                // The connection is lost either way; this only lets the peer know why.
                let _ = self.flush();
                Err(TlsError::Session(error))
            }
        }
    }

    /// Sends what the handshake has to say. If that fails while there is something to read, reading comes
    /// first: a peer may say its last words and be gone.
    fn answer(&mut self) -> io::Result<()> {
        match self.flush() {
            Err(error) if self.plaintext == 0 => Err(error),
            _ => Ok(()),
        }
    }

    fn take(&mut self, buf: &mut [u8]) -> io::Result<ReadOutcome> {
        if self.plaintext > 0 {
            let n = self.tls.reader().read(buf)?;
            self.plaintext -= n;
            return Ok(ReadOutcome::Data(n));
        }
        if std::mem::take(&mut self.goodbye) { Ok(ReadOutcome::Closed) } else { Ok(ReadOutcome::WouldBlock) }
    }

    pub(crate) fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<WriteOutcome> {
        if self.closing {
            return Err(Errno::PIPE.into());
        }
        // While the socket is full nothing more is taken, so that no more than the limit is held here and
        // the caller's own bounds keep their meaning.
        if !self.flush()? {
            return Ok(WriteOutcome::WouldBlock);
        }
        if bufs.iter().all(|buf| buf.is_empty()) {
            return Ok(WriteOutcome::Wrote(0));
        }
        let taken = self.tls.writer().write_vectored(bufs)?;
        self.flush()?;
        Ok(if taken == 0 { WriteOutcome::WouldBlock } else { WriteOutcome::Wrote(taken) })
    }

    pub(crate) fn flush(&mut self) -> io::Result<bool> {
        while self.tls.wants_write() {
            match self.tls.write_tls(&mut Wire(&self.fd)) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        if self.closing {
            end(&self.fd)?;
        }
        Ok(true)
    }

    pub(crate) fn shutdown(&mut self) -> io::Result<bool> {
        if !self.closing {
            self.closing = true;
            self.tls.send_close_notify();
        }
        self.flush()
    }

    pub(crate) fn wants_write(&self) -> bool {
        self.tls.wants_write()
    }

    pub(crate) fn has_more(&self) -> bool {
        self.plaintext > 0 || self.goodbye
    }

    /// Whether the handshake is still going on.
    pub fn is_handshaking(&self) -> bool {
        self.tls.is_handshaking()
    }

    /// Version and cipher, such as `TLSv1.3 TLS13_AES_256_GCM_SHA384`, once the handshake is done.
    pub fn description(&self) -> Option<String> {
        let version = match self.tls.protocol_version()? {
            ProtocolVersion::TLSv1_2 => "TLSv1.2",
            ProtocolVersion::TLSv1_3 => "TLSv1.3",
            _ => "TLS",
        };
        Some(format!("{version} {:?}", self.tls.negotiated_cipher_suite()?.suite()))
    }

    /// See [`Stream::peer_certificate_fingerprint`](crate::Stream::peer_certificate_fingerprint).
    pub fn peer_certificate_fingerprint(&self) -> Option<String> {
        if self.is_handshaking() {
            return None; // shown, and not proven yet
        }
        self.tls.peer_certificates()?.first().map(|certificate| fingerprint(certificate))
    }
}

impl AsFd for TlsStream {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl fmt::Debug for TlsStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsStream").field("fd", &self.fd).field("closing", &self.closing).finish()
    }
}

/// SHA-256 of a certificate's DER, in lowercase hexadecimal.
pub(crate) fn fingerprint(der: &[u8]) -> String {
    Sha256::digest(der).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The socket as rustls wants to see it.
struct Wire<'a>(&'a OwnedFd);

impl Read for Wire<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::retry_on_intr(|| rustix::io::read(self.0, &mut *buf))?)
    }
}

impl Write for Wire<'_> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::retry_on_intr(|| rustix::io::write(self.0, buf))?)
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        Ok(rustix::io::retry_on_intr(|| rustix::io::writev(self.0, bufs))?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
