// Calls to the page's own server; every one carries the token that stands in the page.

const token = document.querySelector('meta[name="sandbox-token"]').content;
export const headers = { "X-Sandbox-Token": token };

/** Raised with the server's words when it refuses. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, body) {
  const response = await fetch(`/api/${path}`, {
    method,
    headers: body === undefined ? headers : { ...headers, "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!response.ok) throw new Refused(response.status, describe(await response.text()));
  return response.json();
}

/** Telegram's refusals say what is wrong in `description`. */
function describe(text) {
  try { return JSON.parse(text).description ?? text; } catch { return text; }
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);
export const remove = (path) => call("DELETE", path);
