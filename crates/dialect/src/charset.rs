//! The encodings of text: which one a peer speaks, and text from and to it.
//!
//! Old Chinese Windows consoles send GBK, in which the second byte of a character may be an ASCII
//! letter (40-7E), and a message may end within a character. So bytes can't be looked at one by one,
//! and what is incomplete at the end of one read waits for the next: see [`Reader`].

use std::borrow::Cow;

use encoding_rs::{self as rs, Decoder, DecoderResult, Encoder, EncoderResult, Encoding};

/// What there is. The place in this table is [`Charset::index`]: only ever add to its end.
///
/// Every one of them writes ASCII as ASCII, and a character without regard to those around it. That
/// leaves out UTF-16 and ISO-2022-JP.
static CHARSETS: [&Encoding; 35] = [
    rs::UTF_8,
    rs::GB18030,
    rs::GBK,
    rs::BIG5,
    rs::SHIFT_JIS,
    rs::EUC_JP,
    rs::EUC_KR,
    rs::WINDOWS_874,
    rs::WINDOWS_1250,
    rs::WINDOWS_1251,
    rs::WINDOWS_1252,
    rs::WINDOWS_1253,
    rs::WINDOWS_1254,
    rs::WINDOWS_1255,
    rs::WINDOWS_1256,
    rs::WINDOWS_1257,
    rs::WINDOWS_1258,
    rs::ISO_8859_2,
    rs::ISO_8859_3,
    rs::ISO_8859_4,
    rs::ISO_8859_5,
    rs::ISO_8859_6,
    rs::ISO_8859_7,
    rs::ISO_8859_8,
    rs::ISO_8859_8_I,
    rs::ISO_8859_10,
    rs::ISO_8859_13,
    rs::ISO_8859_14,
    rs::ISO_8859_15,
    rs::ISO_8859_16,
    rs::KOI8_R,
    rs::KOI8_U,
    rs::IBM866,
    rs::MACINTOSH,
    rs::X_MAC_CYRILLIC,
];

/// How many bytes of an incomplete character there can be.
const MOST_HELD: usize = 3;

/// An encoding of text. The default is UTF-8.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Charset(u8);

impl Charset {
    /// The encoding that needs no configuration.
    pub const UTF_8: Self = Self(0);
    /// All of Unicode in the way of old Chinese systems; what is GBK reads the same in it.
    pub const GB18030: Self = Self(1);

    /// The encoding with this name, of which most have several: `gbk`, `cp936`, `GB2312` …
    pub fn named(label: &str) -> Option<Self> {
        let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
        let at = CHARSETS.iter().position(|&known| known == encoding)?;
        u8::try_from(at).ok().map(Self)
    }

    /// Its usual name.
    pub fn name(self) -> &'static str {
        self.encoding().name()
    }

    /// A number for it, which stays the same.
    pub fn index(self) -> u8 {
        self.0
    }

    /// The encoding with this number.
    pub fn from_index(index: u8) -> Option<Self> {
        (usize::from(index) < CHARSETS.len()).then_some(Self(index))
    }

    /// Reads text. What is malformed, or incomplete at the end, becomes U+FFFD.
    pub fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        self.encoding().decode_without_bom_handling(bytes).0
    }

    /// Writes text. What this encoding has no bytes for becomes `?`.
    pub fn encode(self, text: &str) -> Cow<'_, [u8]> {
        if self == Self::UTF_8 || text.is_ascii() {
            return Cow::Borrowed(text.as_bytes());
        }
        let mut bytes = Vec::with_capacity(text.len() * 2);
        let mut encoder = self.encoding().new_encoder();
        let mut left = text;
        while !left.is_empty() {
            bytes.reserve(left.len() + 16);
            let (result, read) = encoder.encode_from_utf8_to_vec_without_replacement(left, &mut bytes, true);
            left = &left[read..];
            match result {
                EncoderResult::InputEmpty => break,
                EncoderResult::OutputFull => bytes.reserve(left.len() * 4 + 16),
                EncoderResult::Unmappable(_) => bytes.push(b'?'),
            }
        }
        Cow::Owned(bytes)
    }

    /// Measures characters in this encoding.
    pub fn ruler(self) -> Ruler {
        Ruler((self != Self::UTF_8).then(|| self.encoding().new_encoder()))
    }

    fn encoding(self) -> &'static Encoding {
        CHARSETS[usize::from(self.0)]
    }
}

impl std::fmt::Debug for Charset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Tells how many bytes characters take up in an encoding.
pub struct Ruler(Option<Encoder>);

impl Ruler {
    /// How many bytes [`Charset::encode`] makes of this character.
    pub fn width(&mut self, char: char) -> usize {
        let Some(encoder) = &mut self.0 else { return char.len_utf8() };
        if char.is_ascii() {
            return 1;
        }
        let (mut utf8, mut bytes) = ([0; 4], [0; 16]);
        let text = char.encode_utf8(&mut utf8);
        match encoder.encode_from_utf8_without_replacement(text, &mut bytes, false) {
            (EncoderResult::InputEmpty, _, written) => written,
            _ => 1,
        }
    }
}

/// How a peer's encoding is found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// It is UTF-8 until the peer sends what can't be; from then on it is the fallback.
    Auto {
        /// What it is if not UTF-8.
        fallback: Charset,
    },
    /// It is this.
    Fixed(Charset),
}

/// Auto, with what reads all of GBK.
impl Default for Setting {
    fn default() -> Self {
        Self::Auto { fallback: Charset::GB18030 }
    }
}

/// Reads what one peer sends, read by read. An incomplete character at the end of a read is held
/// back for the next one.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    setting: Setting,
    /// Whether the peer has sent what can't be UTF-8.
    fell_back: bool,
    held: [u8; MOST_HELD],
    held_len: u8,
}

impl Reader {
    /// For a peer that has sent nothing yet.
    pub fn new(setting: Setting) -> Self {
        Self { setting, ..Self::default() }
    }

    /// What the peer is to be answered in.
    pub fn charset(&self) -> Charset {
        match self.setting {
            Setting::Fixed(charset) => charset,
            Setting::Auto { fallback } if self.fell_back => fallback,
            Setting::Auto { .. } => Charset::UTF_8,
        }
    }

    /// The text of one read, together with what was held back from the last one. What can't be text
    /// becomes U+FFFD.
    pub fn read(&mut self, bytes: &[u8]) -> String {
        let bytes = match self.take_held() {
            [] => Cow::Borrowed(bytes),
            held => Cow::Owned([held, bytes].concat()),
        };
        if self.charset() == Charset::UTF_8 {
            match utf8(&bytes) {
                Ok((text, rest)) => return self.hold(text.to_owned(), rest),
                Err(_) if self.can_fall_back() => self.fell_back = true,
                Err(_) => {}
            }
        }
        let mut text = String::new();
        let incomplete = decode_whole(self.charset(), &bytes, &mut text);
        self.hold(text, &bytes[bytes.len() - incomplete..])
    }

    /// Whether something is held back.
    pub fn pending(&self) -> bool {
        self.held_len > 0
    }

    /// Gives up waiting for the rest of a character: U+FFFD if something is held back, else nothing.
    pub fn flush(&mut self) -> String {
        match self.take_held() {
            [] => String::new(),
            _ => char::REPLACEMENT_CHARACTER.to_string(),
        }
    }

    fn can_fall_back(&self) -> bool {
        matches!(self.setting, Setting::Auto { .. }) && !self.fell_back
    }

    fn hold(&mut self, text: String, rest: &[u8]) -> String {
        self.held[..rest.len()].copy_from_slice(rest);
        self.held_len = u8::try_from(rest.len()).expect("a character has few bytes");
        text
    }

    fn take_held(&mut self) -> &[u8] {
        let held = usize::from(std::mem::take(&mut self.held_len));
        &self.held[..held]
    }
}

/// The text of bytes that are UTF-8, and the incomplete character at their end.
fn utf8(bytes: &[u8]) -> Result<(&str, &[u8]), std::str::Utf8Error> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok((text, &[])),
        Err(error) => error,
    };
    let (valid, rest) = bytes.split_at(error.valid_up_to());
    match error.error_len() {
        None => Ok((std::str::from_utf8(valid)?, rest)),
        Some(_) => Err(error),
    }
}

/// Appends all characters that are complete, and tells how many bytes at the end are not.
fn decode_whole(charset: Charset, bytes: &[u8], text: &mut String) -> usize {
    let mut decoder = charset.encoding().new_decoder_without_bom_handling();
    text.reserve(bytes.len() * 3 + 16);
    let mut left = bytes;
    loop {
        let (result, read, _) = decoder.decode_to_string(left, text, false);
        left = &left[read..];
        match result {
            rs::CoderResult::InputEmpty => return unfinished(&mut decoder),
            rs::CoderResult::OutputFull => text.reserve(left.len() * 3 + 16),
        }
    }
}

/// How many bytes a decoder has taken of a character that has not come to its end.
fn unfinished(decoder: &mut Decoder) -> usize {
    match decoder.decode_to_utf8_without_replacement(&[], &mut [0; 16], true) {
        (DecoderResult::Malformed(length, _), ..) => usize::from(length),
        _ => 0,
    }
}
