use crate::person::Person;
use crate::tagged::Server;

#[test]
fn all_seven_choices_work_against_an_old_server() {
    let server = Server::start();
    let ann = Person::chooses(&server.url);
    ann.sees("1 connect   7 exit\n");
    ann.types("3");
    ann.sees("!! 3 time can't be chosen now: connect first\n");
    ann.types("1");
    ann.sees("2 disconnect   3 time   4 name   5 list   6 send   7 exit\n");
    ann.types("3");
    ann.sees("-- the time at the server: Fri Nov 20 20:37:14 2026\n");
    ann.types("4");
    ann.sees("-- the server is called vm\n");
    ann.types("5");
    ann.sees("-- 2 are here:\n     1  127.0.0.1:");
    ann.types("6");
    ann.types("1");
    ann.types("hello 世界");
    ann.sees("): hello 世界\n");
    ann.types("2");
    ann.sees("-- disconnected\n1 connect   7 exit\n");
    server.requests();
    ann.types("1");
    ann.sees("!! nothing listens on");
    ann.types("7");
    assert!(ann.ends().0.is_ok());
}
