//! Two people in one room: one with irssi over plain TCP, one with WeeChat over TLS.

use crate::screen::Screen;
use crate::support::{Server, Setup};

/// The options that make WeeChat speak TLS: they changed their names with version 4.
pub fn weechat_tls(options: &str) -> String {
    crate::screen::require("weechat", "weechat-curses");
    let output = std::process::Command::new("weechat").arg("--version").output().expect("it runs");
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    let major: u32 =
        version.split('.').next().and_then(|number| number.trim().parse().ok()).expect("a version");
    if major >= 4 { options.to_owned() } else { options.replace("tls", "ssl") }
}

/// As it comes, with names hidden and fakelag on.
fn server() -> Server {
    Setup::default()
        .set("ip_cloaking.enabled = true")
        .set("fakelag.enabled = true")
        .set("ip_limits.count = true")
        .set("ip_limits.throttle = true")
        .file("motd.txt", "Be kind.\n")
        .set("server.motd = \"motd.txt\"")
        .door("addr = \"tcp://127.0.0.1:0\"")
        .door("addr = \"tls://127.0.0.1:0\"")
        .start()
}

#[test]
fn irssi_and_weechat_share_a_room() {
    let server = server();
    let irssi = Screen::irssi(&format!("-c 127.0.0.1 -p {} -n ann", server.addr(0).port()));
    let weechat = Screen::weechat(&[
        "/set irc.server_default.nicks bob",
        &format!(
            "/server add chat 127.0.0.1/{} -temp {}",
            server.addr(1).port(),
            weechat_tls("-tls -notls_verify")
        ),
        "/connect chat",
        "/buffer irc.server.chat",
    ]);
    meet(&irssi, &weechat);
    rename(&irssi, &weechat);
    set_topics(&irssi, &weechat);
    be_away(&irssi, &weechat);
    kick(&irssi, &weechat);
    leave(&irssi, &weechat);
}

/// Both come in, join and talk.
fn meet(irssi: &Screen, weechat: &Screen) {
    irssi.wait("Be kind.");
    irssi.keep("irssi-welcome");
    weechat.wait("Be kind.");
    weechat.keep("weechat-welcome");
    irssi.type_line("/join #saloon");
    irssi.wait("[@ann]");
    weechat.type_line("/join #saloon");
    irssi.wait("has joined #saloon");
    weechat.wait("Channel #saloon: 2 nicks");

    irssi.type_line("hello from irssi");
    weechat.wait("hello from irssi");
    weechat.type_line("grüße aus WeeChat 🌊");
    irssi.wait("< bob> grüße aus WeeChat 🌊");
    irssi.type_line("/me waves");
    weechat.wait("ann waves");
}

fn rename(irssi: &Screen, weechat: &Screen) {
    irssi.type_line("/nick anna");
    irssi.wait("You're now known as anna");
    weechat.wait("ann is now known as anna");
    weechat.type_line("/nick robert");
    irssi.wait("bob is now known as robert");
    weechat.wait("You are now known as robert");
}

fn set_topics(irssi: &Screen, weechat: &Screen) {
    irssi.type_line("/topic Today: soup");
    weechat.wait("anna has changed topic for #saloon to \"Today: soup\"");
    weechat.type_line("/topic Nobody may");
    weechat.wait("You're not channel operator");
    irssi.type_line("/op robert");
    weechat.wait("Mode #saloon [+o robert] by anna");
    weechat.type_line("/topic Tomorrow: cake");
    irssi.wait("robert changed the topic of #saloon to: Tomorrow: cake");
}

fn be_away(irssi: &Screen, weechat: &Screen) {
    irssi.type_line("/away gone fishing");
    irssi.wait("(zZzZ)");
    weechat.type_line("/query anna are you there?");
    weechat.wait("is away: gone fishing");
    weechat.keep("weechat-query");
    weechat.type_line("/buffer #saloon");
    irssi.type_line("/away");
    weechat.type_line("/away at lunch");
    weechat.wait("(at lunch)");
    irssi.type_line("/query robert");
    irssi.type_line("and you?");
    irssi.wait("robert is away: at lunch");
    irssi.keep("irssi-query");
    irssi.type_line("/window close");
    irssi.type_line("/window goto #saloon");
    weechat.type_line("/away");
}

fn kick(irssi: &Screen, weechat: &Screen) {
    irssi.wait("[#saloon]");
    weechat.type_line("/kick anna bye bye");
    irssi.wait("anna was kicked from #saloon by robert [bye bye]");
    weechat.wait("robert has kicked anna (bye bye)");
    irssi.type_line("/join #saloon");
    irssi.wait("Topic for #saloon: Tomorrow: cake");
    weechat.wait("Channel #saloon");
    irssi.keep("irssi-room");
}

fn leave(irssi: &Screen, weechat: &Screen) {
    irssi.type_line("/quit see you");
    weechat.wait("has quit (Quit: see you)");
    weechat.keep("weechat-room");
}
