// @ts-check
/** What the reader chose for this browser: kept here, sent nowhere. */
import { effect, signal } from '../vendor/signals-core.js';

const KEY = 'saloon.view';

/**
 * @typedef {{ theme: 'auto' | 'light' | 'dark', language: 'auto' | import('../i18n/index.js').Language,
 *   presence: import('./rows.js').Presence, clock: 'auto' | '12' | '24', notify: 'unasked' | 'on' | 'off',
 *   members: boolean, large: boolean }} Settings
 */

/** @type {Settings} */
const fresh = {
  theme: 'auto', language: 'auto', presence: 'folded', clock: 'auto', notify: 'unasked', members: true, large: false,
};

/** @type {import('../vendor/signals-core.js').Signal<Settings>} */
export const settings = signal({ ...fresh, ...kept() });

/** Changes some of them, and keeps them. @param {Partial<Settings>} changed */
export function set(changed) {
  settings.value = { ...settings.peek(), ...changed };
  try {
    localStorage.setItem(KEY, JSON.stringify(settings.peek()));
  } catch {
    // A browser that keeps nothing still shows the choice until the page is closed.
  }
}

/** Dresses the page as chosen. `boot.js` has done the same before the first paint. */
export function dress() {
  effect(() => {
    const { theme, large } = settings.value;
    const root = document.documentElement;
    if (theme === 'auto') delete root.dataset.theme;
    else root.dataset.theme = theme;
    root.classList.toggle('large', large);
  });
}

/** @returns {Partial<Settings>} */
function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}');
  } catch {
    return {};
  }
}
