// @ts-check
/** A small window of reactions, beside the button that opened it. */
import { useEffect, useRef, useLayoutEffect } from '../vendor/hooks.js';
import { signal } from '../vendor/signals-core.js';
import { html } from './html.js';
import { t } from '../i18n/index.js';

const COMMON = ['👍', '👎', '😄', '😂', '🎉', '❤️', '🙏', '👀', '🚀', '✅', '❌', '🤔', '😮', '😢', '🔥', '☕'];

const open = signal(/** @type {{ anchor: DOMRect, done: (chosen: string | null) => void } | null} */ (null));

/** Asks for a reaction. @param {Element} anchor @param {(chosen: string | null) => void} done  null: none */
export function pick(anchor, done) {
  open.peek()?.done(null);
  open.value = { anchor: anchor.getBoundingClientRect(), done };
}

/** @param {string | null} chosen */
function finish(chosen) {
  const asked = open.peek();
  open.value = null;
  asked?.done(chosen);
}

export function Picker() {
  const asked = open.value;
  return asked && html`<${Window} key=${asked} anchor=${asked.anchor} />`;
}

/** @param {{ anchor: DOMRect }} props */
function Window({ anchor }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  useLayoutEffect(() => {
    const element = /** @type {HTMLDivElement} */ (box.current);
    const { width, height } = element.getBoundingClientRect();
    const left = Math.max(8, Math.min(anchor.right - width, innerWidth - width - 8));
    const below = anchor.bottom + 6 + height < innerHeight;
    element.style.left = `${left}px`;
    element.style.top = `${below ? anchor.bottom + 6 : Math.max(8, anchor.top - height - 6)}px`;
    /** @type {HTMLElement | null} */ (element.querySelector('button'))?.focus();
  }, []);
  useEffect(() => {
    const outside = (/** @type {Event} */ event) => {
      if (!box.current?.contains(/** @type {Node} */ (event.target))) finish(null);
    };
    document.addEventListener('pointerdown', outside, true);
    return () => document.removeEventListener('pointerdown', outside, true);
  }, []);
  return html`<div class="picker" ref=${box} role="dialog" aria-label=${t('picker.label')} onKeyDown=${keys}>
    <div class="grid" role="group" aria-label=${t('picker.common')}>
      ${COMMON.map((emoji, index) => html`<button key=${emoji} type="button" tabindex=${index ? -1 : 0} aria-label=${emoji}
        onClick=${() => finish(emoji)}>${emoji}</button>`)}
    </div>
    <form onSubmit=${submitted}>
      <input name="own" maxlength="32" autocomplete="off" placeholder=${t('picker.own')} aria-label=${t('picker.own')} />
      <button class="small" type="submit">${t('picker.add')}</button>
    </form>
  </div>`;
}

/** @param {SubmitEvent} event */
function submitted(event) {
  event.preventDefault();
  const words = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get('own') ?? '').trim();
  if (words) finish(words);
}

/** @param {KeyboardEvent} event */
function keys(event) {
  const box = /** @type {HTMLElement} */ (event.currentTarget);
  if (event.key === 'Escape') {
    event.stopPropagation();
    return finish(null);
  }
  if (event.key === 'Tab') return stayInside(event, box);
  const buttons = /** @type {HTMLElement[]} */ ([...box.querySelectorAll('.grid button')]);
  const now = buttons.indexOf(/** @type {HTMLElement} */ (event.target));
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
  if (now < 0 || step === undefined) return;
  event.preventDefault();
  buttons[(now + step + buttons.length) % buttons.length]?.focus();
}

/** @param {KeyboardEvent} event @param {HTMLElement} box */
function stayInside(event, box) {
  const stops = /** @type {HTMLElement[]} */ ([...box.querySelectorAll('button[tabindex="0"], input, form button')]);
  const first = stops[0];
  const last = stops.at(-1);
  if (event.shiftKey && (document.activeElement === first || /** @type {HTMLElement} */ (event.target).closest('.grid'))) {
    event.preventDefault();
    last?.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    first?.focus();
  }
}
