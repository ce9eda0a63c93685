// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, parse } from '../irc/message.js';
import { chance } from './world.js';

/** @type {[string, { tags?: Record<string, string>, source?: string, command: string, params: string[] }][]} */
const VECTORS = [
  ['PING', { command: 'PING', params: [] }],
  ['ping :a b', { command: 'PING', params: ['a b'] }],
  ['PRIVMSG #a :', { command: 'PRIVMSG', params: ['#a', ''] }],
  ['PRIVMSG  #a  x', { command: 'PRIVMSG', params: ['#a', 'x'] }],
  ['PRIVMSG #a ::)', { command: 'PRIVMSG', params: ['#a', ':)'] }],
  ['PRIVMSG #a a:b', { command: 'PRIVMSG', params: ['#a', 'a:b'] }],
  [':s 353 me = #a :@x y ', { source: 's', command: '353', params: ['me', '=', '#a', '@x y '] }],
  [':n!u@h QUIT :bye :now', { source: 'n', command: 'QUIT', params: ['bye :now'] }],
  ['@a=1;b;c=;+d/e=\\:\\s\\\\\\r\\n :s X y', { tags: { a: '1', b: '', c: '', '+d/e': '; \\\r\n' }, source: 's', command: 'X', params: ['y'] }],
  ['@a=1;a=2 X', { tags: { a: '2' }, command: 'X', params: [] }],
  ['@a=x\\y\\ X', { tags: { a: 'xy' }, command: 'X', params: [] }],
  ['@a=1   :s   X', { tags: { a: '1' }, source: 's', command: 'X', params: [] }],
  ['@__proto__=1;constructor=2 X', { tags: { ['__proto__']: '1', constructor: '2' }, command: 'X', params: [] }],
];

test('a line means what it says', () => {
  for (const [line, { tags = {}, source, command, params }] of VECTORS) {
    const message = parse(line);
    assert.equal(message?.command, command, line);
    assert.deepEqual(message?.params, params, line);
    assert.equal(message?.source?.nick, source, line);
    assert.deepEqual([...(message?.tags ?? [])], Object.entries(tags), line);
  }
});

test('what is no line is nothing', () => {
  for (const line of ['', ' ', ':s', '@a', '@a ', '@a :s', '@a :s ']) assert.equal(parse(line), null, JSON.stringify(line));
});

test('a source has three parts, or one', () => {
  assert.deepEqual(parse(':n!u@h X')?.source, { nick: 'n', user: 'u', host: 'h' });
  assert.deepEqual(parse(':n@h X')?.source, { nick: 'n', user: '', host: 'h' });
  assert.deepEqual(parse(':irc.example X')?.source, { nick: 'irc.example', user: '', host: '' });
});

test('what is written can be read back', () => {
  const random = chance(7);
  const alphabet = ['a', 'Z', ' ', ':', ';', '=', '\\', '@', '#', 'é', '漢', '👍', '!', ',', '\r', '\n', '\0'];
  const word = (/** @type {number} */ most) =>
    Array.from({ length: Math.floor(random() * most) }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
  for (let round = 0; round < 3000; round++) {
    const tags = { '+x': word(8), label: word(5) };
    const params = ['#room', word(12)];
    const message = parse(format('PRIVMSG', params, tags));
    assert.equal(message?.command, 'PRIVMSG');
    assert.deepEqual(message?.params, ['#room', params[1]?.replace(/[\r\n\0]/g, '')]);
    for (const [key, value] of Object.entries(tags)) assert.equal(message?.tags.get(key), value.replace(/\0/g, ''));
  }
});

test('no text becomes a second line, and no word several', () => {
  assert.equal(format('PRIVMSG', ['#a', 'x\r\nQUIT']), 'PRIVMSG #a xQUIT');
  assert.equal(format('JOIN', ['#a b', '']), 'JOIN #ab :');
  assert.equal(format('WHOIS', [':x', 'y']), 'WHOIS x y');
  assert.equal(format('WHOIS', ['', 'y']), 'WHOIS * y');
});
