//! `saloon chat`: lines to and from a server of any dialect.

use anyhow::Context as _;
use client::Words;
use terminal::{Desk, Options};

use crate::cli::{ChatOptions, PlaceOptions};

/// Chats until the user leaves.
pub fn run(options: ChatOptions) -> anyhow::Result<()> {
    let listen = options.listen;
    let options = Options { listen, ..place(options.place)? };
    Ok(terminal::chat(options, Desk::standard().context("can't catch Ctrl-C")?)?)
}

/// Where to go: the URL, with the options on top.
pub fn place(options: PlaceOptions) -> anyhow::Result<Options> {
    let mut url = options.url;
    url.nick = options.nick.or(url.nick);
    url.room = options.room.or(url.room);
    url.encoding = options.encoding.or(url.encoding);
    let encoding = url.encoding.as_deref().unwrap_or("auto");
    let words = Words::named(encoding).with_context(|| {
        format!("`{encoding}` is not an encoding: expected auto, utf-8, gbk, gb18030, big5, shift_jis ...")
    })?;
    Ok(Options { url, name: user_name(), words, insecure: options.insecure, listen: false })
}

/// What the user is called on this machine.
pub fn user_name() -> String {
    let known = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
    known.ok().filter(|name| !name.is_empty()).unwrap_or_else(|| "guest".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(url: &str) -> PlaceOptions {
        let url = url.parse().expect("a URL");
        PlaceOptions { url, nick: None, room: None, encoding: None, insecure: false }
    }

    #[test]
    fn options_stand_above_the_url() {
        let given = PlaceOptions { nick: Some("bob".into()), ..options("tcp://h?nick=ann&room=dev") };
        let url = place(given).expect("a place").url;
        assert_eq!(url.to_string(), "irc+tcp://h:6667?nick=bob&room=dev");
    }

    #[test]
    fn an_encoding_that_does_not_exist_is_named() {
        let error = place(options("line+tcp://h?encoding=morse")).expect_err("there is none");
        assert!(error.to_string().starts_with("`morse` is not an encoding"), "{error}");
    }
}
