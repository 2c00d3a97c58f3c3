// Questions about the instructions, with so many tries for all tasks of the study. The platform counts them where it is this
// page's server, elsewhere this browser does. Whoever fails each of them goes on, or ends here, as the study says.
function keptTries(answers, onwait) {
  if (PREVIEW || !isHome()) return null;
  return deliver(addressOf(`assignments/${ASSIGNMENT}/quiz`), { answers: answers ? JSON.stringify(answers) : "" }, onwait, () => away).then((kept) => kept && kept.said);
}

function quizStep() {
  const given = {};
  const message = element("p", { class: "message", role: "status" });
  const groups = TASK.quiz.map(({ text, options }, place) => ({
    group: optionButtons({ name: "quiz-" + place, options: options.map((option) => [option, option]), chosen: [], onchoose: (option) => { given[place] = option; refresh(); } }),
    text,
  }));
  const frames = groups.map(({ group, text }) => element("fieldset", { class: "choice" }, element("legend", { dir: "auto" }, text), group.node));
  state.quiz ??= { passed: false, answers: [] };
  let asking = false;
  const isOver = () => state.quiz.passed || state.quiz.answers.length >= TASK.quiz_tries;

  async function ask(answers, otherwise) {
    asking = true;
    refresh();
    state.quiz = await keptTries(answers, () => { message.textContent = say("waiting"); }) ?? otherwise;
    asking = false;
    memory.keep("quiz", state.quiz);
    state.ended = isOver() && !state.quiz.passed && TASK.quiz_failed === "end";
    save();
    if (step !== here) return;
    if (state.ended) render();
    else show();
  }

  function check() {
    if (isOver() || PREVIEW) return go(state.screen + 1);
    const answers = TASK.quiz.map((_, place) => given[place]);
    const passed = TASK.quiz.every(({ right }, place) => right === answers[place]);
    ask(answers, { passed, answers: [...state.quiz.answers, answers] });
  }

  function show() {
    const tried = state.quiz.answers.length;
    const result = !tried ? "" : state.quiz.passed ? "quiz_right" : isOver() ? "quiz_failed" : "quiz_again";
    message.className = "message " + (!tried ? "" : state.quiz.passed ? "right" : "not-right");
    message.textContent = result && say(result);
    for (const frame of frames) frame.disabled = isOver();
    refresh();
  }

  const here = {
    primary: "next", back: true, message, forward: check,
    entered() { show(); ask(null, state.quiz); },
    ready: () => !asking && (isOver() || PREVIEW || TASK.quiz.every((_, place) => given[place])),
    keys: (key) => (groups.find((_, place) => !given[place]) ?? groups.at(-1)).group.keys(key),
    node: element("section", { class: "reading" }, heading(say("step_quiz")), element("p", {}, say("quiz_text")), ...frames),
  };
  return here;
}

function quizEndedStep() {
  if (HOSTED) askHost("screened_out");  // who was sent here by a recruiter goes back there
  return { node: element("section", { class: "reading" }, heading(say("quiz_ended")), element("p", {}, say("quiz_ended_detail"))) };
}
