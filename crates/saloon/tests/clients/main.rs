//! Real clients, as people use them: irssi, WeeChat and our own in a terminal of their own each, `openssl`,
//! and the lines that the server prints for pasting.

#[path = "../support/mod.rs"]
mod support;

mod certificate;
mod own;
mod paste;
mod screen;
mod talk;
