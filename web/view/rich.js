// @ts-check
/** Somebody's words, with links that can be followed. Everything is set as text: there is no markup to escape. */
import { html } from './html.js';
import { pieces } from './text.js';
import { t } from '../i18n/index.js';

/**
 * @param {{ text: string, room?: ((name: string) => void) | undefined, tab?: number }} props
 *   `room`: what a click on a room's name does; `tab`: whether its links are on the way of the Tab key
 */
export function Rich({ text, room, tab = 0 }) {
  return pieces(text).map(piece => {
    const cls = styles(piece.style);
    if (piece.kind === 'link') {
      return html`<a class=${cls} href=${piece.href} target="_blank" rel="noopener noreferrer nofollow" dir="auto"
        tabindex=${tab}>${piece.text}</a>`;
    }
    if (piece.kind === 'room' && room) {
      return html`<button type="button" class=${`room-link ${cls ?? ''}`} tabindex=${tab} dir="auto"
        aria-label=${t('room.go', { room: piece.text })} onClick=${() => room(piece.text)}>${piece.text}</button>`;
    }
    if (!cls) return piece.text;
    return piece.style?.mono ? html`<code class=${cls}>${piece.text}</code>` : html`<span class=${cls}>${piece.text}</span>`;
  });
}

/** @param {import('./text.js').Style | null} style */
function styles(style) {
  if (!style) return undefined;
  return Object.entries(style).filter(([, on]) => on).map(([name]) => `is-${name}`).join(' ');
}
