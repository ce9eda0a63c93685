// The service worker: keeps the shell of the page, so that it opens without a network. What people say never comes
// through here: /ws is no fetch, and nothing is answered or kept that is not in the list.
//
// The server gives scripts and styles an address for each version (/v/…, see `build.rs` of the server): what is kept of
// those is always right. For the rest the network comes first, and what is kept is for when there is none.

const SHELL = [
  '/',
  '/app.js',
  '/boot.js',
  '/chat/account.js',
  '/chat/answers.js',
  '/chat/arrive.js',
  '/chat/chat.js',
  '/chat/commands.js',
  '/chat/entry.js',
  '/chat/env.js',
  '/chat/events.js',
  '/chat/failure.js',
  '/chat/features.js',
  '/chat/history.js',
  '/chat/item.js',
  '/chat/marker.js',
  '/chat/marks.js',
  '/chat/memory.js',
  '/chat/mention.js',
  '/chat/nick.js',
  '/chat/place.js',
  '/chat/presence.js',
  '/chat/react.js',
  '/chat/room.js',
  '/chat/rooms.js',
  '/chat/run.js',
  '/chat/search.js',
  '/chat/send.js',
  '/chat/service.js',
  '/chat/session.js',
  '/chat/shelf.js',
  '/chat/talk.js',
  '/chat/typing.js',
  '/chat/whois.js',
  '/i18n/commands.en.js',
  '/i18n/commands.zh.js',
  '/i18n/en.js',
  '/i18n/index.js',
  '/i18n/zh.js',
  '/icon.svg',
  '/icons/icon-192.png',
  '/icons/icon-512.png',
  '/icons/maskable-512.png',
  '/irc/batch.js',
  '/irc/caps.js',
  '/irc/casemap.js',
  '/irc/isupport.js',
  '/irc/link.js',
  '/irc/message.js',
  '/irc/registration.js',
  '/irc/sasl.js',
  '/irc/split.js',
  '/irc/text.js',
  '/manifest.webmanifest',
  '/style/base.css',
  '/style/layout.css',
  '/style/messages.css',
  '/style/parts.css',
  '/vendor/hooks.js',
  '/vendor/htm.js',
  '/vendor/preact.js',
  '/vendor/signals-core.js',
  '/vendor/signals.js',
  '/view/announce.js',
  '/view/bars.js',
  '/view/complete.js',
  '/view/composer.js',
  '/view/copy.js',
  '/view/deeds.js',
  '/view/dialog.js',
  '/view/dialogs.js',
  '/view/dialogs/account.js',
  '/view/dialogs/card.js',
  '/view/dialogs/codes.js',
  '/view/dialogs/confirm.js',
  '/view/dialogs/help.js',
  '/view/dialogs/join.js',
  '/view/dialogs/room.js',
  '/view/dialogs/settings.js',
  '/view/dialogs/switcher.js',
  '/view/header.js',
  '/view/html.js',
  '/view/icon.js',
  '/view/keys.js',
  '/view/later.js',
  '/view/main.js',
  '/view/members.js',
  '/view/message.js',
  '/view/notes.js',
  '/view/notify.js',
  '/view/page.js',
  '/view/panels.js',
  '/view/person.js',
  '/view/picker.js',
  '/view/rich.js',
  '/view/rooms.js',
  '/view/rove.js',
  '/view/row-focus.js',
  '/view/rows.js',
  '/view/search.js',
  '/view/settings.js',
  '/view/shell.js',
  '/view/state.js',
  '/view/text.js',
  '/view/time.js',
  '/view/timeline.js',
  '/view/unseen.js',
  '/view/waits.js',
  '/view/welcome.js',
  '/view/window.js',
];
// The types here are those of a page; a worker has others.
const worker = /** @type {any} */ (self);

// Another list, another name: then what an older one kept is dropped.
const NAME = 'saloon-shell-1';

worker.addEventListener('install', (/** @type {any} */ event) => {
  event.waitUntil(caches.open(NAME).then(cache => cache.addAll(SHELL)).then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (/** @type {any} */ event) => {
  const drop = (/** @type {string[]} */ names) => Promise.all(names.filter(name => name !== NAME).map(name => caches.delete(name)));
  event.waitUntil(caches.keys().then(drop).then(() => worker.clients.claim()));
});

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  // By its path alone: the server has other pages, which must not be kept in the place of this one.
  const path = url.pathname;
  if (SHELL.includes(path)) event.respondWith(path.startsWith('/v/') ? kept(request, path) : fresh(request, path));
});

// A notification that this worker shows was clicked: to the page, if it is open.
worker.addEventListener('notificationclick', (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(worker.clients.matchAll({ type: 'window' }).then((/** @type {any[]} */ pages) => (pages[0] ? pages[0].focus() : worker.clients.openWindow('/'))));
});

/** @param {Request} request @param {string} path */
async function kept(request, path) {
  return (await (await caches.open(NAME)).match(path)) ?? fresh(request, path);
}

/** @param {Request} request @param {string} path */
async function fresh(request, path) {
  try {
    const response = await fetch(request);
    if (response.ok && response.type === 'basic' && !response.redirected) {
      const copy = response.clone();
      caches.open(NAME).then(cache => cache.put(path, copy)).catch(() => {});
    }
    return response;
  } catch (error) {
    const last = await (await caches.open(NAME)).match(path);
    if (last) return last;
    throw error;
  }
}
