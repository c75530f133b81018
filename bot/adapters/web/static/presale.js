// A presale's page without reloads: what the choice costs now, and a price that is never an old one.
import { enqueue, post } from "./send.js";
import { say } from "./say.js";

const PAUSE_MS = 250;
const CLOCK_MS = 60000;
const found = (selector) => document.querySelector(selector);
let asked = 0;
let timer = 0;

const sheet = () => found("#order");

// What is chosen, once it is enough for a quote.
function chosen() {
  const form = sheet();
  return form?.checkValidity() ? new URLSearchParams(new FormData(form)) : new URLSearchParams();
}

// The element stays, so that what is said in it is heard and what measures it goes on.
function put(part) {
  const old = document.getElementById(part.id);
  const open = old.querySelector("details")?.open ?? false;
  const focused = old.contains(document.activeElement) ? document.activeElement.tagName : "";
  old.replaceChildren(...part.childNodes);
  Object.assign(old.dataset, part.dataset);
  if (open) old.querySelector("details").open = true;
  if (focused) old.querySelector(focused)?.focus({ preventScroll: true });
}

// Asks the server, which alone knows prices; of two answers the later question's counts.
async function refresh() {
  const mine = ++asked;
  const query = chosen();
  query.set("fragment", "1");
  const response = await fetch(`${found("[data-presale]").dataset.presale}?${query}`, { headers: { Accept: "text/html" } });
  if (!response.ok || mine !== asked || found("#dock [aria-busy]")) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const first = !found("#quote").textContent.trim();
  const moved = found("#now").dataset.price !== page.getElementById("now").dataset.price;
  for (const id of ["now", "quote", "dock"]) {
    const part = page.getElementById(id);
    const same = id === "quote" && part.textContent === found("#quote").textContent;
    if (!same) put(part);
  }
  if (first && found("#quote").textContent.trim()) found("#quote").scrollIntoView({ block: "nearest" });
  if (moved) say(found("[data-presale]").dataset.moved);
}

function refreshSoon(after = PAUSE_MS) {
  clearTimeout(timer);
  timer = setTimeout(() => refresh().catch(() => {}), after);
}

async function order(form, button) {
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  const answer = await enqueue(() => post(form, { action: button.value }));
  if (answer.ok && answer.data.next) return location.assign(answer.data.next);
  say(answer.data.text ?? document.body.dataset.broken, "refused");
  button.removeAttribute("aria-busy");
  refreshSoon(0);
}

function step(button) {
  const box = sheet().elements.quantity;
  const next = (Number(box.value) || 0) + Number(button.dataset.step);
  box.value = Math.min(Math.max(next, Number(box.min)), Number(box.max));
  refreshSoon();
}

export function start() {
  for (const button of document.querySelectorAll("[data-step]")) button.hidden = false;
  const ask = found("[data-quote]");
  if (ask) ask.hidden = true;
  sheet()?.addEventListener("input", () => refreshSoon());
  sheet()?.addEventListener("submit", (event) => {
    event.preventDefault();
    refreshSoon(0);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (button) step(button);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-confirm-form]");
    if (!form) return;
    event.preventDefault();
    order(form, form.querySelector("button"));
  });
  if (sheet()?.checkValidity() && !found("#quote").dataset.confirm && !found("#quote .notice")) refreshSoon(0);
  const stream = new EventSource(found("[data-events]").dataset.events);
  let cursor = "";
  stream.addEventListener("cursor", (event) => {
    if (cursor && event.data !== cursor) refreshSoon();
    cursor = event.data;
  });
  setInterval(() => document.hidden || refreshSoon(0), CLOCK_MS);
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}
