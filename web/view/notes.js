// @ts-check
/** Short notes at the edge, which go by themselves. */
import { html } from './html.js';
import { Icon } from './icon.js';
import { dismiss, notes } from './state.js';
import { t } from '../i18n/index.js';

export const Notes = () => html`<div class="notes" role="region" aria-label=${t('notes.label')} aria-live="polite">
  ${notes.value.map(note => html`<div key=${note.id} class=${`note ${note.tone}`}>
    ${note.tone === 'error' && html`<${Icon} name="warn" />`}<span dir="auto">${note.text}</span>
    ${note.action && html`<button type="button" class="small" onClick=${() => {
      dismiss(note.id);
      note.action?.run();
    }}>${note.action.label}</button>`}
    <button type="button" class="icon-button small" aria-label=${t('close')} onClick=${() => dismiss(note.id)}><${Icon} name="close" /></button>
  </div>`)}</div>`;
