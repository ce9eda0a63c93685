// @ts-check
/**
 * One line, as on the wire without its CR LF (IRCv3 message-tags, RFC 1459):
 *
 *     ['@' tags SP] [':' source SP] command *(SP param) [SP ':' trailing]
 *
 * `parse` takes whatever comes; `format` writes only what can be read back.
 */

/** @typedef {{ nick: string, user: string, host: string }} Source  `nick` alone if it is a server */

/** @typedef {{ tags: Map<string, string>, source: Source | null, command: string, params: string[] }} Message */

/** @typedef {Record<string, string | undefined>} Tags  to be sent; an empty value stands without `=` */

/**
 * Reads a line; null if there is no command in it.
 * @param {string} line
 * @returns {Message | null}
 */
export function parse(line) {
  let at = 0;
  /** @type {Map<string, string>} */
  let tags = NO_TAGS;
  /** @type {Source | null} */
  let source = null;
  const word = () => {
    const end = line.indexOf(' ', at);
    const found = end < 0 ? line.slice(at) : line.slice(at, end);
    at = end < 0 ? line.length : end;
    while (line[at] === ' ') at++;
    return found;
  };
  if (line[0] === '@') tags = parseTags(word().slice(1));
  if (line[at] === ':') source = parseSource(word().slice(1));
  const command = word().toUpperCase();
  if (command === '') return null;
  const params = [];
  while (at < line.length) {
    if (line[at] === ':') {
      params.push(line.slice(at + 1));
      break;
    }
    params.push(word());
  }
  return { tags, source, command, params };
}

/**
 * Writes a line. Bytes that would end it, or end a word too early, are left out: no text can become a command.
 * @param {string} command
 * @param {string[]} params
 * @param {Tags} [tags]
 * @returns {string}
 */
export function format(command, params, tags) {
  let line = tags ? formatTags(tags) : '';
  line += command;
  params.forEach((param, index) => {
    const clean = param.replace(/[\0\r\n]/g, '');
    const last = index === params.length - 1;
    if (last && (clean === '' || clean.startsWith(':') || clean.includes(' '))) line += ` :${clean}`;
    else line += ` ${last ? clean : clean.replace(/ /g, '').replace(/^:+/, '') || '*'}`;
  });
  return line;
}

/**
 * @param {string} written  without the `@`
 * @returns {Map<string, string>}
 */
export function parseTags(written) {
  const tags = new Map();
  for (const tag of written.split(';')) {
    const equals = tag.indexOf('=');
    const key = equals < 0 ? tag : tag.slice(0, equals);
    if (key !== '') tags.set(key, equals < 0 ? '' : unescape(tag.slice(equals + 1)));
  }
  return tags;
}

/**
 * @param {Tags} tags
 * @returns {string}  with the `@` and the space behind; empty if there are none
 */
function formatTags(tags) {
  const written = Object.entries(tags)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => (value ? `${key}=${escape(value)}` : key));
  return written.length ? `@${written.join(';')} ` : '';
}

/** @type {Record<string, string>} */
const ESCAPES = { ';': '\\:', ' ': '\\s', '\\': '\\\\', '\r': '\\r', '\n': '\\n' };

/** @type {Record<string, string>} */
const ESCAPED = { ':': ';', s: ' ', '\\': '\\', r: '\r', n: '\n' };

/**
 * The value of a tag, as it is written.
 * @param {string} value
 */
export function escape(value) {
  return value.replace(/[; \\\r\n]/g, (c) => ESCAPES[c] ?? c).replace(/\0/g, '');
}

/** @param {string} written */
function unescape(written) {
  if (!written.includes('\\')) return written;
  // A backslash before anything else, or at the end, counts for nothing.
  return written.replace(/\\([\s\S]?)/g, (_, c) => ESCAPED[c] ?? c);
}

/**
 * @param {string} written
 * @returns {Source}
 */
export function parseSource(written) {
  const at = written.indexOf('@');
  const bang = written.indexOf('!');
  const named = at < 0 ? written : written.slice(0, at);
  const host = at < 0 ? '' : written.slice(at + 1);
  if (bang < 0 || bang > named.length) return { nick: named, user: '', host };
  return { nick: named.slice(0, bang), user: named.slice(bang + 1), host };
}

/** Shared by all messages without tags, and never changed. @type {Map<string, string>} */
const NO_TAGS = new Map();
