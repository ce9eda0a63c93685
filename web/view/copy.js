// @ts-check
/** Copying for the reader. Browsers allow it to pages that came over HTTPS, or from this machine. */
import { complain, note } from './state.js';
import { t } from '../i18n/index.js';

/** @param {string} text @param {string} done  what is said then */
export function copy(text, done) {
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => note(done), complain);
  else note(t('copy.byHand'));
}
