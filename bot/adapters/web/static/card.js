// A card's answer and its reasons. An answer is shown as given only when the server has it.
import { atClose, click, count, fetchNext, latest, leave, onKeys, refuse, setUndo, startUndo } from "./progress.js";
import { enqueue, idle, post } from "./send.js";
import { whisper } from "./say.js";

const stale = new Set();
let answers, chips, undo, soon;

const buttons = () => [...answers.querySelectorAll("[data-answer]")];
const given = () => answers.dataset.given;

function showAnswer(answer) {
  const changed = (answer ?? "") !== given();
  answers.dataset.given = answer ?? "";
  for (const button of buttons()) {
    const chosen = button.dataset.answer === answer;
    button.setAttribute("aria-pressed", String(chosen));
    button.classList.toggle("just", chosen && changed);
  }
  document.querySelector("#dock").toggleAttribute("data-answered", Boolean(answer));
  document.querySelector("a[data-next]")?.classList.toggle("primary", Boolean(answer));
  if (!chips) return;
  if (answer) chips.querySelector("h2").textContent = chips.querySelector("h2").dataset[answer];
  chips.classList.toggle("just", Boolean(answer) && chips.hidden);
  chips.hidden = !answer;
}

function showChip(button, chosen) {
  button.setAttribute("aria-pressed", String(chosen));
}

// Take over what the server says now. Other devices answer too.
async function refresh(onWaiting) {
  const answer = await latest(answers.dataset.card, onWaiting);
  if (!answer.ok) return;
  for (const button of buttons()) button.value = answer.data.presses[button.dataset.answer];
  showAnswer(answer.data.answer);
  for (const chip of answer.data.chips ?? []) {
    const button = chips?.querySelector(`[data-chip="${chip.key}"]`);
    if (!button) continue;
    button.value = chip.press;
    showChip(button, chip.chosen);
  }
  stale.clear();
  setUndo(undo, answer.data.undo);
}

function refreshSoon() {
  clearTimeout(soon);
  soon = setTimeout(() => (idle() ? enqueue(() => refresh(), false) : refreshSoon()), 300);
}

async function press(form, button, took) {
  const waiting = () => (button.dataset.state = "waiting");
  if (stale.has(button) || !button.value) await refresh(waiting); // reasons have an action once there is an answer
  const answer = await post(form, { action: button.value }, waiting);
  delete button.dataset.state;
  if (answer.ok) {
    count(answer.data);
    took(answer);
    whisper(answer.data.text);
  } else refuse(answer);
  refreshSoon();
}

// The answer that is given already, tapped again, goes on.
function tapAnswer(button) {
  if (button.dataset.state) return;
  if (button.getAttribute("aria-pressed") === "true" && document.querySelector("a[data-next]")) {
    document.querySelector("a[data-next]").click();
    return;
  }
  button.dataset.state = "saving";
  enqueue(() => press(answers, button, () => showAnswer(button.dataset.answer)));
}

function tapChip(button) {
  const chosen = button.getAttribute("aria-pressed") !== "true";
  button.dataset.state = "saving";
  const took = () => {
    showChip(button, chosen);
    stale.add(button);
  };
  enqueue(() => press(chips, button, took));
}

// What is on its way is saved before the page is left.
function goOn(event) {
  if (idle()) return;
  event.preventDefault();
  const { href } = event.currentTarget;
  enqueue(() => leave(href), false);
}

function numbered(form, selector, at) {
  return () => {
    const button = form && !form.hidden ? form.querySelectorAll(selector)[at] : null;
    if (!button) return undefined;
    button.click();
    return true;
  };
}

export function start() {
  answers = document.querySelector("[data-card]");
  chips = document.querySelector("[data-chips]");
  undo = document.querySelector("[data-undo]");
  for (const [form, tap] of [[answers, tapAnswer], [chips, tapChip]]) {
    form?.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter) tap(event.submitter);
    });
  }
  for (const link of document.querySelectorAll("a[data-next], a[data-previous]")) link.addEventListener("click", goOn);
  startUndo(undo, refresh);
  const keys = { n: click("a[data-next]"), b: click("a[data-previous]"), u: click("[data-undo] button"), z: click(".card-more a") };
  keys.Enter = () => (given() ? keys.n() : undefined);
  for (const at of [0, 1, 2]) keys[at + 1] = numbered(answers, "[data-answer]", at);
  for (const at of [0, 1, 2, 3, 4, 5]) keys[at + 4] = numbered(chips, "[data-chip]", at);
  onKeys(keys);
  document.querySelector("[data-speak]")?.addEventListener("click", (event) => {
    event.preventDefault(); // going to an anchor would take the focus away again
    document.getElementById("words").focus();
  });
  addEventListener("pageshow", (event) => event.persisted && enqueue(() => refresh(), false));
  atClose(() => refresh());
  fetchNext();
}
