// What scrolls sideways can be reached by the keyboard (WCAG 2.2, 2.1.1); buttons to copy code are no landmarks.
function reachable() {
  for (const wide of document.querySelectorAll("pre > code, .md-typeset__scrollwrap")) wide.tabIndex = 0;
  for (const buttons of document.querySelectorAll(".md-code__nav:not([role])")) buttons.setAttribute("role", "none");
}
new MutationObserver(reachable).observe(document.body, { childList: true, subtree: true });
reachable();
