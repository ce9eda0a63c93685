// @ts-check
/**
 * Words in the reader's language. `t` reads a signal, so whatever shows a word is drawn again when the language
 * changes. Knows no DOM.
 */
import { signal } from '../vendor/signals-core.js';

/** @typedef {Record<string, string | Partial<Record<Intl.LDMLPluralRule, string>>>} Dictionary */
/** @typedef {'en' | 'zh'} Language */

/** @type {Record<Language, () => Promise<Dictionary>>} */
const loaders = {
  en: () => both(import('./en.js'), import('./commands.en.js')),
  zh: () => both(import('./zh.js'), import('./commands.zh.js')),
};

/** The languages there are, each by its own name. @type {[Language, string][]} */
export const languages = [['en', 'English'], ['zh', '中文']];

/** @type {import('../vendor/signals-core.js').Signal<{ language: Language, words: Dictionary }>} */
const spoken = signal({ language: /** @type {Language} */ ('en'), words: {} });

/** The language in use. */
export const language = () => spoken.value.language;

/**
 * What to speak to somebody who prefers these languages, best first.
 * @param {readonly string[]} preferred  as in `navigator.languages`
 * @returns {Language}
 */
export function choose(preferred) {
  for (const tag of preferred) {
    const main = tag.toLowerCase().split('-')[0];
    if (main === 'en' || main === 'zh') return main;
  }
  return 'en';
}

/** Speaks a language from now on. @param {Language} which */
export async function speak(which) {
  const words = await loaders[which]();
  spoken.value = { language: which, words };
}

/**
 * The words for a key. `{name}` in them stands for a parameter; `count` chooses the plural.
 * @param {string} key
 * @param {Record<string, string | number>} [params]
 */
export function t(key, params = {}) {
  const { language, words } = spoken.value;
  return say(words, language, key, params);
}

/** Whether there are words for a key. @param {string} key */
export const has = key => key in spoken.value.words;

/**
 * `t` for a given dictionary.
 * @param {Dictionary} words
 * @param {string} language
 * @param {string} key
 * @param {Record<string, string | number>} params
 */
export function say(words, language, key, params) {
  let text = words[key] ?? key;
  if (typeof text !== 'string') {
    const rule = plural(language).select(Number(params.count ?? 0));
    text = text[rule] ?? text.other ?? key;
  }
  return text.replace(/\{(\w+)\}/g, (all, name) => {
    const value = params[name];
    if (value === undefined) return all;
    return typeof value === 'number' ? number(language).format(value) : isolated(value);
  });
}

/** A number as it is written here. @param {number} value */
export const digits = value => number(spoken.value.language).format(value);

/**
 * A text of somebody else, so that it can't turn around the words it stands in: in attributes and titles there is
 * no `<bdi>`.
 * @param {string} text
 */
export function isolated(text) {
  const tame = text.replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g, '');
  return /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(tame) ? `\u2068${tame}\u2069` : tame;
}

/** @param {...Promise<{ default: Dictionary }>} parts @returns {Promise<Dictionary>} */
const both = async (...parts) => Object.assign({}, ...(await Promise.all(parts)).map(part => part.default));

/** @type {Map<string, Intl.PluralRules>} */
const plurals = new Map();
/** @param {string} language */
function plural(language) {
  let rules = plurals.get(language);
  if (!rules) plurals.set(language, (rules = new Intl.PluralRules(language)));
  return rules;
}

/** @type {Map<string, Intl.NumberFormat>} */
const numbers = new Map();
/** @param {string} language */
function number(language) {
  let format = numbers.get(language);
  if (!format) numbers.set(language, (format = new Intl.NumberFormat(language)));
  return format;
}
