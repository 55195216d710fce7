// What the page knows, and who is told when it changes.

export const state = {
  scene: { accounts: [], telegram: null, decisions: false, emulators: [] },
  threads: new Map(), // by key
  chats: new Map(), // by id
  switches: {},
  turns: [],
  lead: { channel: null, keys: {}, seen: new Map() }, // the chosen thread of each channel; bubbles seen, by thread
  team: { me: null, chat: null, topic: null, chosen: false, replyTo: null, editing: null, seen: new Map() },
  panel: { open: false, who: null, wide: false, ready: false },
  drawer: { open: false, all: false },
  done: { wrote: false, asked: false, took: false, answered: false },
};

export const threadKey = (thread) => `${thread.channel}/${thread.account}/${thread.lead}`;

const drawers = [];
let planned = false;

/** Draw with this whenever something changed. */
export const onChange = (draw) => drawers.push(draw);

/** Something changed: everything is drawn once, however much changed. */
export function changed() {
  if (planned) return;
  planned = true;
  queueMicrotask(() => {
    planned = false;
    for (const draw of drawers) draw();
  });
}
