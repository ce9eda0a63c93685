// @ts-check
/** How a person is drawn: a name in a colour of its own, a tile with its first letter. */
import { html } from './html.js';

/** The name as text of its own direction, whatever it is made of. @param {{ nick: string, plain?: boolean }} props */
export const Nick = ({ nick, plain = false }) =>
  html`<bdi class=${plain ? 'nick' : `nick hue${hue(nick)}`}>${nick}</bdi>`;

/** @param {{ nick: string, away?: boolean | undefined }} props */
export const Tile = ({ nick, away }) => html`<span class=${`tile hue${hue(nick)}`} data-away=${away ? '' : undefined}
  aria-hidden="true">${letter(nick)}</span>`;

/** One of twelve colours, the same for a name everywhere. @param {string} nick */
export function hue(nick) {
  let sum = 7;
  const folded = nick.toLowerCase();
  for (let at = 0; at < folded.length; at += 1) sum = (sum * 31 + folded.charCodeAt(at)) >>> 0;
  return ((sum ^ (sum >>> 9)) >>> 0) % 12;
}

/** The first letter or figure of a name, without what is piled upon it. @param {string} nick */
export function letter(nick) {
  const [first] = nick.match(/[\p{L}\p{N}]/u) ?? [nick[0] ?? '?'];
  return first.toUpperCase();
}
