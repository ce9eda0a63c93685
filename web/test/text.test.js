// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { excerpt, pieces, plain } from '../view/text.js';

/** Links as `<…>`, rooms as `[…]`. @param {string} text */
const marked = text => pieces(text).map(({ kind, text }) => (kind === 'link' ? `<${text}>` : kind === 'room' ? `[${text}]` : text)).join('');

test('links end where people end them', () => {
  for (const [text, wanted] of [
    ['see https://example.org.', 'see <https://example.org>.'],
    ['(https://en.wikipedia.org/wiki/Saloon_(bar))', '(<https://en.wikipedia.org/wiki/Saloon_(bar)>)'],
    ['https://example.org/a?b=c&d=(e),', '<https://example.org/a?b=c&d=(e)>,'],
    ['看https://example.org/文档，谢谢', '看https://example.org/文档，谢谢'.replace('https://example.org/文档', '<https://example.org/文档>')],
    ['HTTP://EXAMPLE.ORG/X!', '<HTTP://EXAMPLE.ORG/X>!'],
    ['<https://example.org>', '<<https://example.org>>'],
    ['"https://example.org/a"', '"<https://example.org/a>"'],
  ]) assert.equal(marked(/** @type {string} */ (text)), wanted);
});

test('only the web is linked, and nothing that misleads', () => {
  for (const text of ['javascript:alert(1)', 'data:text/html,x', 'ftp://example.org', 'https://', 'http://[broken', 'https://bank.example@evil.example/', 'file:///etc/passwd', 'xhttp://a']) {
    assert.equal(marked(text), text);
  }
});

test('a link leads where it says', () => {
  assert.equal(pieces('https://EXAMPLE.org/ä')[0]?.href, 'https://example.org/%C3%A4');
  assert.equal(marked('https://example.org/\u202egnp.exe'), '<https://example.org/>\u202egnp.exe');
});

test('rooms are found, figures and fragments are not', () => {
  for (const [text, wanted] of [
    ['come to #lobby, now', 'come to [#lobby], now'],
    ['#中文 (#a-b)', '[#中文] ([#a-b])'],
    ['issue #12 and #12a', 'issue #12 and [#12a]'],
    ['https://example.org/#part #part', '<https://example.org/#part> [#part]'],
    ['C# and a#b', 'C# and a#b'],
  ]) assert.equal(marked(/** @type {string} */ (text)), wanted);
});

test('styles of IRC programs become styles, colours go', () => {
  const style = { bold: false, italic: false, underline: false, strike: false, mono: false };
  assert.deepEqual(pieces('\x0304,01red\x03 \x02bold\x02 rest'), [
    { kind: 'text', text: 'red ', style: null }, { kind: 'text', text: 'bold', style: { ...style, bold: true } }, { kind: 'text', text: ' rest', style: null },
  ]);
  assert.equal(plain('\x02\x1da\x0f\x00b\x16c'), 'abc');
});

test('a link keeps its address where its style changes', () => {
  const found = pieces('https://exa\x02mple.org/a');
  assert.deepEqual(found.map(({ href }) => href), ['https://example.org/a', 'https://example.org/a']);
});

test('a long hostile text is read in no time', () => {
  // Time of the processor: what else goes on here is no fault of this.
  const start = process.cpuUsage();
  pieces('https://a'.repeat(8000) + '('.repeat(30_000) + '#'.repeat(30_000));
  pieces('\x02'.repeat(60_000));
  pieces('https://example.org/' + ')'.repeat(60_000));
  pieces('#a '.repeat(20_000) + ' https://x.org'.repeat(3000));
  assert.ok(process.cpuUsage(start).user / 1000 < 2000);
});

test('an excerpt is one line and not half a letter', () => {
  assert.equal(excerpt(' a\n\n b '), 'a b');
  assert.equal(excerpt('😀'.repeat(10), 5), '😀😀😀😀…');
});
