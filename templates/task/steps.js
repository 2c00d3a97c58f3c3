// What each step shows. A step is { node, primary, ready, keys, next, leave }; main.js moves between them.
function heading(text) {
  return element("h1", { tabindex: "-1" }, text);
}

function shortcutsSwitch() {
  const box = element("input", { type: "checkbox", checked: state.shortcuts, onchange: () => { state.shortcuts = box.checked; save(); } });
  return element("label", { class: "shortcuts", title: say("shortcuts_help") }, box, element("span", {}, say("shortcuts"),
    element("small", {}, say("shortcuts_help"))));
}

function consentStep() {
  const minutes = TASK.minutes, checks = TASK.checks.length, limit = TASK.limit_s;
  const facts = [
    say("consent_duration", { minutes, items: itemsHere.flatMap((item) => item.clips ?? []).length }),
    trainingHere.length ? say("consent_practice", { count: trainingHere.length }) : "",
    checks ? say("consent_checks", { count: checks }) : "",
    limit < 120 ? say("consent_limit_seconds", { seconds: limit }) : say("consent_limit", { minutes: Math.floor(limit / 60) }),
    TASK.pay ? say("pay", { pay: TASK.pay }) : say(TASK.paid_elsewhere ? "paid_elsewhere" : "unpaid"),
    soundFact(),
  ];
  const asks = !PREVIEW || HOSTED;
  return { primary: asks ? "agree" : "look", forward: agree, decline: asks ? decline : null, node: element("section", { class: "reading" },
    heading(say("step_consent")),
    element("p", { class: "title", dir: "auto" }, TASK.title),
    element("ul", { class: "facts" }, ...facts.filter(Boolean).map((fact) => element("li", {}, fact))),
    ...paragraphs(TASK.consent),
    TASK.contact ? element("p", {}, ...sayApart("contact", { contact: element("span", {}, ...linked(TASK.contact)) })) : null,
    asks ? null : element("p", { class: "hint" }, say("preview_consent"))) };
}

function agree() {
  if (!PREVIEW || !HOSTED) return go(state.screen + 1);
  rememberConsent();
  askHost("accept");
}

function decline() {
  if (HOSTED) askHost("decline");
  else { declined = true; render(); }
}

function declinedStep() {
  return { node: element("section", { class: "reading" }, heading(say("declined")), element("p", {}, say("declined_detail")),
    button("reconsider", () => { declined = false; render(); })) };
}

function soundFact() {
  return say(TASK.sound ? "sound_on" : "sound_off");
}

function paragraphs(text) {
  return text.split(/\n\s*\n/).map((part) => element("p", { dir: "auto" }, ...linked(part.trim())));
}

function instructionsStep() {
  const asked = TASK.questions.filter(({ id, kind }) => "instructions_" + kind in WORDS && TASK.asked_together.flat().includes(id));
  const kinds = [...new Set(asked.map(({ kind }) => kind))];
  const lines = [say("instructions_1"), soundFact(), say("instructions_2"), ...kinds.map(instructionsOf), say("instructions_4")];
  const examples = (TASK.examples ?? []).map(exampleOf);
  return { primary: "start", back: true, entered() { examples.forEach((player) => player.begin()); }, leave() { examples.forEach((player) => player.stop()); }, node: element("section", { class: "reading" },
    heading(say("step_instructions")),
    element("ol", {}, ...lines.map((line) => element("li", {}, ...[line].flat()))),
    trainingHere.length ? element("p", {}, say("practice_first")) : null,
    ...examples.map(({ node, text }) => element("div", { class: "example" }, node, element("p", { dir: "auto" }, text))),
    shortcutsSwitch()) };
}

function exampleOf({ clips, text }, place) {
  return { ...clipPlayer({ key: "example-" + place, clips }, newRecord(), () => 0, () => {}, () => {}), text };
}

// What to do with a kind of question; of naming, with its last two options.
function instructionsOf(kind) {
  const [other, unclear] = (optionsHere[TASK.questions.find((question) => question.kind === kind).id] ?? []).slice(-2).map(textOf);
  return sayApart("instructions_" + kind, { other, unclear });
}

function sizeOf(item) {
  const clips = clipsOf(item);
  const declared = TASK.size === "native" ? Math.max(...clips.map(({ width }) => width)) : TASK.size === "fit" ? 0 : TASK.size;
  const ratio = Math.max(...clips.map(ratioOf), 0) || 4 / 3;
  return { class: declared ? "item sized" : "item", style: `--ratio: ${ratio};` + (declared ? `--width: ${declared}px` : "") };
}

function promptOf(item) {
  return item.prompt === undefined ? null : element("p", { class: "prompt" }, element("span", {}, say("prompt")), " ", element("q", { dir: "auto" }, TASK.prompts[item.prompt]));
}

function itemStep(item) {
  const record = recordOf(item);
  const training = item.kind === "training", attention = item.kind === "attention";
  const ids = questionsOf(item), [first] = ids;
  const list = training ? trainingHere : itemsHere;
  const shownAt = performance.now();
  const elapsed = () => round(record.spent_s + (performance.now() - shownAt) / 1000);
  const message = element("p", { class: "message", role: "status" });
  const player = clipsOf(item).length ? clipPlayer(item, record, elapsed,
    () => { lock(); if (!isDone(item)) tell(say("unlocked")); save(); },
    () => { record.skipped = true; ids.forEach((id) => delete record.answers[id]); lock(); save(); refresh(); }) : null;
  const questions = questionList(ids, record.answers, { item, player, elapsed, onanswer, text: attention ? say("attention_question") : null });

  function onanswer(id) {
    record.skipped = false;
    tell("");
    if (training && id === first) feedback();
    save();
    refresh();
  }

  function tell(parts, kind = "") {
    message.className = "message " + kind;
    message.replaceChildren(...[parts].flat());
  }

  // Practice tells what a clip shows, once its first question is answered for good.
  function feedback() {
    if (!isPractised()) return;
    const right = item.labels.includes(record.answers[first].answer);
    const label = item.labels.map(textOf).join(" / ");
    item.labels.forEach(questions.part(first).mark);
    questions.lock(true, first);
    tell(sayApart(right ? "right" : "not_right", { label }), right ? "right" : "not-right");
  }

  function isPractised() {
    return training && item.labels && Boolean(record.answers[first]);
  }

  function lock() {
    const locked = !record.seen && !record.skipped && !PREVIEW;
    questions.lock(locked || record.skipped);
    tell(record.skipped ? say("skipped") : locked && player ? say(item.clips?.length > 1 ? "locked_many" : "locked") : "");
    feedback();
  }

  if (!player) later(() => { record.seen = true; lock(); }, 1000);
  const place = list.indexOf(item);
  const beside = TASK.prompt === "beside";
  const node = element("section", { ...sizeOf(item), "data-item": item.key },
    heading(say(training ? "step_training" : ids.length > 1 ? "step_part" : "step_item", { number: place + 1, total: list.length })),
    beside ? null : promptOf(item),
    player ? player.node : element("p", { class: "request" }, ...sayApart("attention", { label: questions.part(first).label(item.asked) })),
    element("div", { class: "answering" }, beside ? promptOf(item) : null, ...questions.nodes, training && item.labels ? element("p", { class: "hint" }, say("feedback_note")) : null, shortcutsSwitch()));
  lock();
  return {
    node,
    primary: place + 1 === list.length && !training && !onceHere.after.length ? "finish" : "next",
    back: !training && place > 0,
    message,
    ready: () => isDone(item) || PREVIEW,
    next: questions.next,
    entered() { if (player) player.begin(); },
    keys(key) {
      if (key === " " && player) { player.replay(); return true; }
      return questions.keys(key);
    },
    lostFocus() { record.focus_losses++; },
    leave() {
      record.spent_s = elapsed();
      if (player) player.stop();
    },
  };
}

// What is asked once of each participant, on one screen.
function onceStep(ids) {
  const shownAt = performance.now();
  const questions = questionList(ids, state.once, { elapsed: () => round((performance.now() - shownAt) / 1000), onanswer: () => { save(); refresh(); } });
  return {
    primary: "next", back: true, ready: () => areAnswered(ids, state.once) || PREVIEW, next: questions.next, keys: questions.keys,
    node: element("section", { class: "reading" }, heading(say("step_once")), ...questions.nodes, shortcutsSwitch()),
  };
}

function commentStep() {
  const open = itemsHere.filter((item) => !isDone(item));
  const field = element("textarea", { id: "comment", rows: 4, maxlength: 2000, oninput: () => { state.comment = field.value; save(); } });
  field.value = state.comment;
  return { primary: "submit", back: true, ready: () => !PREVIEW && open.length === 0, node: element("section", { class: "reading" },
    heading(say("step_comment")),
    element("label", { for: "comment" }, say("comment")),
    field,
    PREVIEW ? element("p", { class: "hint" }, say("preview_submit")) : null,
    open.length && !PREVIEW ? element("p", { class: "notice" }, say("unanswered", { count: open.length }) + " ",
      button("go_to_unanswered", () => go(screens.findIndex((screen) => screen.item === open[0])))) : null) };
}

function sentStep() {
  return { node: element("section", { class: "reading" }, heading(say("sent")), element("p", {}, say("sent_detail"))) };
}

function waitingStep() {
  return { node: element("section", { class: "reading" }, heading(say("waiting")), element("p", { role: "status" }, say("waiting_detail")),
    button("try_now", () => wake(), "primary")) };
}

// The page of a platform elsewhere took over, and somebody came back: only that platform knows how it ended.
function handedOverStep() {
  return { node: element("section", { class: "reading" }, heading(say("handed_over")), element("p", {}, say("handed_over_detail")),
    button("send_again", send, "primary")) };
}

function otherTabStep() {
  return { node: element("section", { class: "reading" }, heading(say("other_tab")), element("p", {}, say("other_tab_detail")),
    button("continue_here", () => { state = memory.read() ?? state; away = false; sending = ""; memory.claim(state); render(); resume(); }, "primary")) };
}
