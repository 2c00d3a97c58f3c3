// The participant's way through the task: state, moving, keys, sending.
const QUERY = new URLSearchParams(location.search);
const ASSIGNMENT = QUERY.get("assignmentId") || "ASSIGNMENT_ID_NOT_AVAILABLE";
const WORKER = QUERY.get("workerId") || ASSIGNMENT;
const PREVIEW = ASSIGNMENT === "ASSIGNMENT_ID_NOT_AVAILABLE";
const OPTION_SEED = seedOf("options", TASK.seed, WORKER);
const ITEM_SEED = seedOf("items", TASK.seed, ASSIGNMENT);
const QUESTION_SEED = seedOf("questions", TASK.seed, WORKER);

const round = (value) => Math.round(value * 1000) / 1000;
const memory = openMemory(ASSIGNMENT, seedOf("participant", TASK.study, WORKER));
const optionsHere = Object.fromEntries(TASK.questions.filter(({ kind }) => ORDERS[kind]).map((question) => [question.id, ORDERS[question.kind](question)]));
const itemsHere = itemOrder(TASK.parts, ITEM_SEED, TASK.checks);
const own = PREVIEW ? null : memory.read();
const earlier = own ?? (PREVIEW ? null : memory.inherit());
let state = earlier ?? { screen: !PREVIEW && consentGiven() ? 1 : 0, comment: "", submitted: false, shortcuts: true, practise: !memory.told("practised"), items: {}, once: memory.told("once") ?? {}, asks_once: !memory.told("once"), quiz: memory.told("quiz"), knows: Boolean(memory.told("quiz")?.passed) };
const trainingHere = state.practise ? TASK.training : [];
const onceHere = { before: [], after: [], ...(state.asks_once ? TASK.once : {}) };
const once = (ids) => (ids.length ? [{ make: () => onceStep(ids) }] : []);
const screens = [
  { make: consentStep }, { make: instructionsStep }, ...(TASK.quiz && !state.knows ? [{ make: quizStep }] : []), ...(TASK.sound ? [{ make: soundStep }] : []),
  ...once(onceHere.before),
  ...[...trainingHere, ...itemsHere].map((item) => ({ item, make: () => itemStep(item) })),
  ...once(onceHere.after),
  { make: commentStep },
];
// `sending` says how far sending is: "on its way", "waiting" for the connection, or "handed" to a page that takes over.
let step = null, away = false, declined = false, sending = "", stepTimers = [];
if (earlier && !own) {  // the order is another one now: on to the first item without an answer
  const open = screens.findIndex(({ item }) => item && !isDone(item));
  const begun = earlier.screen >= screens.findIndex(({ item }) => item);
  state = { ...state, submitted: false, pressed: false, screen: !begun ? earlier.screen : open < 0 ? screens.length - 1 : open };
}
const later = (action, ms) => stepTimers.push(setTimeout(action, ms));

function newRecord() {
  return {
    answers: {}, time_to_play_s: null, watched_fraction: 0,
    replays: 0, stalls: 0, playback_errors: 0, focus_losses: 0, seen: false, skipped: false, spent_s: 0,
  };
}

function recordOf(item) {
  return state.items[item.key] ??= newRecord();
}

function questionsOf(item) {
  if (item.kind === "attention") return [item.question];
  const ids = TASK.asked_together[item.questions];
  return TASK.shuffle_questions ? questionOrder(ids.map((id) => QUESTIONS[id]), QUESTION_SEED).map(({ id }) => id) : ids;
}

function isDone(item) {
  const { skipped, answers } = recordOf(item);
  return skipped || areAnswered(questionsOf(item), answers);
}

function save() {
  if (!PREVIEW && !away) memory.write(state);
}

function go(screen) {
  if (screens[state.screen].item === trainingHere.at(-1) && trainingHere.length && !PREVIEW) memory.keep("practised", 1);
  state.screen = Math.max(0, Math.min(screens.length - 1, screen));
  save();
  render();
}

function render() {
  if (step && step.leave) step.leave();
  stepTimers.forEach(clearTimeout);
  stepTimers = [];
  step = away ? otherTabStep() : declined ? declinedStep() : state.ended ? quizEndedStep() : state.submitted ? sentStep() : sending === "waiting" ? waitingStep() : state.pressed && !sending ? handedOverStep() : screens[state.screen].make();
  const back = step.back ? button("back", () => go(state.screen - 1)) : step.decline ? button("decline", step.decline) : element("span");
  step.button = step.primary ? button(step.primary, forward, "primary") : null;
  const stage = document.getElementById("stage");
  stage.replaceChildren(step.node, ...(step.button ? [element("div", { class: "bar" }, step.message ?? null, element("nav", {}, back, step.button))] : []));
  refresh();
  window.scrollTo(0, 0);
  stage.querySelector("h1").focus({ preventScroll: true });
  if (step.entered) step.entered();
  for (const screen of screens.slice(state.screen + 1, state.screen + 3)) preload(screen.item);
}

function refresh() {
  if (step.button) step.button.disabled = Boolean(sending) || Boolean(step.ready && !step.ready());
  const done = itemsHere.filter(isDone).length;
  document.getElementById("progress").value = done / itemsHere.length;
}

function forward() {
  if (step.button.disabled) return;
  if (step.primary === "submit") send();
  else if (step.forward) step.forward();
  else go(state.screen + 1);
}

// An address of the platform, and whether that is the server of this page.
function addressOf(path) {
  const platform = new URL(QUERY.get("turkSubmitTo") || location.origin, location.href);
  if (!/^https?:$/.test(platform.protocol)) throw new Error("turkSubmitTo: not a web address");
  return platform.href.replace(/\/+$/, "") + "/" + path;
}

function isHome() {
  return new URL(addressOf("")).origin === location.origin;
}

function send() {
  if (sending || PREVIEW) return;
  const form = document.getElementById("send");
  form.action = addressOf("mturk/externalSubmit");
  const fields = { assignmentId: ASSIGNMENT, consent: "yes", language: document.documentElement.lang, item_seed: ITEM_SEED, question_seed: QUESTION_SEED, options: JSON.stringify(optionsHere), comment: state.comment };
  if (state.quiz) fields.quiz = JSON.stringify(state.quiz);
  if (TASK.once && state.asks_once) fields.once = JSON.stringify(answersTo([...onceHere.before, ...onceHere.after], state.once));
  [...trainingHere, ...itemsHere].forEach((item, position) => { fields["item." + item.key] = JSON.stringify(sent(item, position)); });
  form.replaceChildren(...Object.entries(fields).map(([name, value]) => element("input", { type: "hidden", name, value })));
  sending = "on its way";
  state.pressed = true;
  save();
  if (step.button) step.button.textContent = say("sending");
  refresh();
  if (isHome()) deliver(form.action, fields, wait, () => away).then(arrived);
  else handOver();
}

// To a platform elsewhere, or for the words with which the platform refuses: its page takes this one's place.
function handOver() {
  sending = "handed";
  document.getElementById("send").submit();
}

function wait() {
  if (sending === "waiting") return;
  sending = "waiting";
  if (!away) render();
}

function arrived(acknowledged) {
  if (acknowledged === undefined) { sending = ""; return; }  // another tab sends
  state.pressed = false;
  state.submitted = acknowledged !== null;
  save();
  if (!state.submitted) return handOver();
  if (TASK.once && state.asks_once) memory.keep("once", state.once);
  sending = "handed";
  render();
  if (acknowledged.next) location.replace(acknowledged.next);
}

// Whoever pressed the button before a reload need not press it again.
function resume() {
  if (state.pressed && !state.submitted && isHome()) send();
}

function sent(item, position) {
  const { seen, skipped, spent_s, answers, ...record } = recordOf(item);
  return { answers: answersTo(questionsOf(item), answers), shown: item.clips && shownIn(item), ...record, watched_fraction: round(record.watched_fraction), position, option_seed: OPTION_SEED };
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  pointing = false;
  const { tagName: tag, type } = event.target;
  if (tag === "TEXTAREA" || (type === "number" && event.key !== "Enter") || (type === "checkbox" && event.key === " ")) return;
  if ((tag === "BUTTON" || tag === "A") && (event.key === "Enter" || event.key === " ")) return;
  let used = false;
  if (event.key === "Enter" && step.button) { if (step.button.disabled && step.next) step.next(); else forward(); used = true; }
  else if (!state.shortcuts) return;
  else if (event.key === "Backspace" && step.back) { go(state.screen - 1); used = true; }
  else if (step.keys) used = step.keys(event.key.toLowerCase());
  if (used) event.preventDefault();
}

let focused = true;
function onFocusLost() {
  if (focused && step.lostFocus) { step.lostFocus(); save(); }
  focused = false;
}

document.addEventListener("keydown", onKey);
document.addEventListener("pointerdown", () => { pointing = true; }, true);
document.addEventListener("visibilitychange", () => { if (document.hidden) onFocusLost(); else focused = true; });
window.addEventListener("blur", onFocusLost);
window.addEventListener("focus", () => { focused = true; });
window.addEventListener("beforeunload", (event) => {
  if (!PREVIEW && !away && sending !== "handed" && !state.submitted && !state.ended && state.screen > 0) event.preventDefault();
});
window.addEventListener("pagehide", () => { focused = false; if (step.leave && !away) { step.leave(); save(); } });
window.addEventListener("pageshow", (event) => { if (event.persisted) { focused = true; sending = ""; render(); } });
memory.whenTakenOver(() => { if (!PREVIEW && !away) { away = true; render(); } });

document.getElementById("top").hidden = false;
document.getElementById("preview").hidden = !PREVIEW || HOSTED;
if (!PREVIEW) memory.claim(state);
render();
resume();
if (earlier && !state.submitted && state.screen > 0) announce(say("restored"));
