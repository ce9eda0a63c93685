// @ts-check
/** Puts the page together around a model: the real one in `app.js`, another one in tests. */
import { h, options, render } from '../vendor/preact.js';
import { effect, signal } from '../vendor/signals.js';
import { Page } from './page.js';
import { dress, settings } from './settings.js';
import { visible } from './state.js';
import { choose, language, speak } from '../i18n/index.js';

/**
 * Shows the first form at once, or an empty frame to somebody who is known; the rest follows.
 * @param {() => Promise<import('../chat/types.js').Chat>} make  called when there are words, as the model speaks as well
 * @param {{ network: string, room: string, password?: boolean }} config
 * @param {boolean} known
 */
export async function start(make, config, known) {
  oncePerFrame();
  dress();
  const shell = import('./shell.js');
  await speakAsChosen();
  const rest = signal(/** @type {import('./page.js').Rest | null} */ (null));
  const ready = Promise.all([make(), shell]).then(([chat, { Shell, listen, mark }]) => {
    follow(chat);
    listen(chat);
    mark(chat);
    return (rest.value = { chat, Shell });
  });
  document.title = config.network;
  render(h(/** @type {any} */ (Page), { config, known, rest, ready }), /** @type {HTMLElement} */ (document.getElementById('app')));
  await ready;
}

/** However much changes: one turn of drawing for each picture the screen shows. Out of sight there are none, so a timer. */
function oncePerFrame() {
  options.debounceRendering = draw => {
    if (document.hidden) setTimeout(draw, 100);
    else requestAnimationFrame(draw);
  };
}

/** Speaks the chosen language, now and when another one is chosen. */
async function speakAsChosen() {
  const wanted = () => {
    const { language } = settings.value;
    return language === 'auto' ? choose(navigator.languages) : language;
  };
  await speak(wanted());
  effect(() => {
    const which = wanted();
    if (which !== language()) speak(which);
  });
  effect(() => {
    document.documentElement.lang = language() === 'zh' ? 'zh-Hans' : 'en';
  });
}

/** Tells the model whether the page is in sight. @param {import('../chat/types.js').Chat} chat */
function follow(chat) {
  const look = () => {
    visible.value = document.visibilityState === 'visible';
    chat.visible(visible.peek());
  };
  document.addEventListener('visibilitychange', look);
  look();
}
