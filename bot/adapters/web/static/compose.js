// The box to speak in: sends in place, and keeps every word until the server has it.
import { enqueue, post } from "./send.js";
import { say } from "./say.js";

const fine = matchMedia("(pointer: fine)");

function answering(form, id, author) {
  const line = form.querySelector(".answering");
  const words = line.querySelector("[data-answering]");
  form.elements.reply_to.value = id;
  words.textContent = id ? words.dataset.answering.replace("\u0001", author) : "";
  line.hidden = !id;
  if (id) form.elements.text.focus();
}

// What a command found stands over the box, for who asked, until it is closed or the next answer comes.
function show(html) {
  const panel = document.querySelector("[data-answered]");
  panel.querySelector("[role=status]").innerHTML = html ?? "";
  panel.hidden = !html;
  panel.scrollTop = 0;
}

async function said(form, words) {
  const answer = await enqueue(() => post(form, { text: words }));
  const { data, ok } = answer;
  if (ok && data.next) return location.assign(data.next);
  if (ok && data.answer) show(data.answer);
  else say(data.text ?? (ok ? "" : document.body.dataset.broken), ok ? "done" : "refused", 6000);
  if (ok && !data.answer && !document.getElementById("live") && !("stay" in form.dataset)) location.reload();
  else if (ok && document.getElementById("live")) dispatchEvent(new CustomEvent("catwalk:spoke"));
  return ok;
}

async function send(form) {
  const box = form.elements.text;
  const button = form.querySelector(".send");
  const words = box.value;
  if (!words.trim() || button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  const ok = await said(form, words);
  button.removeAttribute("aria-busy");
  if (!ok) return;
  if (box.value === words) box.value = "";
  answering(form, "", "");
}

export function start() {
  const form = document.querySelector("[data-compose]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
  form.elements.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && fine.matches) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-choices]") || event.submitter?.name !== "text") return;
    event.preventDefault();
    said(form, event.submitter.value);
  });
  document.addEventListener("click", (event) => {
    const reply = event.target.closest("[data-reply]");
    const stop = event.target.closest(".answering-stop");
    if (!reply && !stop) return;
    event.preventDefault();
    if (stop?.closest("[data-answered]")) return show("");
    answering(form, reply?.dataset.reply ?? "", reply?.dataset.author ?? "");
  });
}
