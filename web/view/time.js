// @ts-check
/** Moments in the words of the reader's language. */
import { language, t } from '../i18n/index.js';
import { settings } from './settings.js';

/** `14:05` @param {string} iso */
export const clock = iso => format('clock', { timeStyle: 'short' }).format(new Date(iso));

/** All of it, for a tooltip. @param {string} iso */
export const full = iso => format('full', { dateStyle: 'full', timeStyle: 'medium' }).format(new Date(iso));

/** `Today`, `Yesterday`, or the date. @param {string} iso */
export function day(iso) {
  const date = new Date(iso);
  const now = new Date();
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) return t('day.today');
  if (days === 1) return t('day.yesterday');
  if (date.getFullYear() === now.getFullYear()) {
    return format('day', { weekday: 'long', day: 'numeric', month: 'long' }).format(date);
  }
  return format('date', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(date);
}

/** `14:05` if it is today, else the date as well: for results of a search. @param {string} iso */
export function brief(iso) {
  const date = new Date(iso);
  if (midnight(date) === midnight(new Date())) return clock(iso);
  return format('brief', { dateStyle: 'medium', timeStyle: 'short' }).format(date);
}

/** @param {Date} date */
const midnight = date => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** Formats are slow to make and quick to use. @param {string} name @param {Intl.DateTimeFormatOptions} options */
function format(name, options) {
  const { clock } = settings.value;
  const key = `${name} ${language()} ${clock}`;
  let made = formats.get(key);
  if (!made) {
    const hours = clock === 'auto' ? {} : { hourCycle: clock === '24' ? /** @type {const} */ ('h23') : /** @type {const} */ ('h12') };
    made = new Intl.DateTimeFormat(locale(), { ...options, ...hours });
    formats.set(key, made);
  }
  return made;
}

/** The reader's own kind of the language, if it is among theirs: British dates stay British. */
function locale() {
  const spoken = language();
  return navigator.languages?.find(tag => tag.toLowerCase().startsWith(spoken)) ?? spoken;
}
