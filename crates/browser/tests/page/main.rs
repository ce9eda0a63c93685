//! The page, in Chromium, against the server: what people do with it, and what it promises.

mod access;
mod account;
mod history;
mod install;
mod keyboard;
mod load;
mod markup;
mod origin;
mod reconnect;
mod talk;
mod trouble;
mod words;
