// @ts-check
/** Parts of the page that are fetched when they are wanted first. */
import { useEffect, useState } from '../vendor/hooks.js';
import { html } from './html.js';
import { note } from './state.js';
import { t } from '../i18n/index.js';

/**
 * A component that stands in for one which is not here yet.
 * @param {() => Promise<any>} load
 * @param {() => void} giveUp  closes what it was wanted for, as it can't be had
 */
export function later(load, giveUp) {
  /** @type {any} */
  let component = null;
  return (/** @type {any} */ props) => {
    const [, here] = useState(component !== null);
    useEffect(() => {
      if (!component) load().then(loaded => here(!!(component = loaded)), missing);
    }, []);
    return component && html`<${component} ...${props} />`;
  };
  // There is no connection, or the server has another version of the page by now.
  function missing() {
    giveUp();
    note(t('later.failed'), { tone: 'error', action: { label: t('later.reload'), run: () => location.reload() } });
  }
}
