//! A `group` server as small as can be, for tests: a thread for each user. It sends to everybody what
//! `docs/dialects.md` (group) says, and knows no private messages.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::dialect::Dialect;
use crate::server::Server;

/// Who is here. Whoever holds the lock is the only one that writes, so everyone hears all in one order.
type Users = Arc<Mutex<Vec<(SocketAddr, TcpStream)>>>;

/// Starts one that lets so many in. It ends with the process; nobody asks what it costs.
pub fn start(most: usize) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = listener.local_addr().expect("its address");
    thread::spawn(move || accept(&listener, most));
    let mut server = Server::of("group".to_owned(), addr, Vec::new()).expect("no process to look for");
    server.dialect = Dialect::Group;
    server
}

fn accept(listener: &TcpListener, most: usize) {
    let users = Users::default();
    while let Ok((mut stream, addr)) = listener.accept() {
        stream.set_nodelay(true).expect("a socket that takes options");
        if lock(&users).len() == most {
            // It may have gone already.
            let _ = stream.write_all(b"too many users\n");
            continue;
        }
        let mut here = lock(&users);
        here.push((addr, stream.try_clone().expect("a second handle")));
        tell(&mut here, format!("{addr} is online\n").as_bytes());
        drop(here);
        let users = Arc::clone(&users);
        thread::spawn(move || serve(stream, addr, &users));
    }
}

fn serve(mut stream: TcpStream, addr: SocketAddr, users: &Users) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        let chat = [format!("from {addr}: ").as_bytes(), &buffer[..count]].concat();
        tell(&mut lock(users), &chat);
    }
    let mut here = lock(users);
    here.retain(|(user, _)| *user != addr);
    tell(&mut here, format!("a user left\n{addr} is offline\n").as_bytes());
}

fn tell(users: &mut [(SocketAddr, TcpStream)], bytes: &[u8]) {
    for (_, stream) in users {
        // Who is gone is noticed by its reader.
        let _ = stream.write_all(bytes);
    }
}

fn lock(users: &Users) -> MutexGuard<'_, Vec<(SocketAddr, TcpStream)>> {
    users.lock().unwrap_or_else(PoisonError::into_inner)
}
