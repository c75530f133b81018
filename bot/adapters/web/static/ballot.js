// Taps on photos. A pick is shown as saved only when the server has it.
import { count } from "./progress.js";
import { enqueue, idle, post, read } from "./send.js";
import { say, whisper } from "./say.js";

const stale = new Set();
let form, undo, finish, soon;

const holders = () => [...document.querySelectorAll("[data-number]")];
const buttonOf = (holder) => holder.querySelector("button[name=action]");

function show(holder, picked) {
  const changed = holder.classList.contains("picked") !== picked;
  holder.classList.toggle("picked", picked);
  holder.classList.toggle("just", picked && changed);
  buttonOf(holder)?.setAttribute("aria-pressed", String(picked));
}

// Take over what the server says now: buttons, undo, counts. Other devices vote too.
async function refresh(onWaiting) {
  const answer = await read(form.dataset.sheet, onWaiting);
  if (!answer.ok) return;
  const states = new Map(answer.data.tiles.map((tile) => [tile.number, tile]));
  for (const holder of holders()) {
    const state = states.get(Number(holder.dataset.number));
    if (!state || !state.press || !buttonOf(holder)) continue;
    buttonOf(holder).value = state.press;
    show(holder, state.picked);
    stale.delete(holder);
  }
  if (undo) {
    undo.hidden = !answer.data.undo;
    undo.querySelector("button").value = answer.data.undo ?? "";
  }
  count(answer.data);
}

function refreshSoon() {
  clearTimeout(soon);
  soon = setTimeout(() => (idle() ? enqueue(() => refresh(), false) : refreshSoon()), 400);
}

function took(answer) {
  count(answer.data);
  for (const [number, picked] of answer.data.picked ?? []) {
    const holder = document.querySelector(`[data-number="${number}"]`);
    if (!holder) continue;
    show(holder, picked);
    stale.add(holder);
  }
}

async function press(holder) {
  const waiting = () => (holder.dataset.state = "waiting");
  if (stale.has(holder)) await refresh(waiting);
  const answer = await post(form, { action: buttonOf(holder).value }, waiting);
  delete holder.dataset.state;
  if (answer.ok) {
    took(answer);
    whisper(answer.data.text);
    if ("stay" in form.dataset) location.reload();
  } else say(answer.data.text ?? document.body.dataset.broken, "refused", 9000);
  refreshSoon();
}

function tap(button) {
  const holder = button.closest("[data-number]");
  holder.dataset.state = "saving";
  enqueue(() => press(holder));
}

async function takeBack() {
  const answer = await post(undo, { action: undo.querySelector("button").value });
  if (answer.ok) took(answer);
  say(answer.data.text ?? document.body.dataset.broken, answer.ok ? "done" : "refused");
  if (answer.ok && "stay" in form.dataset) location.reload();
  else refreshSoon();
}

async function turnPage() {
  const button = finish.querySelector("button");
  button.setAttribute("aria-busy", "true");
  const answer = await enqueue(() => post(finish, { action: button.value }));
  if (answer.ok) location.assign(answer.data.next ?? form.dataset.sheet);
  else {
    button.removeAttribute("aria-busy");
    say(answer.data.text ?? document.body.dataset.broken, "refused", 9000);
  }
}

function columns(tiles) {
  const top = tiles[0].getBoundingClientRect().top;
  return tiles.filter((tile) => Math.abs(tile.getBoundingClientRect().top - top) < 4).length || 1;
}

function move(key) {
  const tiles = [...document.querySelectorAll("button.tile-photo")];
  if (!tiles.length) return false;
  const at = tiles.indexOf(document.activeElement.closest?.(".tile")?.querySelector("button.tile-photo"));
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(tiles), ArrowDown: columns(tiles) }[key];
  const next = at < 0 ? tiles[0] : tiles[at + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return Boolean(next);
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (event.key.startsWith("Arrow")) {
    if (move(event.key)) event.preventDefault();
  } else if (event.key === "z") {
    document.activeElement.closest?.(".tile")?.querySelector(".zoom")?.click();
  } else if (event.key === "u" && undo && !undo.hidden) undo.requestSubmit();
  else if (event.key === "n" && finish) finish.requestSubmit();
}

// A long press zooms, and the tap that would follow it picks nothing.
function longPress() {
  let timer = 0;
  let held = false;
  const stop = () => clearTimeout(timer);
  form.addEventListener("pointerdown", (event) => {
    const tile = event.target.closest("button.tile-photo")?.closest(".tile");
    held = false;
    if (!tile || event.pointerType === "mouse") return;
    timer = setTimeout(() => {
      held = true;
      tile.querySelector(".zoom").click();
    }, 550);
  });
  for (const name of ["pointerup", "pointercancel", "pointermove", "pointerleave"]) {
    form.addEventListener(name, (event) => (name !== "pointermove" || event.movementX ** 2 + event.movementY ** 2 > 16) && stop());
  }
  form.addEventListener("contextmenu", (event) => held && event.preventDefault());
  form.addEventListener("click", (event) => held && event.target.closest("button") && event.preventDefault(), true);
}

export function start() {
  form = document.querySelector("[data-sheet]");
  undo = document.querySelector("[data-undo]");
  finish = document.querySelector("[data-finish]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter) tap(event.submitter);
  });
  undo?.addEventListener("submit", (event) => {
    event.preventDefault();
    enqueue(takeBack);
  });
  finish?.addEventListener("submit", (event) => {
    event.preventDefault();
    turnPage();
  });
  document.addEventListener("keydown", onKey);
  addEventListener("pageshow", (event) => event.persisted && enqueue(() => refresh(), false));
  longPress();
}
