// @ts-check
/** What can be done with a message of a room. */
import { copy } from './copy.js';
import { pick } from './picker.js';
import { complain, focusComposer, show, whenClosed } from './state.js';
import { plain } from './text.js';
import { t } from '../i18n/index.js';

/** @param {import('./timeline.js').Timeline} timeline @returns {import('./message.js').Deeds} */
export function deedsFor(timeline) {
  const { chat, room } = timeline.props;
  /** Keeps a row as it is while something else has the focus. What is returned gives it back. @param {import('./message.js').Item} item */
  const hold = item => {
    timeline.focus.pinned = item.key;
    return () => {
      timeline.focus.pinned = '';
      timeline.turn();
      timeline.rowElement(item.key)?.focus({ preventScroll: true });
    };
  };
  return {
    person: nick => show('card', { nick }),
    room: name => void chat.join(name).then(chat.open, complain),
    goTo: id => void timeline.goTo(id),
    reply: item => {
      room.replying.value = item;
      focusComposer(true);
    },
    pick: (item, anchor) => {
      const release = hold(item);
      pick(anchor, chosen => {
        if (chosen) chat.react(item, chosen);
        release();
      });
    },
    react: (item, reaction) => chat.react(item, reaction),
    copy: item => copy(plain(item.text), t('message.copied')),
    redact: item => {
      show('confirm', {
        title: t('redact.title'), text: t('redact.text'), yes: t('message.redact'),
        run: () => chat.redact(item).catch(complain),
      });
      whenClosed(hold(item));
    },
    again: item => chat.sendAgain(item),
    discard: item => chat.discard(item),
    unfold: key => {
      if (!timeline.unfolded.delete(key)) timeline.unfolded.add(key);
      timeline.turn();
    },
  };
}
