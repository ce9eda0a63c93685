//! The lines that the server prints for people to paste: each of them leads in.

use crate::screen::{Screen, require};
use crate::support::Setup;

#[test]
fn every_line_that_is_printed_leads_in() {
    for (program, package) in [
        ("nc", "netcat-openbsd"),
        ("socat", "socat"),
        ("openssl", "openssl"),
        ("irssi", "irssi"),
        ("weechat", "weechat-curses"),
    ] {
        require(program, package);
    }
    let server = Setup::default()
        .door("addr = \"tcp://127.0.0.1:0\"")
        .door("addr = \"tls://127.0.0.1:0\"")
        .door("addr = \"unix://chat.sock\"")
        .start();
    // Three for TCP, two each for TLS and the socket file.
    for (number, line) in server.lines_to_paste(7).into_iter().enumerate() {
        let screen = Screen::open("exec sh");
        screen.type_line(&line);
        if line.contains("weechat") {
            // It shows its own news first.
            screen.wait("│");
            screen.type_line("/buffer irc.server.saloon");
        }
        screen.wait("MOTD File is missing");
        drop(screen);
        // The next one wants the same nickname.
        server.logged("}: closed", number + 1);
    }
}
