"use strict";
// Counts down to each deadline, asks before a task is returned, follows the task's frame to the thank-you page, copies codes. The pages work without.

const two = (number) => String(number).padStart(2, "0");

function countDown(place) {
  const left = Math.max(0, Math.round(Number(place.dataset.deadline) - Date.now() / 1000));
  const hours = Math.floor(left / 3600), minutes = Math.floor(left / 60) % 60;
  place.textContent = hours >= 48 ? place.dataset.days.replace("{count}", Math.floor(hours / 24)) : `${hours ? hours + ":" + two(minutes) : minutes}:${two(left % 60)}`;
  place.classList.toggle("soon", left < 120);
  if (left === 0 && place.dataset.late && !place.dataset.over) {
    place.dataset.over = "yes";
    frame?.remove();  // which would ask whether to leave
    window.location.assign(place.dataset.late);
  }
}

const frame = document.getElementById("task");
const places = [...document.querySelectorAll(".countdown")];
const tick = () => places.forEach(countDown);
if (places.length) { tick(); setInterval(tick, 1000); }

for (const form of document.querySelectorAll("form[data-ask]")) {
  form.addEventListener("submit", (event) => {
    if (window.confirm(form.dataset.ask)) frame?.remove();  // which would ask once more
    else event.preventDefault();
  });
}

if (frame) {
  frame.addEventListener("load", () => {
    let path;
    try { path = frame.contentWindow.location.pathname; } catch { return; }
    if (path.startsWith(new URL(frame.dataset.thanks, location.href).pathname)) window.location.replace(path);
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.textContent = button.dataset.copied;
  });
}

const live = document.getElementById("live");
if (live) {
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      live.replaceChildren(...page.getElementById("live").childNodes);
    } catch { /* the server is away: what is shown stays */ }
  }, Number(live.dataset.refresh) * 1000);
}
