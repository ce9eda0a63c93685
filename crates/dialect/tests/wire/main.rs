//! The compatible dialects byte for byte, both roles; and the encodings of their text.

mod any_bytes;
mod charset;
mod group;
mod packet;
mod plain;
mod tagged;
