// @ts-check
/** Which dialog is open. Each is fetched when it is wanted. */
import { html } from './html.js';
import { later } from './later.js';
import { closeDialog, dialog } from './state.js';

const fetched = (/** @type {() => Promise<any>} */ load) => later(load, closeDialog);

/** @type {Record<import('./state.js').DialogName, any>} */
const dialogs = {
  settings: fetched(() => import('./dialogs/settings.js').then(module => module.SettingsDialog)),
  account: fetched(() => import('./dialogs/account.js').then(module => module.AccountDialog)),
  codes: fetched(() => import('./dialogs/codes.js').then(module => module.CodesDialog)),
  help: fetched(() => import('./dialogs/help.js').then(module => module.HelpDialog)),
  switcher: fetched(() => import('./dialogs/switcher.js').then(module => module.SwitcherDialog)),
  join: fetched(() => import('./dialogs/join.js').then(module => module.JoinDialog)),
  card: fetched(() => import('./dialogs/card.js').then(module => module.CardDialog)),
  room: fetched(() => import('./dialogs/room.js').then(module => module.RoomDialog)),
  confirm: fetched(() => import('./dialogs/confirm.js').then(module => module.ConfirmDialog)),
};

export function Dialogs() {
  const open = dialog.value;
  return open && html`<${dialogs[open.name]} key=${open.name} ...${open.props} />`;
}
