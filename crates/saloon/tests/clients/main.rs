//! Real clients, as people use them: irssi and WeeChat in a terminal of their own each, `openssl`, and
//! the lines that the server prints for pasting.

#[path = "../support/mod.rs"]
mod support;

mod certificate;
mod paste;
mod screen;
mod talk;
