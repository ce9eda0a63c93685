// @ts-check
/** Whether a text names somebody. */

/** Letters of scripts that put no space between words. */
const DENSE = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}/u;
const WORD = /[\p{L}\p{N}\p{M}_]/u;

/**
 * Whether `nick` stands in `text` as a word, whatever the case of its letters. In `mary-ann` and `anne`, nobody
 * named ann; in `ann你好` somebody did.
 * @param {string} text
 * @param {string} nick
 */
export function mentions(text, nick) {
  if (nick === '') return false;
  const words = text.toLowerCase();
  const name = nick.toLowerCase();
  for (let at = words.indexOf(name); at >= 0; at = words.indexOf(name, at + 1)) {
    if (isEdge(before(words, at), name) && isEdge(behind(words, at + name.length), name)) return true;
  }
  return false;
}

/**
 * Whether a word ends where these characters go on.
 * @param {[string, string]} next  the character beside the name, and the one beyond
 * @param {string} name
 */
function isEdge([next, beyond], name) {
  if (next === '') return true;
  if (DENSE.test(next) || DENSE.test(name)) return true;
  if (next === '-') return !WORD.test(beyond) || DENSE.test(beyond);
  return !WORD.test(next);
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {[string, string]}
 */
function before(text, at) {
  const found = Array.from(text.slice(Math.max(0, at - 4), at));
  return [found.at(-1) ?? '', found.at(-2) ?? ''];
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {[string, string]}
 */
function behind(text, at) {
  const [next = '', beyond = ''] = Array.from(text.slice(at, at + 4));
  return [next, beyond];
}
