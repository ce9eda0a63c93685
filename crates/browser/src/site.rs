//! A web site of somebody else's: a few files at a port of their own. Another port is another origin (RFC 6454 §4).

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What it has to show.
#[derive(Clone, Debug)]
pub enum Content {
    /// One page, whatever is asked for.
    Page(String),
    /// The files of a folder.
    Folder(PathBuf),
}

/// A running site. Dropping it ends it.
#[derive(Debug)]
pub struct Site {
    addr: SocketAddr,
    over: Arc<AtomicBool>,
}

impl Site {
    /// Opens it, at a port that is free.
    ///
    /// # Panics
    /// None is.
    #[must_use]
    pub fn open(content: Content) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let addr = listener.local_addr().expect("an address");
        let over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&over);
        let content = Arc::new(content);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if ends.load(Ordering::Relaxed) {
                    return;
                }
                // A browser opens connections it does not use at once: each waits by itself.
                let content = Arc::clone(&content);
                std::thread::spawn(move || drop(answer(stream, &content)));
            }
        });
        Self { addr, over }
    }

    /// Its address, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // Wakes it.
        let _ = TcpStream::connect(self.addr);
    }
}

fn answer(mut stream: TcpStream, content: &Content) -> std::io::Result<()> {
    stream.set_read_timeout(Some(crate::PATIENCE))?;
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            count => request.extend_from_slice(&buffer[..count]),
        }
    }
    let text = String::from_utf8_lossy(&request);
    let path = text.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap_or("/");
    let body = match content {
        Content::Page(page) => Some(page.clone().into_bytes()),
        Content::Folder(folder) if !path.contains("..") => fs::read(folder.join(&path[1..])).ok(),
        Content::Folder(_) => None,
    };
    let kind = match (content, path.rsplit_once('.').map_or("", |(_, ending)| ending)) {
        (Content::Page(_), _) | (_, "html") => "text/html; charset=utf-8",
        (_, "js") => "text/javascript; charset=utf-8",
        (_, "css") => "text/css; charset=utf-8",
        (_, "svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let status = if body.is_some() { "200 OK" } else { "404 Not Found" };
    let body = body.unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)
}
