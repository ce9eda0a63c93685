// @ts-check
/** What reaches a reader who is looking elsewhere: notifications, the page's title, the number on its icon. */
import { effect } from '../vendor/signals-core.js';
import { askToNotify, complain, goTo, note, show, visible } from './state.js';
import { set, settings } from './settings.js';
import { excerpt } from './text.js';
import { waitsIn } from './waits.js';
import { isolated, t } from '../i18n/index.js';

/** @typedef {import('../chat/types.js').Chat} Chat */

/** Asks the browser, because the reader asked us. */
export async function permit() {
  if (!('Notification' in globalThis)) return note(t('notify.cannot'));
  const answer = await Notification.requestPermission();
  set({ notify: answer === 'granted' ? 'on' : 'off' });
  if (answer === 'denied') note(t('notify.denied'));
}

/** Listens to what must be told once. @param {Chat} chat */
export function listen(chat) {
  chat.onNews(news => {
    if (news.kind === 'codes') show('codes', { codes: news.codes });
    else if (news.kind === 'error') complain(news.text);
    else if (news.kind === 'invited') {
      note(t('news.invited', { nick: news.nick, room: news.room }), {
        action: { label: t('join.go'), run: () => void chat.join(news.room).then(chat.open, complain) },
      });
    } else mentioned(chat, news.room, news.item);
  });
}

/** @param {Chat} chat @param {import('../chat/types.js').Room} room @param {import('../chat/types.js').Item} item */
function mentioned(chat, room, item) {
  if (room.muted.peek() || !('Notification' in globalThis)) return;
  const { notify } = settings.peek();
  if (notify === 'unasked' && Notification.permission === 'default') askToNotify.value = true;
  if (notify === 'off' || Notification.permission !== 'granted' || visible.peek()) return;
  const title = room.kind === 'person' ? isolated(item.nick) : t('notify.title', { nick: item.nick, room: room.name });
  const options = { body: isolated(excerpt(item.text, 200)), tag: room.key, icon: '/icons/icon-192.png' };
  try {
    const shown = new Notification(title, options);
    shown.onclick = () => {
      window.focus();
      if (item.id) goTo(chat, room, item.id);
      else chat.open(room);
      shown.close();
    };
  } catch {
    // Android has them from the service worker only.
    navigator.serviceWorker?.ready.then(worker => worker.showNotification(title, options)).catch(() => {});
  }
}

/** The title and the icon tell how much waits elsewhere than before one's eyes. @param {Chat} chat */
export function mark(chat) {
  let wanted = '';
  effect(() => {
    const seen = visible.value && chat.current.value?.timeline.newer.value === 'live' ? chat.current.value : null;
    const { unread, mentions } = waitsIn(chat.rooms.value.filter(room => room !== seen));
    const place = chat.current.value?.name;
    const name = chat.network.value.name;
    const title = place ? `${isolated(place)} · ${isolated(name)}` : isolated(name);
    document.title = mentions ? `(${mentions}) ${title}` : unread ? `• ${title}` : title;
    const badge = mentions ? String(Math.min(mentions, 99)) : unread ? '•' : '';
    if (badge === wanted) return;
    wanted = badge;
    draw(badge, () => badge === wanted);
  });
}

/** @param {string} badge @param {() => boolean} still  whether it is wanted when it can be drawn */
function draw(badge, still) {
  const link = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="icon"]'));
  if (!link) return;
  if (!badge) {
    link.href = '/icon.svg';
    return;
  }
  const image = new Image(64, 64);
  image.onload = () => {
    if (!still()) return;
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 64;
    const pen = canvas.getContext('2d');
    if (!pen) return;
    pen.drawImage(image, 0, 0, 64, 64);
    const large = badge !== '•';
    pen.fillStyle = '#d92d20';
    pen.beginPath();
    if (large) pen.roundRect(64 - (badge.length > 1 ? 44 : 36), 26, badge.length > 1 ? 44 : 36, 38, 19);
    else pen.arc(50, 50, 13, 0, Math.PI * 2);
    pen.fill();
    if (large) {
      pen.fillStyle = '#fff';
      pen.font = 'bold 30px system-ui, sans-serif';
      pen.textAlign = 'center';
      pen.textBaseline = 'middle';
      pen.fillText(badge, 64 - (badge.length > 1 ? 22 : 18), 46);
    }
    link.href = canvas.toDataURL('image/png');
  };
  image.src = '/icon.svg';
}
