// How good: five points with a word each, more points as numbers between two words, or a slider from 0 to 100.
ORDERS.rating = ({ low, high, points: count, best_first }) => {
  if (count > 11) return [];
  const points = Array.from({ length: high - low + 1 }, (_, place) => String(low + place));
  return best_first ? points.reverse() : points;
};

KINDS.rating = ({ question, name, answer, change }) => {
  const { labels, best_first } = question;
  const points = optionsHere[question.id];
  if (question.points === 5) {
    const word = (point) => labels[5 - point] ?? say("rating_" + point);
    return optionButtons({ name, layout: "options scale", options: points.map((point) => [point, word(point)]), chosen: [answer], onchoose: change });
  }
  const ends = [labels[0] ?? say("rating_5"), labels[1] ?? say("rating_1")];
  const part = question.points > 11 ? sliderPart(question, answer, change)
    : optionButtons({ name, layout: "points", keys: points.map((point) => (point === "10" ? "-" : point)), options: points.map((point) => [point, point]), chosen: [answer], onchoose: change });
  const [first, last] = (best_first ? ends : ends.reverse()).map((words) => element("span", { class: "end", dir: "auto" }, words));
  return { ...part, node: element("div", { class: "between" }, first, part.node, last) };
};

function sliderPart({ low, high, best_first, text }, answer, change) {
  const shown = element("output", {}, answer ?? "–");
  const field = slider({ min: low, max: high, value: answer ?? (low + high) / 2, class: answer === null ? "unset" : "", "aria-label": text || say("question_rating") }, (value) => {
    field.className = "";
    shown.value = value;
    change(String(value));
  });
  if (best_first) field.style.direction = document.dir === "rtl" ? "ltr" : "rtl";
  return { node: element("div", { class: "sliding" }, field, shown), open: true };
}
