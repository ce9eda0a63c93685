// @ts-check
/** The recovery codes of an account. They are shown once, so this can't be closed without saying that they are kept. */
import { useState } from '../../vendor/hooks.js';
import { html } from '../html.js';
import { copy } from '../copy.js';
import { Dialog } from '../dialog.js';
import { closeDialog, useChat } from '../state.js';
import { Icon } from '../icon.js';
import { t } from '../../i18n/index.js';

/** @param {{ codes: string[] }} props */
export function CodesDialog({ codes }) {
  const chat = useChat();
  const [kept, setKept] = useState(false);
  const text = codes.join('\n');
  const save = () => {
    const link = document.createElement('a');
    const head = t('codes.file', { network: chat.network.peek().name, account: chat.me.peek()?.account ?? chat.me.peek()?.nick ?? '' });
    link.href = URL.createObjectURL(new Blob([`${head}\n\n${text}\n`], { type: 'text/plain' }));
    link.download = 'recovery-codes.txt';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  return html`<${Dialog} title=${t('codes.title')} firm=${true}>
    <p>${t('codes.text')}</p>
    <ol class="codes" aria-label=${t('codes.title')}>${codes.map(code => html`<li key=${code}><code>${code}</code></li>`)}</ol>
    <p class="row-of-buttons"><button type="button" onClick=${() => copy(text, t('codes.copied'))}><${Icon} name="copy" />${t('codes.copy')}</button>
      <button type="button" onClick=${save}><${Icon} name="down" />${t('codes.save')}</button></p>
    <label class="check"><input type="checkbox" checked=${kept} onChange=${() => setKept(!kept)} /><span>${t('codes.kept')}</span></label>
    <div class="dialog-foot"><button type="button" class="primary" disabled=${!kept} onClick=${closeDialog}>${t('codes.done')}</button></div>
  <//>`;
}
