// @ts-check
/**
 * The frame of every dialog. The browser's own `<dialog>` keeps the focus inside, closes with Escape, makes the rest
 * inert and gives the focus back; we only see to it that there is somewhere to give it to.
 */
import { useLayoutEffect, useRef } from '../vendor/hooks.js';
import { html } from './html.js';
import { Icon } from './icon.js';
import { closeDialog, composer, dialog, focusComposerSoon } from './state.js';
import { t } from '../i18n/index.js';

/**
 * @param {{ title: string, children?: any, wide?: boolean, firm?: boolean, plain?: boolean }} props  `firm`: it can't be closed by accident;
 *   `plain`: the title is for screen readers only
 */
export function Dialog({ title, children, wide = false, firm = false, plain = false }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const mine = useRef(dialog.peek());
  useLayoutEffect(() => {
    const box = /** @type {HTMLDialogElement} */ (element.current);
    const before = document.activeElement;
    box.showModal();
    // Where a form says where to begin, there; else on the dialog itself, which can be scrolled with the keys then.
    /** @type {HTMLElement | null} */ (box.querySelector('[autofocus]') ?? box.firstElementChild)?.focus();
    return () => {
      box.close();
      if (!before?.isConnected || before === document.body || before === composer.current) focusComposerSoon();
    };
  }, []);
  return html`<dialog ref=${element} class=${wide ? 'wide' : ''} aria-label=${title}
    onCancel=${(/** @type {Event} */ event) => {
      event.preventDefault();
      if (!firm) closeDialog();
    }}
    onClose=${() => {
      // A browser closes it with a second Escape, whatever we say to the first.
      if (dialog.peek() === mine.current && element.current?.isConnected) firm ? element.current.showModal() : closeDialog();
    }}
    onPointerDown=${(/** @type {PointerEvent} */ event) => {
      if (!firm && event.target === element.current) closeDialog();
    }}>
    <div class="dialog-body" tabindex="-1">
      ${!plain && html`<div class="dialog-head"><h2>${title}</h2>
        ${!firm && html`<button type="button" class="icon-button" aria-label=${t('close')} onClick=${closeDialog}><${Icon} name="close" /></button>`}</div>`}
      ${children}
    </div></dialog>`;
}
