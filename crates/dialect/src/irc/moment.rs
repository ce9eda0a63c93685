//! Points in time, as clients write them: `YYYY-MM-DDThh:mm:ss.sssZ` (IRCv3 server-time).

use hub::Timestamp;

/// What the digits of a time look like, without its fraction of a second.
const SHAPE: &[u8] = b"0000-00-00T00:00:00";
/// Most digits of the fraction.
const MAX_FRACTION: usize = 9;

/// Reads a time; the fraction may have fewer or more digits than three, or be left out.
pub fn moment(written: &[u8]) -> Option<Timestamp> {
    let rest = written.strip_suffix(b"Z")?;
    let (whole, fraction) = rest.split_at_checked(SHAPE.len())?;
    let fits = |(byte, shape): (&u8, &u8)| if *shape == b'0' { byte.is_ascii_digit() } else { byte == shape };
    let digits = match fraction.split_first() {
        None => true,
        Some((b'.', digits)) => {
            (1..=MAX_FRACTION).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
        }
        Some(_) => false,
    };
    if !digits || !whole.iter().zip(SHAPE).all(fits) {
        return None;
    }
    let time: jiff::Timestamp = std::str::from_utf8(written).ok()?.parse().ok()?;
    Some(Timestamp(time.as_millisecond()))
}

/// The same, behind `timestamp=`.
pub fn timestamp(written: &[u8]) -> Option<Timestamp> {
    moment(written.strip_prefix(b"timestamp=")?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::irc::render::time;

    #[test]
    fn a_time_is_read_back_from_its_text() {
        for at in [0, 1, 999, 1_700_000_000_123, 250_000_000_000_000].map(Timestamp) {
            assert_eq!(moment(time(at).to_string().as_bytes()), Some(at));
        }
        assert_eq!(moment(b"1970-01-01T00:00:01Z"), Some(Timestamp(1000)));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for bad in [
            "",
            "Z",
            "*",
            "1970-01-01",
            "1970-01-01T00:00:01",
            "1970-01-01T00:00:01+00:00",
            "1970-01-01T00:00:01.Z",
            "1970-01-01 00:00:01.000Z",
            "1970-13-01T00:00:01.000Z",
            "1970-02-30T00:00:01.000Z",
            "+970-01-01T00:00:01.000Z",
            "1970-01-01T00:00:01.0000000000Z",
            "1700000000",
        ] {
            assert_eq!(moment(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(timestamp(b"1970-01-01T00:00:01.000Z"), None);
        assert_eq!(timestamp(b"timestamp=1970-01-01T00:00:01.000Z"), Some(Timestamp(1000)));
    }
}
