// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteLength, parcels, pieces } from '../irc/split.js';
import { mentions } from '../chat/mention.js';
import { chance } from './world.js';

test('bytes are counted as on the wire', () => {
  for (const text of ['', 'abc', 'é', '漢字', '👍🏽', 'a\u{10ffff}b', '߿ࠀ']) {
    assert.equal(byteLength(text), Buffer.byteLength(text), text);
  }
});

test('pieces fit, and together they are the text', () => {
  const random = chance(3);
  const words = ['a', 'word', ' ', ' ', 'é', '漢字', '👍🏽', '👩‍👩‍👧‍👦', 'e\u0301', 'lang'.repeat(20)];
  for (let round = 0; round < 500; round++) {
    const text = Array.from({ length: Math.floor(random() * 60) }, () => words[Math.floor(random() * words.length)]).join('');
    const most = 32 + Math.floor(random() * 100);
    const found = pieces(text, most);
    assert.equal(found.join(''), text);
    for (const piece of found) {
      assert.ok(byteLength(piece) <= most, `${byteLength(piece)} > ${most}`);
      assert.ok(!/^[\udc00-\udfff\u0301\u200d]/.test(piece), 'no character is cut');
    }
  }
});

test('a line is cut between words if it can be', () => {
  assert.deepEqual(pieces('one two three four five six', 12), ['one two ', 'three four ', 'five six']);
  assert.deepEqual(pieces('x'.repeat(25), 10), ['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)]);
  assert.deepEqual(pieces('', 10), ['']);
});

test('a message of several lines stays within the limits', () => {
  const text = ['first', '', 'x'.repeat(50), 'last'].join('\n');
  assert.deepEqual(parcels(text, 40, { bytes: 4096, lines: 32 }), [{ lines: [
    { text: 'first', joined: false },
    { text: '', joined: false },
    { text: 'x'.repeat(40), joined: false },
    { text: 'x'.repeat(10), joined: true },
    { text: 'last', joined: false },
  ] }]);
  const random = chance(5);
  for (let round = 0; round < 300; round++) {
    const lines = Array.from({ length: Math.floor(random() * 40) }, () => 'wörd '.repeat(Math.floor(random() * 30)));
    const limits = { bytes: 60 + Math.floor(random() * 400), lines: 1 + Math.floor(random() * 10) };
    const found = parcels(lines.join('\n'), 50, limits);
    for (const { lines } of found) {
      assert.ok(lines.length <= limits.lines);
      assert.equal(lines[0]?.joined, false);
      const bytes = lines.reduce((sum, line, at) => sum + byteLength(line.text) + (line.joined || at === 0 ? 0 : 1), 0);
      assert.ok(bytes <= limits.bytes, `${bytes} > ${limits.bytes}`);
    }
    assert.equal(found.flatMap(({ lines }) => lines.map((line) => line.text)).join(''), lines.join(''));
  }
});

test('nothing but blank lines is nothing to say', () => {
  assert.deepEqual(parcels('\n\n', 100, { bytes: 100, lines: 10 }), []);
});

test('a nick is a word', () => {
  for (const text of ['ann', 'Ann: hi', 'hi @ANN!', '(ann)', '[ann]', 'ann, ann', 'ann’s', "ann's", '你好ann你好', 'annex ann', '“ann”', 'ann-', 'ann。']) {
    assert.ok(mentions(text, 'ann'), text);
  }
  for (const text of ['anne', 'joann', 'mary-ann', 'ann-marie', 'ann_', 'änn', 'éann', 'annж', '', 'an n', 'ann2']) {
    assert.ok(!mentions(text, 'ann'), text);
  }
  assert.ok(mentions('ANN[] is here', 'ann[]'));
  assert.ok(mentions('问小明吧', '小明'));
  assert.ok(!mentions('anything', ''));
});
