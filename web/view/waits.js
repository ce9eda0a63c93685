// @ts-check
/** What waits to be read. */

/** @typedef {import('../chat/types.js').Room} Room */

/** In one room: nothing, if it is muted. @param {Room} room */
export function waits(room) {
  if (room.muted.value) return { unread: 0, mentions: 0 };
  return { unread: room.unread.value, mentions: room.mentions.value };
}

/** In several together. @param {Room[]} rooms */
export function waitsIn(rooms) {
  const sum = { unread: 0, mentions: 0 };
  for (const room of rooms) {
    const { unread, mentions } = waits(room);
    sum.unread += unread;
    sum.mentions += mentions;
  }
  return sum;
}
