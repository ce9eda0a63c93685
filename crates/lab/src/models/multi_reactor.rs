//! A loop for each core, all at one port: each thread has its own listening socket, its own epoll and its own
//! connections, and shares nothing.
//!
//! The calls: `setsockopt(2)` with SO_REUSEPORT, since Linux 3.9, which lets several sockets listen at one
//! address. The kernel deals new connections out to them by a hash of addresses and ports, and where a
//! connection was dealt to it stays. The loop is that of `epoll-lt`, line for line.
//!
//! What a thousand idle peers cost: what they cost with `epoll-lt`, and a thread for each core.
//!
//! Where it breaks: at the deal. A hash is even over many connections and not over ten; a loop that is busy
//! gets as many new ones as an idle one; and those in the backlog of a loop that is stuck wait there, though
//! others have nothing to do. When a listening socket is closed, its backlog is lost: the peers get a reset
//! (net.ipv4.tcp_migrate_req helps, since 5.14). The other way, one listener and all loops waiting for it, is
//! even, and wakes several for one peer (EPOLLEXCLUSIVE lessens that).
//!
//! The threads are not bound to cores: the scheduler knows better what else runs there. This is the last of
//! the models; where to go from here is the server itself, `crates/server`, whose workers are loops like this.

use std::os::fd::AsFd as _;
use std::thread;

use nix::sys::epoll::{Epoll, EpollCreateFlags};

use super::epoll_lt;
use crate::ground::{Ground, stop_signals};

/// Serves with so many loops until a signal, which all of them see: `stop` is readable for each.
pub fn run(ground: &Ground, loops: usize) -> anyhow::Result<()> {
    // Before there are threads, so that they inherit it: signals are blocked in all, or one would die of them.
    let stop = stop_signals()?;
    let doors = ground.open_several(loops)?;
    // All of them before the first peer: else those who come to one loop may leave no descriptor to the next.
    let epolls = (0..loops).map(|_| Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC));
    let epolls = epolls.collect::<nix::Result<Vec<_>>>()?;
    doors[0].announce()?;

    let serve = |(epoll, door)| epoll_lt::serve(epoll, door, stop.as_fd(), ground.counts);
    let mut loops = epolls.iter().zip(doors);
    thread::scope(|threads| {
        let own = loops.next();
        let others: Vec<_> = loops.map(|one| threads.spawn(move || serve(one))).collect();
        let own = own.map_or(Ok(()), serve);
        others.into_iter().try_for_each(|thread| thread.join().expect("a loop returns its errors")).and(own)
    })
}
