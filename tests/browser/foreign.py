"""Task pages as other people write them for Mechanical Turk, after its guide, for tests."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from urllib.parse import urlsplit

HTML = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/HTMLQuestion.xsd"
EXTERNAL = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2006-07-14/ExternalQuestion.xsd"

#: The form of the guide: its address is Mechanical Turk's, and its script adds the assignment.
GUIDE = """<!DOCTYPE html>
<script type='text/javascript' src='https://s3.amazonaws.com/mturk-public/externalHIT_v1.js'></script>
<form method='post' id='mturk_form' action='https://www.mturk.com/mturk/externalSubmit'>
  <h1>Describe what you see</h1>
  <p><textarea name="comment" cols="80" rows="3"></textarea></p>
  <p><input type="submit" id="submitButton" class="btn btn-primary" value="Submit"/></p>
</form>
<script language='Javascript'>turkSetAssignmentID()</script>"""

#: Forms that differ from it: with a field for the assignment, filled in by a script; made by a script, with an address
#: that stands nowhere as it is; and an address to go to, with the answers in it.
FORMS = {
    "own field": """<html><body><h1>Form</h1><button onclick="send()">Send</button>
<form method="post" id="f" action="https://workersandbox.mturk.com/mturk/externalSubmit">
<input type="hidden" name="comment"><input type="hidden" name="assignmentId"></form><script>
function send() {
  const form = document.getElementById("f");
  form.elements.assignmentId.value = new URLSearchParams(location.search).get("assignmentId");
  form.elements.comment.value = "a ball";
  form.submit();
}</script></body></html>""",
    "own address": """<h1>Form</h1><script>
const form = document.createElement("form");
form.method = "POST";
form.action = ["https:/", "www.mturk.com", "mturk", "externalSubmit"].join("/");
form.innerHTML = "<input name=assignmentId><input name=comment value='a ball'><button>Send</button>";
form.elements.assignmentId.value = new URLSearchParams(location.search).get("assignmentId");
document.body.append(form);
</script>""",
    "address alone": """<h1>Form</h1><button>Send</button><script>
document.querySelector("button").onclick = () => {
  const id = new URLSearchParams(location.search).get("assignmentId");
  location.href = "https://www.mturk.com/mturk/externalSubmit?assignmentId=" + id + "&comment=a%20ball";
};</script>""",
}

#: Elements of crowd-html-elements.js, and controls of HTML's own.
CROWD = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form answer-format="flatten-objects">
<h1>Look</h1>
<crowd-instructions link-text="Help"><short-summary>Look closely.</short-summary></crowd-instructions>
<crowd-image-classifier name="animal" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" categories="['Cat', 'Dog']"
 header="Which animal?"><full-instructions header="More">All of it.</full-instructions></crowd-image-classifier>
<crowd-input name="word" label="One word" required></crowd-input>
<crowd-text-area name="why" label="Why?" rows="2"></crowd-text-area>
<crowd-checkbox name="colors" value="Red">Red</crowd-checkbox>
<crowd-checkbox name="colors" value="Blue" checked>Blue</crowd-checkbox>
<crowd-radio-group>
<crowd-radio-button name="size" value="small">Small</crowd-radio-button>
<crowd-radio-button name="size" value="large">Large</crowd-radio-button>
</crowd-radio-group>
<crowd-slider name="sure" min="0" max="10" value="4"></crowd-slider>
<input type="hidden" name="plain" value="as it is">
</crowd-form>
<script>
document.querySelector("crowd-form").onsubmit = (event) => {
  if (document.querySelector("crowd-input").value === "x") event.preventDefault();
};
</script>"""

#: Finds the root's address by itself, as pages do that build addresses with `URL`.
AT_THE_ROOT = """<!DOCTYPE html><title>Root</title><h1>Root</h1><button onclick="send()">Send</button><script>
function send() {
  const query = new URLSearchParams(location.search), form = document.createElement("form");
  form.method = "POST";
  form.action = new URL("/mturk/externalSubmit", query.get("turkSubmitTo"));
  for (const name of ["assignmentId", "workerId", "hitId"]) form.innerHTML += `<input name="${name}">`;
  for (const field of form.elements) field.value = query.get(field.name);
  form.innerHTML += "<textarea name=lines></textarea>";
  for (const field of form.elements) field.value = query.get(field.name) ?? "one\\ntwo";
  document.body.append(form);
  form.submit();
}
</script>"""

#: jQuery from a network of copies, a window of its own that answers, storage and cookies.
BUSY = """<!DOCTYPE html><html><head><title>Busy</title><script src="{jquery}"></script></head><body><h1>Busy</h1>
<form id="f" method="post"><input name="assignmentId" type="hidden"><input name="kept"><button>Send</button></form>
<button id="ask">Ask</button>
<script>
$(function () {
  const query = new URLSearchParams(location.search);
  document.cookie = "seen=1; path=/";
  $("#f").attr("action", query.get("turkSubmitTo") + "/mturk/externalSubmit");
  $("[name=assignmentId]").val(query.get("assignmentId"));
  $("[name=kept]").val(localStorage.kept || "").on("input", (event) => { localStorage.kept = event.target.value; });
  $("#ask").on("click", () => {
    window.said = window.open("{popup}", "_blank");
    addEventListener("message", (event) => { if (event.data.answer) $("h1").text(event.data.answer); });
  });
});
</script></body></html>"""

#: Stands for jQuery at the other origin: what the page above uses of it.
JQUERY = """window.$ = (what) => {
  if (typeof what === "function") return addEventListener("DOMContentLoaded", what);
  const all = [...document.querySelectorAll(what)];
  const each = (action) => { all.forEach(action); return me; };
  const me = {
    attr: (name, value) => each((one) => one.setAttribute(name, value)),
    val: (value) => each((one) => { one.value = value; }),
    text: (value) => each((one) => { one.textContent = value; }),
    on: (kind, action) => each((one) => one.addEventListener(kind, action)),
  };
  return me;
};"""
POPUP = (
    "<title>Popup</title><script>opener.postMessage({answer: 'said ' + localStorage.length}, '*'); close();</script>"
)

#: A page elsewhere that does what the guide says: all it knows comes from its address.
ELSEWHERE = """<!DOCTYPE html><title>Elsewhere</title><h1>Elsewhere</h1><form method="post">
<input type="hidden" name="assignmentId"><input name="answer"><button>Send</button></form><script>
const query = new URLSearchParams(location.search), form = document.forms[0];
localStorage.visits = Number(localStorage.visits || 0) + 1;
form.elements.assignmentId.value = query.get("assignmentId");
form.action = query.get("turkSubmitTo") + "/mturk/externalSubmit";
if (query.get("assignmentId") === "ASSIGNMENT_ID_NOT_AVAILABLE") document.querySelector("h1").textContent = "Preview";
</script>"""


def html_question(page: str) -> str:
    """An HTMLQuestion of that page."""
    return (
        f'<HTMLQuestion xmlns="{HTML}"><HTMLContent><![CDATA[{page}]]></HTMLContent><FrameHeight>0</FrameHeight>'
        "</HTMLQuestion>"
    )


def external_question(url: str) -> str:
    """An ExternalQuestion about a page elsewhere."""
    return (
        f'<ExternalQuestion xmlns="{EXTERNAL}"><ExternalURL>{url.replace("&", "&amp;")}</ExternalURL>'
        "<FrameHeight>400</FrameHeight></ExternalQuestion>"
    )


@contextmanager
def site(
    pages: dict[str, tuple[str, str]], tls: tuple[Path, Path] | None = None
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Another origin with these pages (type and text by path); its address, and the headers of each request to it."""
    asked: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append({"path": self.path, **dict(self.headers.items())})
            kind, text = pages.get(urlsplit(self.path).path, ("text/plain", ""))
            self.send_response(200 if text else 404)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls:
        context = SSLContext(PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://localhost:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
