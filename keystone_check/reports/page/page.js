"use strict";
// A box of the picture opens what it leads to.
const opened = () => {
  const there = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (there instanceof HTMLDetailsElement) there.open = true;
};
addEventListener("hashchange", opened);
opened();
// On paper everything is unfolded.
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((it) => { it.open = true; }));
for (const copy of document.querySelectorAll(".copy")) {
  const button = copy.querySelector("button");
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.setAttribute("aria-label", "copy: " + copy.querySelector("code").textContent);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(copy.querySelector("code").textContent);
    button.textContent = "copied";
  });
}
const search = document.getElementById("search");
if (search) {
  const rows = [...document.querySelectorAll("#accounts tbody tr")].map((row) => [row, row.textContent.toLowerCase()]);
  const found = document.getElementById("found");
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [row, text] of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    found.textContent = `${shown} of ${rows.length}`;
  });
}
