// What outlives a reload: kept in this browser under the assignment's id, holding answers and nothing of the person.
const KEPT_DAYS = 30;

function openMemory(assignmentId) {
  const key = "vidgen:" + assignmentId;
  const tab = Math.random().toString(36).slice(2);
  let claimed = 0;
  let store = null;
  try {
    store = window.localStorage;
    for (const name of Object.keys(store)) {
      if (!name.startsWith("vidgen:") || name === key) continue;
      const saved = JSON.parse(store.getItem(name)).saved;
      if (!(Date.now() - saved < KEPT_DAYS * 864e5)) store.removeItem(name);
    }
  } catch { /* a browser without storage: a reload begins again */ }
  const read = () => {
    try { return JSON.parse(store.getItem(key)); } catch { return null; }
  };
  return {
    read,
    // The tab that claimed the assignment last owns it; an older one that still writes changes nothing about that.
    claim(state) {
      claimed = Math.max(Date.now(), ((read() ?? {}).claimed ?? 0) + 1);
      this.write(state);
    },
    write(state) {
      try { store.setItem(key, JSON.stringify({ ...state, tab, claimed, saved: Date.now() })); } catch { /* full or refused */ }
    },
    whenTakenOver(callback) {
      window.addEventListener("storage", (event) => {
        if (event.key !== key || !event.newValue) return;
        const written = JSON.parse(event.newValue);
        if (written.tab !== tab && written.claimed > claimed) callback();
      });
    },
    practised: () => { try { return Boolean(store.getItem("vidgen-practised:" + TASK.study)); } catch { return false; } },
    setPractised() { try { store.setItem("vidgen-practised:" + TASK.study, "1"); } catch { /* practise again */ } },
  };
}
