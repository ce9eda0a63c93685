//! What `irc` makes of histories, markers, metadata and messages of several lines (`conformance` sections 23
//! to 28): lines in, questions out; answers in, lines out.

mod history;
mod marks;
mod metadata;
mod multiline;
mod peer;
