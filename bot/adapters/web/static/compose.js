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

async function send(form) {
  const box = form.elements.text;
  const button = form.querySelector(".send");
  const words = box.value;
  if (!words.trim() || button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  const answer = await enqueue(() => post(form, { text: words }));
  button.removeAttribute("aria-busy");
  say(answer.data.text ?? (answer.ok ? "" : document.body.dataset.broken), answer.ok ? "done" : "refused", 6000);
  if (!answer.ok) return;
  if (box.value === words) box.value = "";
  answering(form, "", "");
  if (answer.data.next) location.assign(answer.data.next);
  else if (document.getElementById("live")) dispatchEvent(new CustomEvent("catwalk:spoke"));
  else if (!("stay" in form.dataset)) location.reload();
}

export function start() {
  const form = document.querySelector("[data-compose]");
  form.addEventListener("submit", (event) => {
    if (form.elements.text.value.trimStart().startsWith("/")) return; // a command's answer is a page
    event.preventDefault();
    send(form);
  });
  form.elements.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && fine.matches) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  document.addEventListener("click", (event) => {
    const reply = event.target.closest("[data-reply]");
    const stop = event.target.closest(".answering-stop");
    if (!reply && !stop) return;
    event.preventDefault();
    answering(form, reply?.dataset.reply ?? "", reply?.dataset.author ?? "");
  });
}
