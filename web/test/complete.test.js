// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complete, taken } from '../view/complete.js';

const known = {
  commands: [{ name: 'join', usage: '', help: '', complete: /** @type {const} */ ('room') }, { name: 'me', usage: '', help: '' }, { name: 'msg', usage: '', help: '', complete: /** @type {const} */ ('nick') }],
  nicks: ['bob', 'Ann', 'anna', '小明'], rooms: ['#lobby', '#rust'],
};
/** What the first option makes of `text`, the caret at `|`. @param {string} text */
function completed(text, asked = false) {
  const caret = text.indexOf('|');
  const bare = text.replace('|', '');
  const completion = complete(bare, caret, known, asked);
  const [first] = completion?.options ?? [];
  if (!completion || !first) return null;
  const { text: words, caret: at } = taken(bare, completion, first);
  return `${words.slice(0, at)}|${words.slice(at)}`;
}

test('a nick at the beginning is spoken to, elsewhere it is spoken of', () => {
  assert.equal(completed('an|', true), 'Ann: |');
  assert.equal(completed('with @an|'), 'with Ann |');
  assert.equal(completed('@小|'), '小明: |');
  assert.equal(completed('with an| today', true), 'with Ann |today');
});

test('without Tab, a word is only a word', () => {
  assert.equal(completed('an|'), null);
  assert.equal(completed('|', true), null);
});

test('commands, and what they ask for', () => {
  assert.equal(completed('/m|'), '/me |');
  assert.equal(completed('/msg b|', true), '/msg bob |');
  assert.equal(completed('/join |', true), '/join #lobby |');
  assert.equal(completed('//m|'), null);
  assert.equal(completed('a /m|'), null);
});

test('rooms', () => {
  assert.equal(completed('see #r|'), 'see #rust |');
});
