// One form after another, each until the server has answered it: the same event id at every try.
import { clearWaiting, wait } from "./say.js";

const TRIES_WHEN_BROKEN = 6;
let chain = Promise.resolve();
let queued = 0;
let unsaved = 0;

addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});

export const idle = () => queued === 0;

export function enqueue(job, saves = true) {
  queued += 1;
  unsaved += saves ? 1 : 0;
  const run = chain.then(job).finally(() => {
    queued -= 1;
    unsaved -= saves ? 1 : 0;
  });
  chain = run.catch(() => {});
  return run;
}

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

function pause(ms) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    }
    addEventListener("online", done);
  });
}

async function attempt(url, options) {
  try {
    const response = await fetch(url, { ...options, signal: AbortSignal.timeout(15000) });
    const again = response.status >= 500 || response.status === 429;
    const data = await response.json();
    return { ok: response.ok, status: response.status, again, data, after: Number(response.headers.get("Retry-After")) };
  } catch {
    return { ok: false, status: 0, again: true, data: {}, after: 0 };
  }
}

async function untilAnswered(url, options, onWaiting) {
  for (let tries = 1; ; tries += 1) {
    const answer = await attempt(url, options);
    if (!answer.again || (answer.status >= 500 && tries >= TRIES_WHEN_BROKEN)) {
      if (tries > 1 && onWaiting) clearWaiting();
      return answer;
    }
    if (onWaiting) {
      onWaiting();
      wait(document.body.dataset.waiting);
    }
    await pause(Math.max(answer.after * 1000, Math.min(15000, 500 * 2 ** tries)));
  }
}

export function post(form, extra, onWaiting = () => {}) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set("event_id", newId());
  for (const [name, value] of Object.entries(extra)) fields.set(name, value);
  const options = { method: "POST", body: fields, headers: { Accept: "application/json" } };
  return untilAnswered(form.getAttribute("action"), options, onWaiting);
}

// Reads what is true now; without `onWaiting` nobody is told that it takes longer.
export function read(url, onWaiting) {
  return untilAnswered(url, { headers: { Accept: "application/json" } }, onWaiting);
}
