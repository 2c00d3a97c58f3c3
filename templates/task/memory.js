// What outlives a reload: kept in this browser under the assignment's id, holding answers and nothing of the person.
const KEPT_DAYS = 30;

function openMemory(assignmentId) {
  const key = "vidgen:" + assignmentId;
  const tab = Math.random().toString(36).slice(2);
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
    write(state) {
      try { store.setItem(key, JSON.stringify({ ...state, tab, saved: Date.now() })); } catch { /* full or refused */ }
    },
    // The tab that wrote last owns the assignment.
    whenTakenOver(callback) {
      window.addEventListener("storage", (event) => {
        if (event.key !== key || !event.newValue) return;
        const written = JSON.parse(event.newValue);
        if (written.tab !== tab) callback(written);
      });
    },
    practised: () => { try { return Boolean(store.getItem("vidgen-practised:" + TASK.study)); } catch { return false; } },
    setPractised() { try { store.setItem("vidgen-practised:" + TASK.study, "1"); } catch { /* practise again */ } },
  };
}
