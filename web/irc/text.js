// @ts-check
/** What stands in a message, between the wire and the eye: codes for colours, CTCP, control characters. */

/**
 * Whatever is no text: codes for styles and colours, as mIRC began to send them, with the digits that belong to a
 * colour; and control characters, but for line feeds and tabs.
 */
export const CONTROL = /\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9a-fA-F]{6}(?:,[0-9a-fA-F]{6})?)?|[\0-\x08\x0b-\x1f\x7f-\x9f]/g;
/** Bold, italic, underlined, struck through, monospace; and no style any more. */
const STYLES = '\x02\x1d\x1f\x1e\x11\x0f';

/**
 * A text of which nothing but the styles has to be understood. Colours are left out: nobody chose them for this
 * page's background.
 * @param {string} text
 */
export function clean(text) {
  return text.replace(CONTROL, (code) => (STYLES.includes(code) ? code : ''));
}

/**
 * The words alone.
 * @param {string} text
 */
export function plain(text) {
  return text.replace(CONTROL, '');
}

/**
 * The words for one line, such as a topic.
 * @param {string} text
 */
export function cleanLine(text) {
  return plain(text).replace(/[\n\t]+/g, ' ');
}

/**
 * A CTCP message, taken apart; null if it is none.
 * @param {string} text
 * @returns {{ command: string, text: string } | null}
 */
export function ctcp(text) {
  if (text.charCodeAt(0) !== 1) return null;
  const inside = text.slice(1, text.endsWith('\x01') && text.length > 1 ? -1 : undefined);
  const space = inside.indexOf(' ');
  if (space < 0) return { command: inside.toUpperCase(), text: '' };
  return { command: inside.slice(0, space).toUpperCase(), text: inside.slice(space + 1) };
}
