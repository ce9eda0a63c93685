// @ts-check
/** What stands in a message, between the wire and the eye: codes for colours, CTCP, control characters. */

/** Bold, colour, reverse and so on, as mIRC began to send them; with the digits that belong to a colour. */
const CODES = /\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9a-fA-F]{6}(?:,[0-9a-fA-F]{6})?)?|[\x02\x0f\x11\x16\x1d-\x1f]/g;
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;

/**
 * A text without codes and control characters, but for line feeds and tabs.
 * @param {string} text
 */
export function clean(text) {
  return text.replace(CODES, '').replace(CONTROLS, '');
}

/**
 * A text for one line, such as a topic.
 * @param {string} text
 */
export function cleanLine(text) {
  return clean(text).replace(/[\n\t]+/g, ' ');
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
