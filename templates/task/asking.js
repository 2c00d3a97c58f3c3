// The questions of one screen: which of them are asked, and which one the keys answer. Each kind has its part in KINDS: a
// function of { question, item, asked, answer, change, name, player }, where `asked` is what the item has for this question and
// `change` takes an answer, or null for none. It gives { node }, and where the kind has them: `keys(key)`, `label(answer)` in
// words, `mark(answer)` as right, `asks`, its question where the
// study has none, `shown`, a text before the answers, `options` of this item as shown, and
// `open`: one change may not be the whole answer.
const KINDS = {};
// By kind, where it has options that are the same for every item: those of a question in this participant's order.
const ORDERS = {};
const QUESTIONS = Object.fromEntries(TASK.questions.map((question) => [question.id, question]));
let pointing = false;

function textOf(value) {
  return TASK.texts[value] ?? value;
}

// Whether the answer on which a question depends was given, to the same item or to a question that is asked once.
function applies(id, answers) {
  const condition = QUESTIONS[id].ask_if;
  if (!condition) return true;
  const here = answers[condition.question];
  const given = here ? applies(condition.question, answers) && here : state.once[condition.question];
  return Boolean(given) && [given.answer].flat().some((answer) => condition.is.includes(String(answer)));
}

function asksFor(ids, answers) {
  return ids.filter((id) => applies(id, answers));
}

function areAnswered(ids, answers) {
  return asksFor(ids, answers).every((id) => answers[id] || QUESTIONS[id].required === false);
}

// The answers to questions that were asked after all.
function answersTo(ids, answers) {
  return Object.fromEntries(asksFor(ids, answers).filter((id) => answers[id]).map((id) => [id, answers[id]]));
}

// `answers` is filled in; `onanswer(id)` comes after each change.
function questionList(ids, answers, { item = null, elapsed, onanswer, player = null, text = null }) {
  const frames = ids.map((id, place) => {
    const question = QUESTIONS[id];
    const part = KINDS[question.kind]({
      question, item, player, asked: (item?.asked ?? {})[id] ?? {}, name: "answer-" + id, answer: answers[id] ? answers[id].answer : null,
      change(answer) {
        if (answer === null) delete answers[id];
        else answers[id] = { answer, time_to_answer_s: elapsed(), options: part.options };
        arrange();
        onanswer(id);
        if (pointing && answer !== null && !part.open) activate(following());
      },
    });
    const about = [["hint", question.help], ["shown", part.shown]].filter(([, words]) => words)
      .map(([kind, words]) => element("p", { class: kind, id: `${kind}-${id}`, dir: "auto" }, words));
    const node = element("fieldset", { class: "choice", tabindex: "-1", "data-question": id, "data-kind": question.kind, "aria-describedby": about.map((one) => one.id).join(" ") || null, onfocusin: () => activate(place) },
      element("legend", { dir: "auto" }, text ?? (question.text || (part.asks ?? say("question_" + question.kind)))), ...about, part.node);
    return { id, part, node };
  });
  let active = 0;

  const isAsked = ({ id }) => applies(id, answers);
  const following = () => frames.findIndex((frame) => isAsked(frame) && !answers[frame.id]);

  function arrange() {
    for (const frame of frames) frame.node.hidden = !isAsked(frame);
  }

  // With `focus` the keyboard goes there. Nothing moves under a finger.
  function activate(place, focus = false) {
    if (!frames[place]) return;
    active = place;
    frames.forEach(({ node }, other) => node.classList.toggle("active", other === active && ids.length > 1));
    const { node } = frames[active];
    if (!focus) return;
    (node.querySelector("textarea, input:not([type=radio], [type=checkbox])") ?? node).focus({ preventScroll: true });
    node.scrollIntoView({ block: "nearest" });  // with its question, not its field alone
  }

  arrange();
  activate(Math.max(0, following()));
  return {
    nodes: frames.map(({ node }) => node),
    part: (id) => frames.find((frame) => frame.id === id).part,
    lock(locked, only) { for (const { id, node } of frames) if (!only || id === only) node.disabled = locked; },
    next() { activate(following(), true); },
    keys(key) {
      const { id, part, node } = frames[active];
      if (node.disabled || !part.keys || !part.keys(key)) return false;
      if (answers[id] && !part.open) activate(following(), true);
      return true;
    },
  };
}
