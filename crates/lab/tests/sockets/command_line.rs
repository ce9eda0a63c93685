//! What the help says.

use crate::support::{Lab, Place};

#[test]
fn every_example_in_the_help_is_one_that_the_command_line_takes() {
    let table = Lab::command(&Place::loopback(), &["sockets"]).output().expect("it ran");
    let table = String::from_utf8(table.stdout).expect("text");
    let names: Vec<_> = table.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["udp", "broadcast", "multicast", "unix", "fifo", "buffered", "options"]);
    for name in names {
        let help = Lab::command(&Place::loopback(), &[name, "--help"]).output().expect("it ran");
        let help = String::from_utf8(help.stdout).expect("text");
        let examples = help.lines().filter_map(|line| line.split_once("saloon lab ")).map(|(_, rest)| rest);
        let mut count = 0;
        for example in examples {
            let words = example.split([' ', '\n']).take_while(|word| !["<", "|", "", ">"].contains(word));
            // What comes after `--help` is not done, only what comes before it is looked at.
            let done =
                Lab::command(&Place::loopback(), &words.chain(["--help"]).collect::<Vec<_>>()).output();
            assert!(done.expect("it ran").status.success(), "{example}");
            count += 1;
        }
        assert!(count > 0, "no example for {name}");
    }
}
