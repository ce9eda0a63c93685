// @ts-check
/** Cutting what is said into pieces that fit, counting UTF-8 bytes. */

const encoder = new TextEncoder();

/** How many bytes a text has on the wire. @param {string} text */
export function byteLength(text) {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  // Each half of a pair was counted as two bytes; together they are four.
  return bytes;
}

/**
 * Cuts a line into pieces of at most `most` bytes: behind a space if there is one in the second half, else
 * between characters as people see them. Put together again, the pieces are the line.
 * @param {string} line
 * @param {number} most
 * @returns {string[]}
 */
export function pieces(line, most) {
  const found = [];
  let rest = line;
  while (byteLength(rest) > most) {
    const end = cut(rest, most);
    found.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  found.push(rest);
  return found;
}

/**
 * Where to cut, in UTF-16 units: at least one character, whatever `most` is.
 * @param {string} text
 * @param {number} most
 */
function cut(text, most) {
  const { read } = encoder.encodeInto(text, new Uint8Array(Math.max(most, 4)));
  const space = text.lastIndexOf(' ', read - 1);
  if (space >= read / 2) return space + 1;
  return whole(text, read);
}

/**
 * The last end of a character, as people see it, up to `end`. Marks and joined pictures are of several. Only the
 * last stretch is looked at; where it begins within a character, that one is not taken for two.
 * @param {string} text
 * @param {number} end
 */
function whole(text, end) {
  const start = Math.max(0, end - STRETCH);
  let best = 0;
  for (const { index } of graphemes.segment(text.slice(start, end + STRETCH))) {
    if (index > end - start) break;
    best = index;
  }
  return best > 0 ? start + best : end;
}

const STRETCH = 64;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** @typedef {{ lines: { text: string, joined: boolean }[] }} Parcel  what one message carries */

/**
 * Packs what was typed into messages of several lines, each within the server's limits.
 * @param {string} text
 * @param {number} most  bytes of one line
 * @param {{ bytes: number, lines: number }} limits  of one message
 * @returns {Parcel[]}
 */
export function parcels(text, most, limits) {
  /** @type {Parcel[]} */
  const found = [];
  /** @type {Parcel} */
  let parcel = { lines: [] };
  let bytes = 0;
  const close = () => {
    if (parcel.lines.some((line) => line.text !== '')) found.push(parcel);
    parcel = { lines: [] };
    bytes = 0;
  };
  for (const line of text.split('\n')) {
    pieces(line, Math.min(most, limits.bytes)).forEach((piece, at) => {
      const size = byteLength(piece) + (at > 0 || parcel.lines.length === 0 ? 0 : 1);
      if (parcel.lines.length >= limits.lines || bytes + size > limits.bytes) close();
      // What goes on in another message can't be joined to what stands in the one before.
      const joined = at > 0 && parcel.lines.length > 0;
      bytes += byteLength(piece) + (joined || parcel.lines.length === 0 ? 0 : 1);
      parcel.lines.push({ text: piece, joined });
    });
  }
  close();
  return found;
}
