// What each step shows. A step is { node, heading, keys, leave }; main.js moves between them.
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
    say("consent_duration", { minutes, items: itemsHere.length - checks }),
    trainingHere.length ? say("consent_practice", { count: trainingHere.length }) : "",
    checks ? say("consent_checks", { count: checks }) : "",
    limit < 120 ? say("consent_limit_seconds", { seconds: limit }) : say("consent_limit", { minutes: Math.floor(limit / 60) }),
    TASK.pay ? say("pay", { pay: TASK.pay }) : say("unpaid"),
    soundFact(),
  ];
  const asks = !PREVIEW || HOSTED;
  return { primary: asks ? "agree" : "look", forward: agree, decline: asks ? decline : null, node: element("section", { class: "reading" },
    heading(say("step_consent")),
    element("p", { class: "title", dir: "auto" }, TASK.title),
    element("ul", { class: "facts" }, ...facts.filter(Boolean).map((fact) => element("li", {}, fact))),
    ...paragraphs(TASK.consent),
    TASK.contact ? element("p", {}, ...sayApart("contact", { contact: TASK.contact })) : null,
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
  return text.split(/\n\s*\n/).map((part) => element("p", { dir: "auto" }, part.trim()));
}

function instructionsStep() {
  const names = { other: TASK.texts[TASK.options.at(-2)], unclear: TASK.texts[TASK.options.at(-1)] };
  const lines = [1, 2, 3, 4].map((number) => element("li", {}, ...sayApart("instructions_" + number, names)));
  lines.splice(1, 0, element("li", {}, soundFact()));
  return { primary: "start", back: true, node: element("section", { class: "reading" },
    heading(say("step_instructions")),
    element("ol", {}, ...lines),
    trainingHere.length ? element("p", {}, say("practice_first")) : null,
    shortcutsSwitch()) };
}

function itemStep(item) {
  const record = recordOf(item);
  const training = item.kind === "training";
  const list = training ? trainingHere : itemsHere;
  const shownAt = performance.now();
  const elapsed = () => round(record.spent_s + (performance.now() - shownAt) / 1000);
  const message = element("p", { class: "message", role: "status" });
  const options = choice(item.kind === "attention" ? say("attention_question") : TASK.question, optionsHere, record.answer, (option) => {
    if (training && record.answer !== null) return;
    record.answer = option;
    record.skipped = false;
    record.time_to_answer_s = elapsed();
    tell("");
    if (training) feedback();
    save();
    refresh();
  });

  function tell(parts, kind = "") {
    message.className = "message " + kind;
    message.replaceChildren(...[parts].flat());
  }

  function feedback() {
    const right = item.labels.includes(record.answer);
    const label = item.labels.map((name) => TASK.texts[name] ?? name).join(" / ");
    item.labels.forEach((name) => options.mark(name, "is-right"));
    options.lock(true);
    tell(sayApart(right ? "right" : "not_right", { label }), right ? "right" : "not-right");
  }

  function lock() {
    const locked = !record.seen && !record.skipped && !PREVIEW;
    options.lock(locked || record.skipped || (training && record.answer !== null));
    tell(record.skipped ? say("skipped") : locked ? say("locked") : "");
  }

  let player = null;
  if (item.kind === "attention") {
    later(() => { record.seen = true; lock(); }, 1000);
  } else {
    player = clipPlayer(item, record, elapsed,
      () => { lock(); if (record.answer === null) tell(say("unlocked")); save(); },
      () => { record.skipped = true; record.answer = null; lock(); save(); refresh(); });
  }
  const place = list.indexOf(item);
  const declared = TASK.size === "native" ? item.width : TASK.size === "fit" ? 0 : TASK.size;
  const style = `--ratio: ${(item.width || 4) / (item.height || 3)};` + (declared ? `--width: ${declared}px` : "");
  const node = element("section", { class: declared ? "item sized" : "item", style, "data-item": item.key },
    heading(say(training ? "step_training" : "step_item", { number: place + 1, total: list.length })),
    player ? player.node : element("p", { class: "request" }, ...sayApart("attention", { label: TASK.texts[item.asked] ?? item.asked })),
    element("div", { class: "answering" }, options.fields, training ? element("p", { class: "hint" }, say("feedback_note")) : null, shortcutsSwitch()));
  lock();
  if (training && record.answer !== null) feedback();
  return {
    node,
    primary: place + 1 === list.length && !training ? "finish" : "next",
    back: !training && place > 0,
    message,
    ready: () => record.answer !== null || record.skipped || PREVIEW,
    entered() { if (player) player.begin(); },
    keys(key) {
      if (key === " " && player) { player.replay(); return true; }
      return options.press(key);
    },
    lostFocus() { record.focus_losses++; },
    leave() {
      record.spent_s = elapsed();
      if (player) player.stop();
    },
  };
}

function commentStep() {
  const open = itemsHere.filter((item) => recordOf(item).answer === null && !recordOf(item).skipped);
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
