// Questions about the instructions, with two tries. Whoever fails twice goes on, or ends here, as the study says.
const QUIZ_TRIES = 2;

function quizStep() {
  const given = {};
  const message = element("p", { class: "message", role: "status" });
  const groups = TASK.quiz.map(({ text, options }, place) => ({
    group: optionButtons({ name: "quiz-" + place, options: options.map((option) => [option, option]), chosen: [], onchoose: (option) => { given[place] = option; refresh(); } }),
    text,
  }));
  const frames = groups.map(({ group, text }) => element("fieldset", { class: "choice" }, element("legend", { dir: "auto" }, text), group.node));
  state.quiz ??= { passed: false, answers: [] };
  const isOver = () => state.quiz.passed || state.quiz.answers.length >= QUIZ_TRIES;

  function check() {
    if (isOver()) return go(state.screen + 1);
    const answers = TASK.quiz.map((_, place) => given[place]);
    state.quiz.answers.push(answers);
    state.quiz.passed = TASK.quiz.every(({ right }, place) => right === answers[place]);
    state.ended = !state.quiz.passed && isOver() && TASK.quiz_failed === "end";
    save();
    if (state.ended) render();
    else show();
  }

  function show() {
    const tried = state.quiz.answers.length;
    const result = !tried ? "" : state.quiz.passed ? "quiz_right" : isOver() ? "quiz_failed" : "quiz_again";
    message.className = "message " + (!tried ? "" : state.quiz.passed ? "right" : "not-right");
    message.textContent = result && say(result);
    for (const frame of frames) frame.disabled = isOver();
    refresh();
  }

  return {
    primary: "next", back: true, message, forward: check, entered: show,
    ready: () => isOver() || PREVIEW || TASK.quiz.every((_, place) => given[place]),
    keys: (key) => (groups.find((_, place) => !given[place]) ?? groups.at(-1)).group.keys(key),
    node: element("section", { class: "reading" }, heading(say("step_quiz")), element("p", {}, say("quiz_text")), ...frames),
  };
}

function quizEndedStep() {
  if (HOSTED) askHost("screened_out");  // who was sent here by a recruiter goes back there
  return { node: element("section", { class: "reading" }, heading(say("quiz_ended")), element("p", {}, say("quiz_ended_detail"))) };
}
