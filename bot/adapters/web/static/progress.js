// What every page of a ballot shares: its counts, its end, the page after it, and keys.
import { enqueue, post, read } from "./send.js";
import { say } from "./say.js";

const MOST_MS = 2 ** 31 - 1;

export function count(data) {
  for (const place of document.querySelectorAll("[data-seen]")) place.textContent = data.seen_words ?? place.textContent;
  for (const place of document.querySelectorAll("[data-picks]")) place.textContent = data.picks_words ?? place.textContent;
  const meter = document.querySelector(".meter");
  if (meter && data.total) meter.value = data.seen;
}

export function refuse(answer) {
  say(answer.data.text ?? document.body.dataset.broken, "refused", 9000);
}

export function setUndo(undo, action) {
  if (!undo) return;
  undo.hidden = !action;
  undo.querySelector("button").value = action ?? "";
}

// Once what runs now has ended: else the browser would ask whether to leave what is not saved.
export function leave(url) {
  setTimeout(() => (url ? location.assign(url) : location.reload()));
}

// Read what is true now, and show the page anew when it takes no votes any more.
export async function latest(url, onWaiting) {
  const answer = await read(url, onWaiting);
  if (answer.ok) count(answer.data);
  if (answer.ok && answer.data.closed) leave();
  return answer;
}

// Undo leads to the page whose answer was taken back; `here` is called when that is this one.
export function startUndo(undo, here) {
  undo?.addEventListener("submit", (event) => {
    event.preventDefault();
    enqueue(async () => {
      const answer = await post(undo, { action: undo.querySelector("button").value });
      if (!answer.ok) refuse(answer);
      const next = answer.data.next;
      if (answer.ok && next && next !== location.pathname + location.search) leave(next);
      else {
        if (answer.ok) say(answer.data.text);
        await here();
      }
    });
  });
}

// An open page notices its round's end by itself.
export function atClose(look) {
  const closes = document.querySelector("[data-closes-in]")?.dataset.closesIn;
  if (closes && closes * 1000 < MOST_MS) setTimeout(() => enqueue(look, false), closes * 1000 + 500);
}

// Fetch the photos of the page that comes next, while this one is looked at.
export async function fetchNext() {
  const next = document.querySelector("a[data-next]")?.href;
  const sizes = document.querySelector("main img")?.sizes;
  if (!next?.includes("page=") || navigator.connection?.saveData) return;
  const answer = await fetch(next, { headers: { Accept: "application/json" } }).catch(() => null);
  const data = answer?.ok ? await answer.json().catch(() => ({})) : {};
  for (const srcset of data.photos ?? []) Object.assign(new Image(), { sizes, srcset });
}

// Call what a key stands for, unless it was meant for something else.
export function onKeys(keys) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input, textarea, select")) return;
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    if (keys[event.key]?.() !== undefined) event.preventDefault();
  });
}

export const click = (selector) => () => {
  const found = document.querySelector(selector);
  if (!found || found.closest("[hidden]")) return undefined;
  found.click();
  return true;
};
