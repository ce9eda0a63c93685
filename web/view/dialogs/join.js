// @ts-check
/** A room to join, or a person to write to, by name. */
import { useState } from '../../vendor/hooks.js';
import { html } from '../html.js';
import { Dialog } from '../dialog.js';
import { closeDialog, drawer, focusComposerSoon, useChat } from '../state.js';
import { t } from '../../i18n/index.js';

/** @param {{ person: boolean }} props */
export function JoinDialog({ person }) {
  const chat = useChat();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const submitted = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const typed = String(data.get('name') ?? '').trim();
    const key = String(data.get('key') ?? '').trim();
    if (!typed) return;
    setBusy(true);
    setWrong('');
    try {
      const room = await chat.join(person || typed.startsWith('#') ? typed : `#${typed}`, key || undefined);
      chat.open(room);
      drawer.value = false;
      closeDialog();
      focusComposerSoon();
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${t(person ? 'rooms.write' : 'rooms.join')}>
    <form onSubmit=${submitted}>
      <label for="join-name">${t(person ? 'join.person' : 'join.room')}</label>
      <input id="join-name" name="name" required autofocus autocomplete="off" autocapitalize="none" spellcheck=${false} placeholder=${person ? '' : '#'} />
      ${!person && html`<details><summary>${t('join.more')}</summary><label for="join-key">${t('join.key')}</label>
        <input id="join-key" name="key" autocomplete="off" /></details><p class="sub">${t('join.new')}</p>`}
      <div class="wrong" role="alert">${wrong}</div>
      <div class="dialog-foot"><button type="submit" class="primary" disabled=${busy}>${t(person ? 'join.write' : 'join.go')}</button></div>
    </form><//>`;
}
