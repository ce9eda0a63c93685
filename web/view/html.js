// @ts-check
/** Templates for components: `htm` bound to Preact. Text in them is always text, never markup. */
import htm from '../vendor/htm.js';
import { h } from '../vendor/preact.js';

/** @type {(strings: TemplateStringsArray, ...values: any[]) => any} */
export const html = /** @type {any} */ (htm).bind(h);
