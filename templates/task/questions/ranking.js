// An order of the clips, or the best and the worst: sends their places from left to right, the best first.
KINDS.ranking = ({ question, name, answer, change, player }) => (question.best_worst ? bestAndWorst : numbered)(name, answer ?? [], change, player.names);

// Pressing a clip gives it the next place, pressing it again takes the place away.
function numbered(name, answer, change, names) {
  let order = [...answer];
  const badges = names.map(() => element("span", { class: "place", "aria-hidden": "true" }));
  const states = names.map(() => element("span", { class: "quiet-to-eyes" }));
  const buttons = names.map((clip, place) => element("button", { type: "button", "aria-keyshortcuts": place + 1, onclick: () => press(place) },
    element("b", {}, clip), states[place], badges[place], element("kbd", { "aria-hidden": "true" }, String(place + 1))));
  const said = element("p", { class: "hint", role: "status" });

  function press(place) {
    order = order.includes(place) ? order.filter((other) => other !== place) : [...order, place];
    show();
    change(order.length === names.length ? order : null);
  }

  function show() {
    buttons.forEach((button, place) => {
      const rank = order.indexOf(place) + 1;
      badges[place].textContent = rank || "";
      button.classList.toggle("chosen", rank > 0);
      states[place].textContent = " " + (rank ? say("ranking_place", { place: rank }) : say("ranking_no_place"));
    });
    said.textContent = order.map((place) => names[place]).join(" > ");
  }

  show();
  return {
    node: element("div", { class: "ranking" }, element("div", { class: "ranks" }, ...buttons), said),
    keys(key) {
      const button = buttons[Number(key) - 1];
      if (!button || button.matches(":disabled")) return false;
      button.click();
      return true;
    },
  };
}

function bestAndWorst(name, answer, change, names) {
  const chosen = [...answer];
  const groups = ["ranking_best", "ranking_worst"].map((words, end) => {
    const group = optionButtons({ name: name + end, keys: names.map((_, place) => String(place + 1 + end * names.length)), layout: "options row", options: names.map((clip, place) => [String(place), clip]), chosen: [String(chosen[end])], onchoose: (value) => choose(end, Number(value)) });
    return { group, node: element("div", { role: "radiogroup", "aria-label": say(words) }, element("p", { class: "end" }, say(words)), group.node) };
  });

  function choose(end, place) {
    chosen[end] = place;
    if (chosen[1 - end] === place) {  // a clip cannot be both
      chosen[1 - end] = undefined;
      groups[1 - end].node.querySelector(":checked").checked = false;
    }
    change(chosen[0] === undefined || chosen[1] === undefined ? null : [...chosen]);
  }

  return { node: element("div", { class: "best-worst" }, ...groups.map(({ node }) => node)), keys: (key) => groups.some(({ group }) => group.keys(key)) };
}
