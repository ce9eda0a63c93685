//! What the running server remembers, and what it promises: the disk, restarts, several devices of one
//! person, readers that fall behind, and the operator's tools.

#[path = "../support/mod.rs"]
mod support;

#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "../clients/screen.rs"]
mod screen;

mod devices;
mod disk;
mod kill;
mod restart;
mod slow;
mod someone;
mod tools;
