use client::{Conversation, Line, Opening, Step, Words};

use crate::{private, said, sent, shown, steps, typed};

#[test]
fn lines_go_out_with_an_end_and_a_slash_is_said_with_two() {
    let mut line = Line::new(Some("ann"), Some("dev"), Words::default());
    let asked = sent(steps(|steps| line.start(steps)));
    assert_eq!(asked, [b"/nick ann\n".to_vec(), b"/join dev\n".to_vec()]);
    assert_eq!(typed(&mut line, "hello"), [b"hello\n".to_vec()]);
    assert_eq!(typed(&mut line, "/who"), [b"/who\n".to_vec()]);
    assert_eq!(typed(&mut line, "//etc"), [b"//etc\n".to_vec()]);
    assert_eq!(steps(|steps| line.typed("/quit", steps)), [Step::Leave]);
    assert_eq!(sent(steps(|steps| line.leave(steps))), [b"/quit\n".to_vec()]);
}

#[test]
fn lines_arrive_in_pieces_and_together() {
    let mut line = Line::new(None, None, Words::default());
    assert_eq!(line.opening(), Opening::Usual);
    assert_eq!(shown(&mut line, "<ann> hi\r\n*bob* 你".as_bytes()), [said("ann", "hi")]);
    assert_eq!(shown(&mut line, "好\r\n".as_bytes()), [private("bob", "你好")]);
    assert_eq!(line.opening(), Opening::Done);
}
