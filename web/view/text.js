// @ts-check
/**
 * What people write, cut into pieces that can be shown: plain text, links, names of rooms, and the few text styles
 * that IRC programs send as control characters. A piece is a fact, never markup. Knows no DOM.
 */

import { CONTROL, plain } from '../irc/text.js';

export { plain };

/**
 * @typedef {{ bold: boolean, italic: boolean, underline: boolean, strike: boolean, mono: boolean }} Style
 * @typedef {{ kind: 'text' | 'link' | 'room', text: string, href?: string, style: Style | null }} Piece
 */

// A link ends at white space, at what must not stand in an address, and at the punctuation of Chinese and Japanese,
// which is written without a space behind it. One class and a plus: linear, whatever comes.
const LINK = /\bhttps?:\/\/[^\s<>"`{}|\\^\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202e\u2066-\u2069\u3000-\u3003\u3008-\u3011\u3014-\u301b\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]+/giu;
// A room is named at the beginning or behind white space or a bracket. `#12` is more often the twelfth of something.
const ROOM = /(?<=^|[\s([{（「《])#(?!\d+(?:[\s.,:;!?)\]]|$))[^\s,\u0000-\u0020\u00a0<>"'`#]+/gu;
const TRAILING = /[.,:;!?'*_~…。，、！？；：’”]/u;

/**
 * @param {string} raw
 * @returns {Piece[]}
 */
export function pieces(raw) {
  const { text, styles } = unstyled(raw);
  /** @type {Piece[]} */
  const found = [];
  let at = 0;
  for (const mark of marks(text)) {
    if (mark.from > at) styled(found, 'text', text, at, mark.from, styles);
    styled(found, mark.kind, text, mark.from, mark.to, styles, mark.href);
    at = mark.to;
  }
  if (at < text.length) styled(found, 'text', text, at, text.length, styles);
  return found;
}

/**
 * The beginning of a text, on one line.
 * @param {string} raw
 * @param {number} [length]
 */
export function excerpt(raw, length = 120) {
  const line = plain(raw.slice(0, length * 4)).replace(/\s+/g, ' ').trim();
  const letters = [...line];
  return letters.length > length ? `${letters.slice(0, length - 1).join('')}…` : line;
}

/**
 * Links and rooms, in order, none inside another.
 * @param {string} text
 */
function marks(text) {
  /** @type {{ kind: 'link' | 'room', from: number, to: number, href?: string }[]} */
  const all = [];
  for (const match of text.matchAll(LINK)) {
    const written = trimmed(match[0]);
    const href = address(written);
    if (href) all.push({ kind: 'link', from: match.index, to: match.index + written.length, href });
  }
  const links = all.length;
  let link = 0;
  for (const match of text.matchAll(ROOM)) {
    const written = trimmed(match[0]);
    while (link < links && /** @type {{to: number}} */ (all[link]).to <= match.index) link += 1;
    const next = link < links ? all[link] : undefined;
    if (written.length < 2 || (next && next.from < match.index + written.length)) continue;
    all.push({ kind: 'room', from: match.index, to: match.index + written.length });
  }
  return all.sort((a, b) => a.from - b.from);
}

/** A link as it can be followed, or nothing. A name before the host (`https://bank@evil`) only misleads. */
function address(/** @type {string} */ written) {
  try {
    const url = new URL(written);
    const web = url.protocol === 'http:' || url.protocol === 'https:';
    return web && url.hostname && !url.username && !url.password ? url.href : null;
  } catch {
    return null;
  }
}

/** Without the punctuation of the sentence around it; a bracket belongs to it only if it was opened in it. */
function trimmed(/** @type {string} */ written) {
  let open = 0;
  let square = 0;
  for (const letter of written) {
    if (letter === '(') open += 1;
    else if (letter === ')') open -= 1;
    else if (letter === '[') square += 1;
    else if (letter === ']') square -= 1;
  }
  let end = written.length;
  for (; end > 0; end -= 1) {
    const last = /** @type {string} */ (written[end - 1]);
    if (last === ')' && open < 0) open += 1;
    else if (last === ']' && square < 0) square += 1;
    else if (!TRAILING.test(last)) break;
  }
  return written.slice(0, end);
}

/** @typedef {{ at: number, style: Style | null }} Change */

const SWITCHES = /** @type {const} */ ({
  '\x02': 'bold', '\x1d': 'italic', '\x1f': 'underline', '\x1e': 'strike', '\x11': 'mono',
});

/**
 * Takes the control characters out and tells where the style changes.
 * @param {string} raw
 * @returns {{ text: string, styles: Change[] }}
 */
function unstyled(raw) {
  /** @type {Change[]} */
  const styles = [];
  if (raw.search(CONTROL) < 0) return { text: raw, styles };
  let now = plainStyle();
  let text = '';
  let at = 0;
  for (const match of raw.matchAll(CONTROL)) {
    text += raw.slice(at, match.index);
    at = match.index + match[0].length;
    const name = SWITCHES[/** @type {keyof typeof SWITCHES} */ (match[0])];
    if (name) now = { ...now, [name]: !now[name] };
    else if (match[0] === '\x0f') now = plainStyle();
    else continue;
    styles.push({ at: text.length, style: isPlain(now) ? null : now });
  }
  return { text: text + raw.slice(at), styles };
}

const plainStyle = () => ({ bold: false, italic: false, underline: false, strike: false, mono: false });

/** @param {Style} style */
const isPlain = style => !(style.bold || style.italic || style.underline || style.strike || style.mono);

/**
 * Adds a stretch of the text, cut where the style changes.
 * @param {Piece[]} found
 * @param {Piece['kind']} kind
 * @param {string} text
 * @param {number} from
 * @param {number} to
 * @param {Change[]} styles
 * @param {string} [href]
 */
function styled(found, kind, text, from, to, styles, href) {
  /** @type {Style | null} */
  let style = null;
  let start = from;
  for (const change of styles) {
    if (change.at >= to) break;
    if (change.at > start) {
      found.push(piece(kind, text.slice(start, change.at), style, href));
      start = change.at;
    }
    style = change.style;
  }
  found.push(piece(kind, text.slice(start, to), style, href));
}

/**
 * @param {Piece['kind']} kind
 * @param {string} text
 * @param {Style | null} style
 * @param {string} [href]
 * @returns {Piece}
 */
const piece = (kind, text, style, href) => (href ? { kind, text, style, href } : { kind, text, style });
