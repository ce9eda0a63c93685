//! A length of time as people write it: `"90s"`, `"2m"`, `"1h30m"`.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

/// A length of time, written in a configuration file as numbers with units.
///
/// The units are `d`, `h`, `m`, `s` and `ms`, the larger ones first, each at most once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(std::time::Duration);

/// The units, largest first: name and milliseconds.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl Duration {
    /// That many seconds.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        Self(std::time::Duration::from_secs(seconds))
    }

    /// The standard library's form of it.
    #[must_use]
    pub const fn get(self) -> std::time::Duration {
        self.0
    }

    /// Whole seconds, rounded down.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0.as_secs()
    }
}

impl From<Duration> for std::time::Duration {
    fn from(duration: Duration) -> Self {
        duration.0
    }
}

impl FromStr for Duration {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || refusal(text);
        let (mut rest, mut units, mut total) = (text, UNITS.as_slice(), 0u64);
        if rest.is_empty() {
            return Err(refused());
        }
        while !rest.is_empty() {
            let (number, after) = split_at_first(rest, |c| !c.is_ascii_digit());
            let (unit, after) = split_at_first(after, |c| c.is_ascii_digit());
            let place = units.iter().position(|(name, _)| *name == unit).ok_or_else(refused)?;
            let number: u64 = number.parse().map_err(|_| refused())?;
            let millis = number.checked_mul(units[place].1).ok_or_else(refused)?;
            total = total.checked_add(millis).ok_or_else(refused)?;
            (rest, units) = (after, &units[place + 1..]);
        }
        Ok(Self(std::time::Duration::from_millis(total)))
    }
}

fn split_at_first(text: &str, stop: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(stop).unwrap_or(text.len()))
}

/// Why a text is no duration. Uses the number in it, if there is only that, for the examples.
fn refusal(text: &str) -> String {
    match text.parse::<u64>() {
        Ok(number) if number <= 9_999 => {
            format!("\"{text}\" is not a duration; write \"{number}s\" or \"{}m\"", (number / 60).max(2))
        }
        _ => format!("\"{}\" is not a duration; write \"90s\", \"2m\" or \"1h30m\"", text.escape_debug()),
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        if rest == 0 {
            return f.write_str("0s");
        }
        for (name, millis) in UNITS {
            if rest >= millis {
                write!(f, "{}{name}", rest / millis)?;
                rest %= millis;
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => text.parse().map_err(D::Error::custom),
            toml::Value::Integer(number) => Err(D::Error::custom(format!(
                "{number} is not a duration; write it as text with a unit, \"{number}s\" or \"2m\""
            ))),
            _ => Err(D::Error::custom("expected a duration such as \"90s\" or \"1h30m\"")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_units_are_durations() {
        let cases = [
            ("90s", 90_000, "1m30s"),
            ("2m", 120_000, "2m"),
            ("1h30m", 5_400_000, "1h30m"),
            ("30d", 2_592_000_000, "30d"),
            ("250ms", 250, "250ms"),
            ("1s500ms", 1_500, "1s500ms"),
            ("0s", 0, "0s"),
            ("1d2h3m4s5ms", 93_784_005, "1d2h3m4s5ms"),
        ];
        for (text, millis, shown) in cases {
            let duration: Duration = text.parse().expect(text);
            assert_eq!(duration.get().as_millis(), millis, "{text}");
            assert_eq!(duration.to_string(), shown);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let wrong =
            ["", "90", "s", "1.5h", "-3s", "2m1h", "1s1s", "3 s", "3S", "99999999999999999999s", "é", "9w"];
        for text in wrong {
            assert!(text.parse::<Duration>().is_err(), "{text}");
        }
        let overflow = format!("{}d", u64::MAX / 2);
        assert!(overflow.parse::<Duration>().is_err());
    }

    #[test]
    fn the_refusal_shows_how_to_write_it() {
        let error = "90".parse::<Duration>().expect_err("no unit");
        assert_eq!(error, "\"90\" is not a duration; write \"90s\" or \"2m\"");
    }
}
