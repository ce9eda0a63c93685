// @ts-check
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import en from '../i18n/en.js';
import zh from '../i18n/zh.js';
import commandsEn from '../i18n/commands.en.js';
import commandsZh from '../i18n/commands.zh.js';
import { commands } from '../chat/commands.js';
import { choose, isolated, say } from '../i18n/index.js';
import { WEB } from './graph.js';

/** @type {import('../i18n/index.js').Dictionary} */
const english = { ...en, ...commandsEn };
/** @type {import('../i18n/index.js').Dictionary} */
const chinese = { ...zh, ...commandsZh };

test('both languages have words for the same', () => {
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
  assert.deepEqual(Object.keys(commandsZh).sort(), Object.keys(commandsEn).sort());
});

test('no key has words in both halves of a language', () => {
  assert.deepEqual(Object.keys(en).filter(key => key in commandsEn), []);
});

test('both languages have places for the same parameters', () => {
  const holes = (/** @type {unknown} */ words) => [...new Set(JSON.stringify(words).match(/\{\w+\}/g))].sort();
  for (const key of Object.keys(english)) assert.deepEqual(holes(chinese[key]), holes(english[key]), key);
});

test('every plural has the forms of its language', () => {
  for (const [language, words] of /** @type {const} */ ([['en', english], ['zh', chinese]])) {
    const rules = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, text] of Object.entries(words)) {
      if (typeof text === 'object') assert.deepEqual(Object.keys(text).sort(), [...rules].sort(), `${language} ${key}`);
    }
  }
});

test('whatever the view says, there are words for', () => {
  const files = ['view', 'view/dialogs'].flatMap(dir => readdirSync(join(WEB, dir)).filter(name => name.endsWith('.js')).map(name => join(WEB, dir, name)));
  const asked = files.flatMap(file => [...readFileSync(file, 'utf8').matchAll(/\bt\((?:[^'"`()]*\? )?'([^']+)'/g)].map(match => /** @type {string} */ (match[1])));
  assert.ok(asked.length > 100);
  assert.deepEqual([...new Set(asked)].filter(key => !(key in en)), []);
});

test('all words are used', () => {
  const files = ['view', 'view/dialogs'].flatMap(dir => readdirSync(join(WEB, dir)).filter(name => name.endsWith('.js')).map(name => readFileSync(join(WEB, dir, name), 'utf8'))).join('\n');
  const built = /^(event|run|typing|rank|message|settings|complete|account|search|members)\./;
  assert.deepEqual(Object.keys(en).filter(key => !built.test(key) && !files.includes(`'${key}'`)), []);
});

/** The keys that stand in a part of the page as they are, such as `error.offline`; others are put together. */
const spoken = readdirSync(join(WEB, 'chat')).flatMap(name => {
  const text = readFileSync(join(WEB, 'chat', name), 'utf8');
  return [...text.matchAll(/'((?:answer|command|error|fail|local|refused|send|whois)\.[\w.]+)'/g)].map(match => /** @type {string} */ (match[1]));
});

test('whatever the chat says, there are words for', () => {
  const described = commands.flatMap(({ usage, help }) => [usage, help]);
  assert.ok(spoken.length > 30);
  assert.deepEqual([...new Set([...spoken, ...described])].filter(key => !(key in commandsEn)), []);
});

test('all words of the chat are used, as far as can be told', () => {
  const used = new Set([...spoken, ...commands.flatMap(({ usage, help }) => [usage, help])]);
  // Of these, the server says which it wants.
  const built = /^(answer\.\d{3}|refused\.\w+|fail\.[A-Z]+\.\w+)$/;
  assert.deepEqual(Object.keys(commandsEn).filter(key => !built.test(key) && !used.has(key)), []);
});

test('a count chooses the plural and is written as its language writes it', () => {
  const words = { found: { one: '{count} message', other: '{count} messages' } };
  assert.equal(say(words, 'en', 'found', { count: 1 }), '1 message');
  assert.equal(say(words, 'en', 'found', { count: 1234 }), '1,234 messages');
  assert.equal(say(words, 'en', 'found', {}), '{count} messages');
});

test('a name cannot turn around the words it stands in', () => {
  assert.equal(isolated('a\u202eb'), 'ab');
  assert.equal(isolated('שרה'), '\u2068שרה\u2069');
  assert.equal(say({ hello: 'to {nick}!' }, 'en', 'hello', { nick: '\u202eann' }), 'to ann!');
});

test('a parameter is not looked at for parameters', () => {
  assert.equal(say({ hello: '{a} {b}' }, 'en', 'hello', { a: '{b}', b: '$& x' }), '{b} $& x');
});

test('the first language that is spoken here is chosen', () => {
  assert.equal(choose(['fr-CH', 'zh-TW', 'en']), 'zh');
  assert.equal(choose(['de']), 'en');
});
