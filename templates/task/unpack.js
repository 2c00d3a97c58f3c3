// Runs the page's script, which stands in it compressed where the page would be too large otherwise.
(async () => {
  const packed = Uint8Array.from(atob(document.getElementById("packed").textContent), (letter) => letter.charCodeAt(0));
  const script = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  document.body.append(Object.assign(document.createElement("script"), { textContent: await new Response(script).text() }));
})().catch(() => { document.getElementById("old").hidden = false; });  // browsers before 2023 cannot unpack
