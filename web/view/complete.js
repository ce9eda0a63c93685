// @ts-check
/**
 * What the words before the caret could become: a command, a nick, a room. Knows no DOM.
 *
 * @typedef {{ insert: string, label: string, command?: import('../chat/types.js').Command }} Option
 * @typedef {{ kind: 'command' | 'nick' | 'room', start: number, end: number, options: Option[] }} Completion
 */

const MOST = 8;

/**
 * @param {string} text
 * @param {number} caret
 * @param {{ commands: import('../chat/types.js').Command[], nicks: Iterable<string>, rooms: Iterable<string> }} known
 *   nicks: who is most likely meant first
 * @param {boolean} [asked]  with Tab: then a nick needs no `@`
 * @returns {Completion | null}
 */
export function complete(text, caret, known, asked = false) {
  const before = text.slice(0, caret);
  const start = before.search(/\S*$/);
  const word = before.slice(start);
  if (start === 0 && word.startsWith('/') && !word.startsWith('//')) return commands(word, caret, known.commands);
  const wants = text.startsWith('/') && !text.startsWith('//') ? argument(before, known.commands) : undefined;
  if (word.startsWith('#') || (wants === 'room' && asked)) return rooms(word, start, caret, known.rooms);
  if (word.startsWith('@') || (asked && word)) {
    const end = wants ? ' ' : before.slice(0, start).trim() === '' ? ': ' : ' ';
    return nicks(word.replace(/^@/, ''), start, caret, known.nicks, end);
  }
  return null;
}

/**
 * The text and the caret once an option is taken.
 * @param {string} text
 * @param {Completion} completion
 * @param {Option} option
 */
export function taken(text, completion, option) {
  const rest = text.slice(completion.end);
  // A space that is there already is not made twice; the caret goes behind it.
  const insert = rest.startsWith(' ') ? option.insert.trimEnd() : option.insert;
  return { text: text.slice(0, completion.start) + insert + rest, caret: completion.start + option.insert.length };
}

/**
 * @param {string} word
 * @param {number} end
 * @param {import('../chat/types.js').Command[]} all
 * @returns {Completion | null}
 */
function commands(word, end, all) {
  const typed = word.slice(1).toLowerCase();
  const options = all
    .filter(command => command.name.startsWith(typed))
    .map(command => ({ insert: `/${command.name} `, label: `/${command.name}`, command }));
  return options.length ? { kind: 'command', start: 0, end, options } : null;
}

/** What the argument at the caret is, if its command says so. */
function argument(/** @type {string} */ before, /** @type {import('../chat/types.js').Command[]} */ all) {
  const [, name, rest] = /^\/(\S+)\s+(\S*)$/.exec(before) ?? [];
  return rest === undefined ? undefined : all.find(command => command.name === name?.toLowerCase())?.complete;
}

/**
 * @param {string} typed
 * @param {number} start
 * @param {number} end
 * @param {Iterable<string>} all
 * @param {string} behind
 * @returns {Completion | null}
 */
function nicks(typed, start, end, all, behind) {
  const options = matching(typed, all).map(nick => ({ insert: nick + behind, label: nick }));
  return options.length ? { kind: 'nick', start, end, options } : null;
}

/**
 * @param {string} typed
 * @param {number} start
 * @param {number} end
 * @param {Iterable<string>} all
 * @returns {Completion | null}
 */
function rooms(typed, start, end, all) {
  const options = matching(typed, all).map(room => ({ insert: `${room} `, label: room }));
  return options.length ? { kind: 'room', start, end, options } : null;
}

/** @param {string} typed @param {Iterable<string>} all */
function matching(typed, all) {
  const wanted = typed.toLowerCase();
  const found = [];
  for (const name of all) {
    if (!name.toLowerCase().startsWith(wanted)) continue;
    if (found.push(name) === MOST) break;
  }
  return found;
}
