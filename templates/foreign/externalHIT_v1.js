// Functions that Mechanical Turk offers to task pages under this name, after the description in its guide for requesters.

// The value of a parameter in the page's address, as it stands there.
function turkGetParam(name, defaultValue) {
  const pairs = location.search.slice(1).split("&").map((pair) => pair.split(/=(.*)/s));
  const found = pairs.find(([key]) => key === name);
  return found ? found[1] ?? "" : defaultValue;
}

function decode(text) {
  return decodeURIComponent(text.replace(/\+/g, " "));
}

// The address to put before "/mturk/externalSubmit".
function turkGetSubmitToHost() {
  return decode(turkGetParam("turkSubmitTo", "")) || location.href.split(/[?#]/)[0];
}

// Gives the form its assignmentId (in a field of its own where the page has none) and its address; in a preview, its button
// cannot be pressed.
function turkSetAssignmentID(formName, buttonName) {
  const form = document.getElementById(formName ?? "mturk_form");
  const button = document.getElementById(buttonName ?? "submitButton");
  const assignmentId = decode(turkGetParam("assignmentId", ""));
  let field = document.getElementById("assignmentId");
  if (!field && form) {
    field = Object.assign(document.createElement("input"), { type: "hidden", name: "assignmentId", id: "assignmentId" });
    form.append(field);
  }
  if (field) field.value = assignmentId;
  if (assignmentId === "ASSIGNMENT_ID_NOT_AVAILABLE" && button) {
    button.disabled = true;
    button.value = "You must ACCEPT the HIT before you can submit the results.";
    if (button.localName === "button") button.textContent = button.value;
  }
  if (form) form.setAttribute("action", turkGetSubmitToHost().replace(/\/+$/, "") + "/mturk/externalSubmit");
}
