// @ts-check
/** Some rooms with a bit of everything, friendly and hostile, to look at. */
import { item, member, room } from '../test/fake-chat.js';

export function scene() {
  const base = Date.now() - 3 * 3600_000;
  let minute = 0;
  const at = (/** @type {number} */ step) => new Date(base + (minute += step) * 60_000).toISOString();
  const old = new Date(base - 26 * 3600_000);
  const hello = item({ nick: 'ann', account: 'ann', time: at(1), text: 'Good morning! The new build is up: https://example.org/builds/482?from=chat. Could somebody on a phone try it?' });
  const question = item({ nick: 'bob', time: at(2), text: 'on it' });
  const lobby = room('#lobby', {
    topic: 'Everybody’s welcome · house rules at https://example.org/rules · see also #rust',
    unread: 4, mentions: 1,
    items: [
      item({ nick: 'carl', time: old.toISOString(), text: 'Leaving the server on over night, it has been at 20,000 connections since noon.' }),
      item({ nick: 'carl', time: new Date(old.getTime() + 50_000).toISOString(), text: 'Memory is flat.', reactions: new Map([['🎉', ['ann', 'dora', 'nora']], ['👀', ['bob']]]) }),
      ...['dora', 'emil', 'frieda'].map(nick => item({ kind: 'event', nick, time: at(0), event: { what: 'join', nick } })),
      item({ kind: 'event', nick: 'gus', time: at(0), event: { what: 'quit', nick: 'gus', why: 'Connection reset' } }),
      hello,
      question,
      item({ nick: 'bob', time: at(0), text: 'works on mine: scrolling is smooth, the keyboard does not cover anything' }),
      item({ nick: 'bob', time: at(1), text: 'one thing, though. With a very long word such as\nDonaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsdonaudampfschifffahrtselektrizitätenhauptbetriebswerk\nit used to break the layout' }),
      item({ nick: '小明', time: at(2), text: '大家好！我在用手机，看起来很不错。更多说明见https://example.org/文档，谢谢。', reactions: new Map([['👍', ['ann']], ['❤️', ['nora', 'bob']]]) }),
      item({ nick: 'ann', account: 'ann', kind: 'action', time: at(3), text: 'pours everybody a coffee' }),
      item({ nick: 'nora', self: true, time: at(1), text: 'Thank you both. I’ll look at the long words.', reply: { id: /** @type {string} */ (question.id), nick: 'bob', text: 'one thing, though. With a very long word such as' } }),
      item({ kind: 'event', nick: 'ann', time: at(1), event: { what: 'topic', nick: 'ann', topic: 'Everybody’s welcome · house rules at https://example.org/rules' } }),
      item({ kind: 'gap', nick: '', time: at(20), count: 42 }),
      item({ nick: 'robot', bot: true, kind: 'notice', time: at(1), text: 'Build \x02483\x02 passed in \x0304,014m 12s\x0f, see #builds' }),
      item({ nick: '\u202ereversed', time: at(1), text: 'names that try \u202eto turn the line around' }),
      item({ nick: 'zalgo', time: at(1), text: 'H̸̡̪̯ͨ͊̽̅̾̎Ȩ̬̩̾͛ͪ̈́̀́͘ ̶̧̨̱̹̭̯ͧ̾ͬC̷̙̲̝͖ͭ̏ͥͮ͟Oͮ͏̮̪̝͍M̲̖͊̒ͪͩͬ̚̚͜Ȇ̴̟̟͙̞ͩ͌͝S̨̥̫͎̭ͯ̿̔̀ͅ' }),
      item({ nick: 'eve', time: at(1), text: '<img src=x onerror=alert(1)> javascript:alert(1) http://[broken <script>alert(1)</script>' }),
      item({ nick: 'eve', time: at(1), text: '', redacted: { by: 'ann', why: 'spam' } }),
      item({ nick: 'dora', time: at(30), text: 'nora: can you have a look at the search as well? https://en.wikipedia.org/wiki/Saloon_(bar)', mention: true, reactions: new Map([['☕', ['nora']]]) }),
      item({ nick: 'dora', time: at(1), text: 'no hurry' }),
      item({ nick: 'שרה', time: at(4), text: 'שלום לכולם, זה עובד מצוין גם מימין לשמאל!' }),
      item({ nick: 'nora', self: true, time: at(1), text: 'On my list.', state: 'sent' }),
      item({ kind: 'local', nick: '', time: at(1), text: 'ann is ann@a3f9.hidden, logged in as ann' }),
      item({ nick: 'nora', self: true, time: at(1), text: 'This one did not get through.', state: 'failed', id: null, why: 'You are sending too fast.' }),
      item({ nick: 'nora', self: true, time: at(0), text: 'And this one is on its way.', state: 'sending', id: null }),
    ],
    members: [
      member({ nick: 'ann', prefix: '@', account: 'ann' }), member({ nick: 'bob', prefix: '+' }), member({ nick: 'carl', away: true }), member({ nick: 'dora' }),
      member({ nick: 'emil' }), member({ nick: 'frieda', away: true }), member({ nick: 'nora' }), member({ nick: 'robot', bot: true }), member({ nick: '小明' }),
      member({ nick: 'שרה' }), member({ nick: 'eve' }), member({ nick: 'a-very-long-nickname-of-32-bytes' }),
    ],
  });
  lobby.marker.value = lobby.timeline.items.at(-8)?.time ?? null;
  lobby.typing.value = ['bob', 'dora'];
  const rust = room('#rust', { unread: 12, topic: 'The language', items: [item({ nick: 'emil', text: 'Has anybody tried the new borrow checker?' })] });
  const draft = room('#design');
  draft.draft.value = 'half a thought';
  const muted = room('#builds', { unread: 230 });
  muted.muted.value = true;
  return [
    lobby, rust, draft, room('#中文', { unread: 3, mentions: 1, items: [item({ nick: '小明', text: 'nora，你好' })] }), muted,
    room('#a-room-with-quite-a-long-name-to-be-cut'),
    room('ann', { unread: 2, mentions: 2, members: [member({ nick: 'ann' })], items: [item({ nick: 'ann', text: 'Are you there?' }), item({ nick: 'ann', text: 'Coffee at four?' })] }),
    room('carl', { members: [member({ nick: 'carl', away: true })] }),
  ];
}
