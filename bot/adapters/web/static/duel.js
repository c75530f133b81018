// A duel: one tap answers it and leads on, as soon as the server has it.
import { atClose, click, fetchNext, latest, leave, onKeys, refuse, setUndo, startUndo } from "./progress.js";
import { enqueue, post } from "./send.js";

let form, undo;
let leaving = false;

const sides = () => [...document.querySelectorAll("[data-side]")];
const buttonOf = (side) => (side.matches("button") ? side : side.querySelector("button"));

function show(side, chosen) {
  side.classList.toggle("picked", chosen);
  buttonOf(side).setAttribute("aria-pressed", String(chosen));
}

async function refresh() {
  const answer = await latest(form.dataset.duel);
  if (!answer.ok) return;
  for (const side of sides()) {
    const state = answer.data.sides[side.dataset.side];
    buttonOf(side).value = state.press;
    show(side, state.chosen);
  }
  const answered = sides().some((side) => answer.data.sides[side.dataset.side].chosen);
  document.querySelector("#dock").toggleAttribute("data-answered", answered);
  document.querySelector("a[data-next]")?.classList.toggle("primary", answered);
  setUndo(undo, answer.data.undo);
}

async function press(side) {
  const answer = await post(form, { action: buttonOf(side).value }, () => (side.dataset.state = "waiting"));
  delete side.dataset.state;
  if (answer.ok) {
    for (const one of sides()) show(one, one === side);
    leave(answer.data.next ?? form.dataset.duel);
    return;
  }
  leaving = false;
  refuse(answer);
  await refresh();
}

function tap(button) {
  if (leaving) return;
  leaving = true;
  const side = button.closest("[data-side]");
  side.dataset.state = "saving";
  enqueue(() => press(side));
}

export function start() {
  form = document.querySelector("[data-duel]");
  undo = document.querySelector("[data-undo]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter) tap(event.submitter);
  });
  startUndo(undo, refresh);
  const [first, second, even] = [".first button", ".second button", ".even"].map(click);
  const next = click("a[data-next]");
  onKeys({
    1: first, 2: second, 3: even, ArrowLeft: first, ArrowRight: second, ArrowDown: even,
    n: next, b: click("a[data-previous]"), u: click("[data-undo] button"),
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    leaving = false;
    enqueue(refresh, false);
  });
  atClose(refresh);
  fetchNext();
}
