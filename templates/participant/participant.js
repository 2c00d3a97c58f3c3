"use strict";
// Counts down to each deadline by the server's clock, asks before a task is returned, follows the task's frame, copies codes.
// The pages work without.

const frame = document.getElementById("task");
const warning = document.getElementById("warning");
const two = (number) => String(number).padStart(2, "0");
const monotonic = () => performance.now() / 1000;

// The time that is left of one task. Only the server ends it; this shows what the server said, and asks it again.
class Countdown {
  constructor(place) {
    this.place = place;
    this.grace = false;
    this.asking = false;
    this.askedAt = monotonic();
    this.endsAt = monotonic() + Number(place.dataset.left);
  }

  get left() {
    return Math.max(0, this.endsAt - monotonic());
  }

  show() {
    const left = Math.ceil(this.left), hours = Math.floor(left / 3600), minutes = Math.floor(left / 60) % 60;
    this.place.textContent = hours >= 48 ? this.place.dataset.days.replace("{count}", Math.floor(hours / 24)) : `${hours ? hours + ":" + two(minutes) : minutes}:${two(left % 60)}`;
    const soon = left < Math.max(15, Math.min(120, Number(this.place.dataset.limit) / 4));
    this.place.classList.toggle("soon", soon || this.grace);
    if (this.grace) warn("grace");
    else if (left > 0) warn(soon ? "soon" : "");
    const age = monotonic() - this.askedAt;
    if (left === 0 ? age > 2 : age > 60 && !document.hidden) this.ask();
  }

  async ask() {
    if (this.asking) return;
    this.asking = true;
    try {
      const answer = await fetch(this.place.dataset.ask, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.status >= 500 || answer.status === 429) throw new Error(answer.statusText);
      const task = answer.ok ? await answer.json() : {};
      if (task.state !== "accepted") return leave(frame ? this.place.dataset.ask : location.href);
      this.grace = task.left_s === 0;
      this.endsAt = monotonic() + (task.left_s || task.grace_left_s);
    } catch {  // the server is away
      if (this.left === 0) warn("away");
    } finally {
      this.asking = false;
      this.askedAt = monotonic();
    }
  }
}

function warn(name) {
  if (!warning || warning.dataset.said === name) return;
  warning.dataset.said = name;
  warning.hidden = !name;
  warning.textContent = name && warning.dataset[name];
}

function leave(address) {
  frame?.remove();  // which would ask whether to leave
  window.location.assign(address);
}

const countdowns = [...document.querySelectorAll(".countdown")].map((place) => new Countdown(place));
const askAll = () => countdowns.forEach((one) => one.ask());
if (countdowns.length) {
  let offset = Date.now() / 1000 - monotonic();
  const tick = () => {
    const now = Date.now() / 1000 - monotonic();
    if (Math.abs(now - offset) > 2) askAll();  // the computer slept, or its clock was set
    offset = now;
    countdowns.forEach((one) => one.show());
  };
  tick();
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) askAll(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) askAll(); });
}

function forget(form) {
  frame?.remove();  // which would ask once more, and keeps its answers when it goes
  try { localStorage.removeItem(form.dataset.forget); } catch { /* nothing is kept */ }
}

for (const form of document.querySelectorAll("form[data-ask]")) {
  form.addEventListener("submit", (event) => {
    if (window.confirm(form.dataset.ask)) forget(form);
    else event.preventDefault();
  });
}

// Ends the visit of somebody whom a recruiter sent; whether there is one.
function depart(outcome) {
  const form = document.getElementById("leave");
  if (!form) return false;
  form.elements.outcome.value = outcome;
  forget(form);
  form.submit();
  return true;
}

// What a task's page asks of this one.
const wishes = {
  accept: () => document.getElementById("accept")?.submit(),
  screened_out: () => depart("screened_out"),
  decline() {
    if (depart("no_consent")) return;
    const form = document.getElementById("return");
    if (!form) return leave(frame.dataset.home);
    forget(form);
    form.submit();
  },
  home: () => leave(frame.dataset.home),
};

// What the page of another program may ask: all of it concerns the one task that it is shown for.
const foreignWishes = {
  sent: () => leave(location.href),  // where the server thanks, or shows the task again if that is not true
  submit({ fields }) {
    if (!frame.dataset.assignment) return;
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: `${frame.dataset.home}/mturk/externalSubmit`, hidden: true });
    for (const [name, value] of fields) {
      const field = document.createElement("textarea");  // keeps its lines as they are
      Object.assign(field, { name, value });
      form.append(field);
      if (name === "assignmentId" && value !== frame.dataset.assignment) return;
    }
    document.body.append(form);
    frame.remove();
    form.submit();
  },
  keep({ kind, values }) {
    const text = JSON.stringify(values);
    if (!AREAS.includes(kind) || text.length > 1e6) return;
    try { window[kind].setItem(storedUnder, text); } catch { /* nothing is kept */ }
  },
};
const AREAS = ["localStorage", "sessionStorage"];
const storedUnder = frame && "vidgen-foreign:" + new URL(frame.dataset.home, location.href).pathname;

// Loads the page of another program: this browser knows best under which address it finds the server.
function showForeign() {
  const submitTo = encodeURIComponent(new URL(frame.dataset.submitTo, location.href).href);
  const address = frame.dataset.src.replace(/turkSubmitTo=[^&#]*/, `turkSubmitTo=${submitTo}`);
  const elsewhere = new URL(address, location.href).origin !== location.origin;
  if (elsewhere) frame.sandbox.add("allow-same-origin");  // its own, which is none of this server's
  else frame.name = JSON.stringify(Object.fromEntries(AREAS.map((kind) => [kind, stored(kind)])));
  frame.src = address;
  frame.parentNode.append(frame);  // put in anew: Chromium takes a name when a frame begins, and no other
}

function stored(kind) {
  try { return JSON.parse(window[kind].getItem(storedUnder)) ?? {}; } catch { return {}; }
}

if (frame?.dataset.src) {
  showForeign();
  window.addEventListener("message", (event) => {
    const wish = event.data?.vidgen;
    if (event.source === frame.contentWindow || wish === "sent") foreignWishes[wish]?.(event.data);
  });
} else if (frame) {
  frame.addEventListener("load", () => {
    let path;
    try { path = frame.contentWindow.location.pathname; } catch { return; }
    if (path.startsWith(new URL(frame.dataset.thanks, location.href).pathname)) window.location.replace(path);
    else if (path.endsWith("/mturk/externalSubmit")) askAll();  // refused: perhaps the time is over
  });
  window.addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== location.origin) return;
    wishes[event.data?.vidgen]?.();
  });
}

if (window.parent !== window) {
  for (const link of document.links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();  // none of these pages may show in a task's frame
      window.parent.postMessage({ vidgen: "home" }, location.origin);
    });
  }
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
