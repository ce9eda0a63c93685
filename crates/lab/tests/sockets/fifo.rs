//! A pipe with a name.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Dir, Lab, Place, fill};

#[test]
fn it_ends_when_the_last_writer_is_gone_also_if_killed() {
    let dir = Dir::new();
    let path = dir.path("fifo");
    let reader = Lab::start(&["fifo", "read", &path]);
    assert!(reader.err_line().starts_with("reading"));
    let mut first = Lab::start(&["fifo", "write", &path]);
    first.type_line("one");
    assert_eq!(reader.line(), "one");
    let mut second = Lab::start(&["fifo", "write", &path]);
    second.type_line("two");
    assert_eq!(reader.line(), "two");
    first.ends_well();
    // One is left, and so the pipe is.
    second.type_line("three");
    assert_eq!(reader.line(), "three");
    second.kill();
    assert_eq!(reader.err_line(), "the last writer is gone");
    reader.ends_well();
    assert!(!fs::exists(&path).expect("known"), "who made it removes it");
}

#[test]
fn a_reader_that_writes_too_outlasts_all_writers() {
    let dir = Dir::new();
    let path = dir.path("fifo");
    let reader = Lab::start(&["fifo", "read", "--stay", &path]);
    reader.err_line();
    for line in ["one", "two", "three"] {
        // The shell is a writer like any other.
        let written = std::process::Command::new("sh").args(["-c", "echo $0 > $1", line, &path]).status();
        assert!(written.expect("a shell").success());
        assert_eq!(reader.line(), line);
    }
    reader.stops_on(Signal::TERM);
    assert!(!fs::exists(&path).expect("known"));
}

#[test]
fn a_writer_waits_for_a_reader_and_notices_when_it_goes() {
    let dir = Dir::new();
    let path = dir.path("fifo");
    let mut early = Lab::start(&["fifo", "write", &path]);
    assert!(early.err_line().contains("nobody reads"));
    let reader = Lab::start(&["fifo", "read", &path]);
    early.type_line("at last");
    assert_eq!(reader.line(), "at last");
    let waiting = Lab::start(&["fifo", "write", &dir.path("none")]);
    assert!(waiting.err_line().contains("nobody reads"));
    waiting.stops_on(Signal::TERM);

    reader.stops_on(Signal::INT);
    assert!(early.fails().contains("the last reader is gone"));
}

#[test]
fn a_megabyte_arrives_whole_and_lines_of_several_writers_do_not_mix() {
    let dir = Dir::new();
    let path = dir.path("fifo");
    let reader = Lab::start(&["fifo", "read", "--stay", &path]);
    reader.err_line();
    let writers: Vec<_> = ["a", "b"]
        .map(|letter| {
            let mut writer = Lab::start(&["fifo", "write", &path]);
            let line = letter.repeat(1000);
            thread::spawn(move || {
                (0..500).for_each(|_| writer.type_line(&line));
                writer.ends_well();
            })
        })
        .into();
    for _ in 0..1000 {
        let line = reader.line();
        assert!(line == "a".repeat(1000) || line == "b".repeat(1000), "{line}");
    }
    for writer in writers {
        writer.join().expect("it ended well");
    }
    reader.stops_on(Signal::TERM);
}

#[test]
fn a_signal_stops_it_also_while_nobody_takes_what_it_reads() {
    let dir = Dir::new();
    let path = dir.path("fifo");
    let mut command = Lab::command(&Place::loopback(), &["fifo", "read", "--stay", &path]);
    let mut reader = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut said = String::new();
    BufReader::new(reader.stderr.take().expect("a pipe")).read_line(&mut said).expect("a line");
    // Its output, which we don't read, fills, and then the fifo.
    let fifo = fs::OpenOptions::new().write(true).open(&path).expect("opened");
    fill(&fifo);

    let pid = Pid::from_raw(reader.id().cast_signed()).expect("a process");
    kill_process(pid, Signal::TERM).expect("it lives");
    assert!(reader.wait().expect("a child").success());
    assert!(!fs::exists(&path).expect("known"));
}

#[test]
fn what_is_no_fifo_is_left_alone_and_without_a_reader_there_is_enxio() {
    let dir = Dir::new();
    let path = dir.path("file");
    fs::write(&path, "dear").expect("written");
    assert!(Lab::start(&["fifo", "read", &path]).fails().contains("is no fifo"));
    assert!(Lab::start(&["fifo", "write", &path]).fails().contains("is no fifo"));
    assert_eq!(fs::read(&path).expect("still there"), b"dear");

    let path = dir.path("fifo");
    let _reader = Lab::start(&["fifo", "read", &path]);
    _reader.err_line();
    let fifo = dir.path("lonely");
    let mode = rustix::fs::Mode::RWXU;
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, mode, 0).expect("made");
    assert!(Lab::start(&["fifo", "write", "--no-wait", &fifo]).fails().contains("ENXIO"));
}
