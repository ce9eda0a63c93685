// @ts-check
/** Which dialog is open. Each is fetched when it is wanted. */
import { html } from './html.js';
import { later } from './later.js';
import { dialog } from './state.js';

/** @type {Record<import('./state.js').DialogName, any>} */
const dialogs = {
  settings: later(() => import('./dialogs/settings.js').then(module => module.SettingsDialog)),
  account: later(() => import('./dialogs/account.js').then(module => module.AccountDialog)),
  codes: later(() => import('./dialogs/codes.js').then(module => module.CodesDialog)),
  help: later(() => import('./dialogs/help.js').then(module => module.HelpDialog)),
  switcher: later(() => import('./dialogs/switcher.js').then(module => module.SwitcherDialog)),
  join: later(() => import('./dialogs/join.js').then(module => module.JoinDialog)),
  card: later(() => import('./dialogs/card.js').then(module => module.CardDialog)),
  room: later(() => import('./dialogs/room.js').then(module => module.RoomDialog)),
  confirm: later(() => import('./dialogs/confirm.js').then(module => module.ConfirmDialog)),
};

export function Dialogs() {
  const open = dialog.value;
  return open && html`<${dialogs[open.name]} key=${open.name} ...${open.props} />`;
}
