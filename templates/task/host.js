// The page around this one, where it is the local platform's: it accepts, returns and leaves the task on request. Elsewhere
// (on Mechanical Turk) participants use the platform's own buttons.
const HOSTED = window.name === "vidgen-task";
const AGREED = "vidgen-agreed:" + seedOf(location.pathname);

function askHost(action) {
  window.parent.postMessage({ vidgen: action }, location.origin);
}

// Consent is given in the preview, before the task is accepted; the page that is loaded then knows it.
function rememberConsent() {
  try { window.sessionStorage.setItem(AGREED, "1"); } catch { /* asked again after accepting */ }
}

function consentGiven() {
  try { return HOSTED && window.sessionStorage.getItem(AGREED) !== null; } catch { return false; }
}
