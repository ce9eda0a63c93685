// @ts-check
/** The few signs on buttons: strokes on a grid of 20, in the colour of the text. Never the only name of a button. */
import { html } from './html.js';

/** @type {Record<string, string>} */
const paths = {
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  close: 'M5 5l10 10M15 5L5 15',
  search: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4',
  people: 'M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 16.5c0-3 2.3-4.5 5.5-4.5s5.5 1.5 5.5 4.5M13 3.8a3 3 0 0 1 0 5.4M15 12.4c1.9.6 3 2 3 4.1',
  gear: 'M10 12.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4M13.9 13.9l1.4 1.4M4.7 15.3l1.4-1.4M13.9 6.1l1.4-1.4',
  plus: 'M10 4v12M4 10h12',
  send: 'M3.5 10h12M10.5 4.5L16 10l-5.5 5.5',
  reply: 'M8 5L3.5 9.5 8 14M4 9.5h7.5c3 0 5 2 5 5.5',
  smile: 'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM7 12c.8 1.2 1.8 1.8 3 1.8s2.2-.6 3-1.8M7.5 7.6v.8M12.5 7.6v.8',
  trash: 'M4 6h12M8 6V3.8h4V6M5.5 6l.7 10.5h7.6L14.5 6M8.5 9v5M11.5 9v5',
  copy: 'M7.5 7.5h9v9h-9zM4.5 12.5h-1v-9h9v1',
  down: 'M10 4v11M5.5 10.5L10 15l4.5-4.5',
  up: 'M10 16V5M5.5 9.5L10 5l4.5 4.5',
  clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4.3l2.6 1.6',
  warn: 'M10 3L2.5 16.5h15zM10 8.5v3.5M10 14v.4',
  mute: 'M4 8v4h2.5L10 15V5L6.5 8zM13 8l4 4M17 8l-4 4',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  info: 'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 9v5M10 6.2v.4',
  help: 'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM7.8 7.9c0-1.2 1-2 2.2-2s2.2.8 2.2 2c0 1.6-2.2 1.7-2.2 3.4M10 13.9v.3',
  check: 'M4 10.5l4 4 8-9',
  bell: 'M5 14h10l-1.2-2V8.8C13.8 6.500 12.200 4.800 10 4.800S6.200 6.500 6.200 8.800V12zM8.500 16.300c.3.5.8.8 1.500.8s1.200-.3 1.500-.8M10 4.800V3.300',
  leave: 'M8 3.500H4v13h4M12 6l4 4-4 4M16 10H8',
};

/** @param {{ name: string }} props */
export const Icon = ({ name }) => html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
  <path d=${paths[name]} /></svg>`;
