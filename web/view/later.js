// @ts-check
/** Parts of the page that are fetched when they are wanted first. */
import { useEffect, useState } from '../vendor/hooks.js';
import { html } from './html.js';
import { complain } from './state.js';

/**
 * A component that stands in for one which is not here yet.
 * @param {() => Promise<any>} load
 */
export function later(load) {
  /** @type {any} */
  let component = null;
  return (/** @type {any} */ props) => {
    const [, here] = useState(component !== null);
    useEffect(() => {
      if (!component) load().then(loaded => here(!!(component = loaded)), complain);
    }, []);
    return component && html`<${component} ...${props} />`;
  };
}
