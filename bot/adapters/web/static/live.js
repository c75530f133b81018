// Puts what is new in the group on the open page: nothing moves under the reader's finger.
const PAUSE_MS = 1500;
const CLOCK_MS = 60000;
let busy = false;
let due = false;

const scroller = () => document.querySelector(".scroll");
const sources = new WeakMap();

function remember(list) {
  for (const item of list.children) if (!sources.has(item)) sources.set(item, item.outerHTML);
}

// A post that was edited keeps what its reader had opened and how far they had scrolled it.
function carry(from, to) {
  const both = (selector) => [[...from.querySelectorAll(selector)], [...to.querySelectorAll(selector)]];
  const [details, newDetails] = both("details");
  details.forEach((item, i) => newDetails[i] && (newDetails[i].open = item.open));
  const [strips, newStrips] = both(".album, .ranks, .shelf-row");
  const places = strips.map((strip) => strip.scrollLeft);
  const [links, newLinks] = both("a, summary, [tabindex]");
  const focused = links.indexOf(document.activeElement);
  from.replaceWith(to);
  newStrips.forEach((strip, i) => (strip.scrollLeft = places[i] ?? 0));
  if (focused >= 0) newLinks[focused]?.focus({ preventScroll: true });
}

// While somebody reads further up, what scrolled out of the newest page stays where it is.
function drop(items, first, keepOlder) {
  for (const item of items) {
    const older = item.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (!(keepOlder && older)) item.remove();
  }
}

function merge(list, next, keepOlder) {
  const had = new Map([...list.children].map((item) => [item.id, item]));
  let last = null;
  for (const item of [...next.children]) {
    const old = had.get(item.id);
    const source = item.outerHTML;
    had.delete(item.id);
    if (old && sources.get(old) === source) {
      last = old;
      continue;
    }
    if (old) carry(old, item);
    else if (last) last.after(item);
    else list.prepend(item);
    sources.set(item, source);
    last = item;
  }
  const first = document.getElementById(next.dataset.first) ?? list.firstElementChild;
  if (first) drop(had.values(), first, keepOlder);
}

function anchored(change) {
  const box = scroller();
  const atEnd = box.scrollTop > -48;
  const top = box.getBoundingClientRect().top;
  const anchor = [...document.querySelectorAll("#feed > article")].find((item) => item.getBoundingClientRect().bottom > top);
  const before = anchor?.getBoundingClientRect().top ?? 0;
  change(!atEnd);
  if (atEnd) box.scrollTop = 0;
  else if (anchor?.isConnected) box.scrollTop += anchor.getBoundingClientRect().top - before;
}

async function refresh() {
  const response = await fetch(`${location.pathname}?fragment=1`, { headers: { Accept: "text/html" } });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const list = document.getElementById("feed");
  const strip = document.getElementById("strip");
  anchored((keepOlder) => {
    const fresh = page.getElementById("feed");
    fresh.dataset.first = fresh.querySelector(":scope > article")?.id ?? "";
    merge(list, fresh, keepOlder);
    list.dataset.cursor = fresh.dataset.cursor;
    const next = page.getElementById("strip");
    if (sources.get(strip) !== next.outerHTML) {
      sources.set(next, next.outerHTML);
      carry(strip, next);
    }
  });
}

async function refreshSoon() {
  due = true;
  if (busy || document.hidden) return;
  busy = true;
  while (due && !document.hidden) {
    due = false;
    await refresh().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  busy = false;
}

export function start() {
  const list = document.getElementById("feed");
  remember(list);
  sources.set(document.getElementById("strip"), document.getElementById("strip").outerHTML);
  const stream = new EventSource(document.querySelector("[data-live]").dataset.live);
  stream.addEventListener("cursor", (event) => event.data !== list.dataset.cursor && refreshSoon());
  document.addEventListener("visibilitychange", () => due && refreshSoon());
  addEventListener("catwalk:spoke", refreshSoon);
  setInterval(refreshSoon, CLOCK_MS);
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}
