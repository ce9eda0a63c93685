// @ts-check
/** "Really?", before what can't be undone. */
import { html } from '../html.js';
import { Dialog } from '../dialog.js';
import { closeDialog } from '../state.js';
import { t } from '../../i18n/index.js';

/** @param {{ title: string, text: string, yes: string, run: () => void }} props */
export const ConfirmDialog = ({ title, text, yes, run }) => html`<${Dialog} title=${title}>
  <p>${text}</p>
  <div class="dialog-foot"><button type="button" class="quiet" onClick=${closeDialog}>${t('cancel')}</button>
    <button type="button" class="danger" autofocus onClick=${() => {
      closeDialog();
      run();
    }}>${yes}</button></div><//>`;
