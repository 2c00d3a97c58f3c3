// Which of two clips is better: sends "left", "right", a kind of tie, or a whole number, negative where left is better.
ORDERS.preference = (question) => question.answers;

KINDS.preference = ({ question, name, answer, change }) => {
  const most = Math.max(...question.answers.map(Number));
  const words = (value) => {
    if (question.strength === 1) return say("preference_" + value);
    const degree = (most > 2 ? ["", "slightly_", "", "much_"] : ["", "", "much_"])[Math.abs(value)];
    return say(value === "0" ? "preference_tie" : "preference_" + degree + (value < 0 ? "left" : "right"));
  };
  return optionButtons({ name, layout: "options scale", options: question.answers.map((value) => [value, words(value)]), chosen: [answer], onchoose: change });
};
