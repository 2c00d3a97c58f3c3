// Sends answers until the server has said that it has them. Who calls keeps them until then.
const PAUSES_S = [1, 2, 4, 8, 15, 30];
const PATIENCE_MS = 30000;
let wake = () => {};
window.addEventListener("online", () => wake());

// Whether the server is away, or asks to come back: everything else is an answer.
function isTrouble(status) {
  return status >= 500 || [408, 425, 429].includes(status);
}

async function attempt(address, fields) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields), headers: { Accept: "application/json" }, cache: "no-store", signal: patience.signal });
    if (isTrouble(answer.status)) return "trouble";
    const said = answer.ok ? await answer.json().catch(() => null) : null;
    return said && (said.assignment_id || "granted" in said || "passed" in said) ? { said, next: answer.redirected ? answer.url : "" } : "refused";
  } catch {  // no connection, or it was cut: the server may have the answers, and takes them once however often they come
    return "trouble";
  } finally {
    clearTimeout(timer);
  }
}

// Gives { said, next }, what the server said and the address of the page that follows, or null where the server refuses. `onwait` is called before
// each pause; nothing more is sent once `stopped` says so.
async function deliver(address, fields, onwait, stopped) {
  for (let tries = 0; !stopped(); tries++) {
    const outcome = await attempt(address, fields);
    if (outcome !== "trouble") return outcome === "refused" ? null : outcome;
    onwait();
    await new Promise((resolve) => { wake = resolve; setTimeout(resolve, 1000 * PAUSES_S[Math.min(tries, PAUSES_S.length - 1)]); });
  }
  return undefined;
}
