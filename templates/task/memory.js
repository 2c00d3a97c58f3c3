// What outlives a reload and a lost assignment: kept in this browser per participant and task, holding answers and nothing
// of the person.
const KEPT_DAYS = 30;

function openMemory(assignmentId, participant) {
  const key = "vidgen:" + assignmentId;
  const keyOf = (name) => "vidgen-" + name + ":" + TASK.study + ":" + participant;
  const tab = Math.random().toString(36).slice(2);
  let claimed = 0;
  let store = null;
  const get = (name) => { try { return JSON.parse(store.getItem(name)); } catch { return null; } };
  const others = () => Object.keys(store).filter((name) => name.startsWith("vidgen:") && name !== key);
  const isMine = (saved) => saved && saved.hit === TASK.hit && saved.participant === participant && saved.study === TASK.study;
  // What this participant gave to this task is needed however old it seems: the browser's clock may have been set.
  const isOld = (saved) => !isMine(saved) && !(Date.now() - (saved ?? {}).saved < KEPT_DAYS * 864e5);
  try {
    store = window.localStorage;
    for (const name of others()) if (isOld(get(name))) store.removeItem(name);
  } catch { /* a browser without storage: a reload begins again */ }
  const read = () => get(key);
  return {
    read,
    // The answers of an earlier assignment of this task whose time ran out.
    inherit() {
      try {
        const left = others().map(get).filter(isMine);
        return left.sort((one, other) => other.saved - one.saved)[0] ?? null;
      } catch { return null; }
    },
    // The tab that claimed the assignment last owns it; an older one that still writes changes nothing about that.
    claim(state) {
      claimed = Math.max(Date.now(), ((read() ?? {}).claimed ?? 0) + 1);
      this.write(state);
    },
    write(state) {
      const kept = { ...state, study: TASK.study, hit: TASK.hit, participant, tab, claimed, saved: Date.now() };
      try { store.setItem(key, JSON.stringify(kept)); } catch { /* full or refused */ }
    },
    whenTakenOver(callback) {
      window.addEventListener("storage", (event) => {
        if (event.key !== key || !event.newValue) return;
        const written = JSON.parse(event.newValue);
        if (written.tab !== tab && written.claimed > claimed) callback();
      });
    },
    // What holds for all tasks of the study: "practised", "once" with the answers to what is asked once, "quiz" with its tries.
    told: (name) => { try { return JSON.parse(store.getItem(keyOf(name))); } catch { return null; } },
    keep(name, value) { try { store.setItem(keyOf(name), JSON.stringify(value)); } catch { /* asked again */ } },
  };
}
