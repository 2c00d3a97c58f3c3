// Several clips in step: they start together, whoever is ahead plays more slowly, or waits where the distance is large, and when
// the last has ended all begin again.
const FAR_AHEAD_S = 0.1;

// `player` says whether it is `going`, or `stopped` for good.
function playTogether(views, player) {
  let ready = false, starts = 0;
  const videos = () => views.map(({ video }) => video).filter(Boolean);

  function haveBegun(view, first) {
    if (first) {
      ready = false;
      if (view.video) view.video.pause();
      if (!views.every(({ begun }) => begun)) return false;
      ready = true;
      restart();
    }
    return ready;
  }

  // All from the first frame, once all have found it.
  function restart() {
    const start = ++starts;
    const playing = views.filter(({ video }) => video);
    const play = () => {
      if (start === starts && player.going && playing.every(({ video }) => video && !video.seeking)) playing.forEach((view) => view.play());
    };
    for (const view of playing) {
      view.video.pause();
      view.video.addEventListener("seeked", play, { once: true });
      view.rewind();
    }
  }

  function keepInStep() {
    if (player.stopped) return;
    requestAnimationFrame(keepInStep);
    const all = videos();
    if (!player.going || !ready || all.some((video) => video.seeking)) return;
    if (all.length && all.every((video) => video.ended)) return restart();
    const moving = all.filter((video) => !video.ended);
    const last = Math.min(...moving.map((video) => video.currentTime));
    for (const video of moving) {
      const ahead = video.currentTime - last;
      const rate = Math.max(0.5, Math.round(20 - 80 * ahead) / 20);  // in steps: setting it each time would cost frames
      if (video.playbackRate !== rate) video.playbackRate = rate;
      if (ahead > FAR_AHEAD_S && !video.paused) video.pause();
      else if (ahead < FAR_AHEAD_S / 5 && video.paused) video.play().catch(() => {});
    }
  }

  return { haveBegun, restart, keepInStep };
}
