// The live stream, read by fetch: the token goes in a header, which an EventSource cannot send.

import { headers } from "./api.js";

const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 5000;

/** Follow the stream for ever; `heard(event, data)` for each piece of news, `connected(whether)` when that changes. */
export async function follow(heard, connected) {
  let pause = FIRST_PAUSE;
  for (;;) {
    try {
      const response = await fetch("/api/stream", { headers });
      if (response.status === 403) return location.reload(); // another run of the sandbox: its page has its token
      connected(true);
      pause = FIRST_PAUSE;
      await read(response.body.getReader(), heard);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // a TypeError is how fetch tells of a connection that is gone
    }
    connected(false);
    await new Promise((done) => setTimeout(done, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
}

async function read(reader, heard) {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const pieces = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = pieces.pop();
    for (const piece of pieces) tell(piece, heard);
  }
}

function tell(piece, heard) {
  const lines = Object.fromEntries(piece.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
  if (lines.event) heard(lines.event, JSON.parse(lines.data));
}
