// Whether a sentence about the clip is true.
ORDERS.statement = (question) => question.answers;

KINDS.statement = ({ question, asked, name, answer, change }) => ({
  ...optionButtons({ name, layout: "options scale", options: question.answers.map((value) => [value, say("statement_" + value)]), chosen: [answer], onchoose: change }),
  shown: asked.statement,
});
