//! Scripts that once led to a line the protocol does not allow, or left something open.

use dialect::fuzzing::trial;

/// What is repeated in an answer could be taken for something else.
#[test]
fn a_word_that_cannot_stand_in_the_middle_of_a_line_is_not_repeated_there() {
    for line in [
        "WHO :a b",
        "WHOIS :a b",
        "WHOIS x,:b",
        "WHOWAS :a b",
        "NAMES :a b",
        "NAMES a,:b",
        "CAP :a b",
        "CAP ::a",
        "HELP ::a",
        "MODE #a +:",
        "MODE #a :+ x",
        "PRIVMSG a,b,c,d,:e :x",
        "KILL : x",
        "NICK :a b",
        ":x :y z",
    ] {
        assert_eq!(trial(format!("c\n0{line}").as_bytes()), Ok(()), "{line}");
    }
}

#[test]
fn a_name_that_fills_a_line_is_cut() {
    let script = format!("cn\n0MONITOR + a,{},b", "é".repeat(245));
    assert_eq!(trial(script.as_bytes()), Ok(()));
}

#[test]
fn a_line_of_modes_has_fifteen_parameters_at_most() {
    let script = "c\n0MODE #a +k key\n0MODE #a +bbbbbbbbbbbbb-k a b c d e f g h i j k l m\n0MODE #a";
    assert_eq!(trial(script.as_bytes()), Ok(()));
}
