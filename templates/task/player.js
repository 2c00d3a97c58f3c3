// Shows the clips of an item. One loops by itself; several play in step (together.js).
const NAMES = [..."ABCD"];

function shownIn(item) {
  return shownOrder((item.clips ?? []).length, item.key, TASK.seed, WORKER);
}

// `record` is filled in; `elapsed()` gives seconds since the item appeared; `onseen` comes after one full viewing.
function clipPlayer(item, record, elapsed, onseen, onskip) {
  const clips = clipsOf(item);
  const alone = clips.length === 1;
  const order = shownIn(item);
  const names = order.map((_, place) => (order.length > 1 ? NAMES[place] : say("video_description")));
  const tell = { begun, watched, changed: () => { if (alone) setGoing(!views[0].shown.paused); }, skip: onskip };
  const show = (clip, name) => clipView(clip, name, alone, record, tell);
  const views = order.map((which, place) => show(CLIPS[item.clips[which]], names[place]));
  if (views.length < clips.length) views.unshift(show(clips[0], say("reference")));
  let going = true, stopped = false;

  const pauseButton = control("pause", togglePause);
  const fullButton = control("full_screen", toggleFull);
  const controls = element("div", { class: "controls" }, pauseButton, control("replay", replay), fullButton);
  const shape = alone ? "" : ` many of-${views.length}` + (Math.max(...clips.map(ratioOf)) <= 1 ? " tall" : "") + (views.length > order.length ? " compared" : "");
  const pictures = element("div", { class: "pictures" }, ...views.map(({ node }) => node));
  const node = element("div", { class: "clip" + shape, onfullscreenchange: showFull, onkeydown: (event) => { if (event.key === "Escape") enlarge(false); } },
    pictures, alone || !TASK.sound ? null : soundSwitches(views, names), controls);
  const playback = { get going() { return going; }, get stopped() { return stopped; } };
  const together = alone ? null : playTogether(views, playback);

  function begin() {
    views.forEach((view) => view.begin());
    if (!alone) together.keepInStep();
  }

  // Several wait for each other before they start.
  function begun(view, first) {
    if (!alone && !together.haveBegun(view, first)) return;
    if (record.time_to_play_s === null) record.time_to_play_s = elapsed();
  }

  function watched() {
    const fraction = Math.min(...views.map((view) => view.fraction));
    record.watched_fraction = Math.max(record.watched_fraction, fraction);
    if (fraction >= 1 && !record.seen) { record.seen = true; onseen(); }
  }

  function setGoing(on) {
    going = on;
    pauseButton.become(on ? "pause" : "play");
  }

  function togglePause() {
    setGoing(!going);
    for (const view of views) {
      view.togglePicture(!going);
      if (view.video && !going) view.video.pause();
      else if (view.video && (alone || !view.video.ended)) view.play();
    }
  }

  function replay() {
    record.replays++;
    setGoing(true);
    for (const view of views) {
      if (view.video || !view.shown || view.stuck) continue;
      view.togglePicture(false);
      const url = view.shown.src;
      view.shown.src = "";
      view.shown.src = url;
    }
    if (!alone) together.restart();
    else if (views[0].video) { views[0].rewind(); views[0].play(); }
  }

  function isFull() {
    return document.fullscreenElement === node || node.classList.contains("enlarged");
  }

  function showFull() {
    fullButton.become(isFull() ? "leave_full_screen" : "full_screen");
  }

  // Fills the page where a browser or the frame around it has no full screen (on iPhones).
  function enlarge(on) {
    node.classList.toggle("enlarged", on);
    showFull();
  }

  function toggleFull() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (isFull()) enlarge(false);
    else if (document.fullscreenEnabled) node.requestFullscreen().catch(() => enlarge(true));
    else enlarge(true);
  }

  function stop() {
    stopped = true;
    views.forEach((view) => view.stop());
  }

  return { node, names, views, playback, begin, replay, togglePause, stop };
}
