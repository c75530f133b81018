// Sentences at the bottom of the page. A screen reader hears each once.
const region = () => document.getElementById("toasts");
let waiting = null;

export function say(words, kind = "done", stay = 6000) {
  if (!words) return null;
  const toast = document.createElement("p");
  toast.className = `toast ${kind}`;
  toast.textContent = words;
  region().append(toast);
  if (stay) setTimeout(() => toast.remove(), Math.max(stay, words.length * 60));
  return toast;
}

// For what the page shows already: heard, not seen.
export function whisper(words) {
  say(words, "hush", 3000);
}

export function wait(words) {
  clearWaiting();
  waiting = say(words, "waiting", 0);
}

export function clearWaiting() {
  waiting?.remove();
  waiting = null;
}
