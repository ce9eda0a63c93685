//! Our own clients in a terminal: what is being typed stays whole while messages arrive.

use crate::screen::Screen;
use crate::support::{Peer, Server, Setup, eventually};

const DOORS: [&str; 3] = [
    "addr = \"tcp://127.0.0.1:0\"",
    "addr = \"tcp://127.0.0.1:0\"\ndialect = \"tagged\"",
    "addr = \"tcp://127.0.0.1:0\"\ndialect = \"line\"",
];

fn server() -> Server {
    DOORS.iter().fold(Setup::default(), |setup, door| setup.door(door)).start()
}

/// An IRC user in the lobby.
fn bob(server: &Server) -> Peer {
    let mut bob = Peer::user(server, "bob");
    bob.send("JOIN #lobby");
    bob.sync();
    bob
}

/// `saloon` with these arguments, and then a word that says it has ended well.
fn open(arguments: &str) -> Screen {
    Screen::open(&format!("{} {arguments} && echo It left well; sleep 600", env!("CARGO_BIN_EXE_saloon")))
}

#[test]
fn the_menu_leads_through_all_seven_choices() {
    let server = server();
    let mut bob = bob(&server);
    let screen = open(&format!("menu tagged+tcp://{} --nick ann", server.addr(1)));
    screen.wait("1 connect   7 exit\nchoice>");
    screen.type_line("1");
    screen.wait("2 disconnect   3 time   4 name   5 list   6 send   7 exit");
    bob.until("NICK :ann");
    screen.type_line("3");
    screen.wait("-- the time at the server: ");
    screen.type_line("4");
    screen.wait("-- the server is called ");
    bob.send("PRIVMSG #lobby :hello ann");
    screen.wait("<bob> hello ann");
    screen.type_line("5");
    screen.wait("the room  127.0.0.1:");
    screen.wait("bob  127.0.0.1:");

    screen.type_line("6");
    screen.wait("to whom (nothing: to everybody)>");
    screen.type_line("bob");
    screen.wait("text>");
    screen.type_keys("hello b");
    screen.wait("text> hello b");
    bob.send("PRIVMSG #lobby :in the middle of a word");
    screen.wait("<bob> in the middle of a word\ntext> hello b");
    screen.type_line("ob 你好");
    bob.until("PRIVMSG bob :hello bob 你好");
    screen.type_line("6");
    screen.type_line("");
    screen.type_line("hello all");
    bob.until("PRIVMSG #lobby :hello all");

    screen.type_line("2");
    bob.until("ann!");
    screen.wait("-- disconnected\n1 connect   7 exit");
    screen.keep("menu.txt");
    screen.type_line("7");
    screen.wait("It left well");
}

#[test]
fn a_chat_goes_on_around_what_is_being_typed_and_ctrl_c_leaves_politely() {
    let server = server();
    let mut bob = bob(&server);
    let screen = open(&format!("chat line+tcp://{} --nick ann", server.addr(2)));
    screen.wait("-- you are called ann now");
    screen.type_keys("hello b");
    screen.wait("> hello b");
    bob.send("PRIVMSG #lobby :how are you?");
    screen.wait("<bob> how are you?\n> hello b");
    screen.type_line("ob 你好");
    bob.until("PRIVMSG #lobby :hello bob 你好");
    screen.type_line("/msg bob psst");
    bob.until("PRIVMSG bob :psst");
    screen.press("C-c");
    bob.until("QUIT");
    screen.wait("It left well");
}

#[test]
fn a_chat_over_irc_goes_on_when_the_server_comes_back() {
    let server = server();
    let addr = server.addr(0);
    let screen = open(&format!("chat tcp://{addr} --nick ann"));
    screen.wait("-- in #lobby: ");
    drop(server);
    screen.wait("trying again in 1 s");
    let door = format!("addr = \"tcp://{addr}\"");
    let again = Setup::default().door(&door).start();
    let mut bob = bob(&again);
    eventually("ann is back", || {
        bob.send("PRIVMSG #lobby :are you there?");
        bob.sync();
        screen.shown().contains("<bob> are you there?")
    });
    screen.type_line("here I am again");
    bob.until("PRIVMSG #lobby :here I am again");
    screen.press("C-d");
    screen.wait("It left well");
}
