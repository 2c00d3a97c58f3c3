// When something breaks and what: sends "none" or { start_s, end_s, what }.
const FRAME_S = 0.04;

// The time of a clip: to read it while it plays, to stop there, and to go to another.
function timeline({ views: [view], playback, togglePause }, onplay) {
  requestAnimationFrame(function frame() {
    if (playback.stopped) return;
    if (playback.going && view.video) onplay(view.video.currentTime);
    requestAnimationFrame(frame);
  });
  function pauseAt() {
    if (playback.going) togglePause();
    return view.video ? view.video.currentTime : 0;
  }
  function seek(at) {
    pauseAt();
    if (view.video) view.video.currentTime = Math.max(0, Math.min(at, view.video.duration - 0.01 || 0));  // at its very end it loops
  }
  return { pauseAt, seek };
}

KINDS.moment = ({ question, name, answer, change, player, item }) => {
  const { span, breaks } = question;
  const seconds = clipsOf(item)[0].seconds;
  const mark = answer && answer !== "none" ? { ...answer } : {};
  const time = (at) => (at === undefined ? "–" : say("moment_time", { seconds: at.toFixed(2) }));
  const line = slider({ min: 0, max: seconds, step: 0.01, value: mark.start_s ?? 0, "aria-label": say("moment_at") }, seek);
  const shown = element("output", {}, time(0));
  const marked = element("p", { class: "hint", role: "status" });
  const what = optionButtons({ name: name + "-what", options: breaks.map((one) => [one, textOf(one)]), chosen: [mark.what], onchoose: (value) => { mark.what = value; tell(); } });
  const whole = element("input", { type: "checkbox", checked: answer === "none", onchange: () => tell() });
  const starts = [button(span ? "moment_start" : "moment_here", () => set("start_s")), span ? button("moment_end", () => set("end_s")) : null].filter(Boolean);
  const details = element("div", { class: "marking" });
  const clip = timeline(player, (at) => { line.value = at; shown.value = time(at); });

  function seek(at) {
    line.value = at;
    shown.value = time(Number(line.value));
    clip.seek(Number(line.value));
  }

  function set(end) {
    mark[end] = Math.round(1000 * clip.pauseAt()) / 1000;
    if (!span) mark.end_s = mark.start_s;
    else if (mark.end_s < mark.start_s) delete mark[end === "start_s" ? "end_s" : "start_s"];
    whole.checked = false;
    tell();
  }

  function show() {
    details.hidden = whole.checked;
    marked.textContent = span ? say("moment_span", { start: time(mark.start_s), end: time(mark.end_s) }) : say("moment_frame", { start: time(mark.start_s) });
  }

  function tell() {
    show();
    const isDone = mark.start_s !== undefined && mark.end_s !== undefined && (mark.what || !breaks.length);
    change(whole.checked ? "none" : isDone ? { start_s: mark.start_s, end_s: mark.end_s, what: mark.what ?? "" } : null);
  }

  details.append(element("div", { class: "sliding" }, line, shown), element("div", { class: "marks" }, ...starts), marked, what.node);
  show();
  return {
    node: element("div", { class: "moment" }, element("label", { class: "option" }, whole, element("span", { class: "words" }, say("moment_none")), element("kbd", { "aria-hidden": "true" }, "0")), details),
    open: true,
    keys(key) {
      const acts = { "0": () => whole.click(), "[": () => starts[0].click(), "]": () => starts.at(-1).click(), ",": () => seek(clip.pauseAt() - FRAME_S), ".": () => seek(clip.pauseAt() + FRAME_S) };
      if (whole.matches(":disabled")) return false;
      if (acts[key]) acts[key]();
      return Boolean(acts[key]) || what.keys(key);
    },
  };
};
