// @ts-check
/** A room's details: its whole topic, and what can be done with the room. */
import { html } from '../html.js';
import { Dialog } from '../dialog.js';
import { Rich } from '../rich.js';
import { closeDialog, complain, useChat } from '../state.js';
import { t } from '../../i18n/index.js';

/** @param {{ room: import('../../chat/types.js').Room }} props */
export function RoomDialog({ room }) {
  const chat = useChat();
  const topic = room.topic.value;
  const change = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const words = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get('topic') ?? '').replace(/\s*\n\s*/g, ' ');
    chat.topic(room, words.trim()).catch(complain);
    closeDialog();
  };
  return html`<${Dialog} title=${room.name}>
    <p class="whole-topic" dir="auto">${topic ? html`<${Rich} text=${topic} room=${(/** @type {string} */ name) => {
      closeDialog();
      chat.join(name).then(chat.open, complain);
    }} />` : html`<span class="sub">${t('room.noTopic')}</span>`}</p>
    ${chat.commands.some(command => command.name === 'topic') && html`<details><summary>${t('room.changeTopic')}</summary><form onSubmit=${change}>
      <label for="topic">${t('room.topic')}</label>
      <textarea id="topic" name="topic" rows="3" maxlength=${chat.network.value.features.topicLength || undefined} defaultValue=${topic}>${topic}</textarea>
      <p><button type="submit">${t('room.save')}</button></p></form></details>`}
    <p class="sub">${t('members.show', { count: room.members.value.size })}</p>
    <label class="check"><input type="checkbox" checked=${room.muted.value} onChange=${() => chat.mute(room, !room.muted.peek())} /><span>${t('room.mute')}</span></label>
    <div class="dialog-foot"><button type="button" class="danger" onClick=${() => {
      closeDialog();
      chat.part(room);
    }}>${t('room.leave')}</button></div>
  <//>`;
}
