// Print and copy buttons, the year switch of an LEA, ages, additions of dta site, and the lines of a table in the lineage picture.
"use strict";
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea"); // pages opened from disk have no clipboard API
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
for (const button of document.querySelectorAll("[data-copy]")) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    await copy(document.getElementById(button.dataset.copy).textContent.trim());
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

// Paper has nothing to click, so folded parts are printed too if the page says so.
let opened = [];
addEventListener("beforeprint", () => { opened = [...document.querySelectorAll("details[data-print-open]:not([open])")]; for (const part of opened) part.open = true; });
addEventListener("afterprint", () => { for (const part of opened) part.open = false; });

function ago(moment) {
  const seconds = (Date.now() - new Date(moment)) / 1000;
  for (const [unit, length] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    const n = Math.floor(seconds / length);
    if (n >= 1) return `${n} ${unit}${n > 1 ? "s" : ""} ago`;
  }
  return "just now";
}
for (const time of document.querySelectorAll("time[data-ago]")) time.append(` (${ago(time.dateTime)})`);

// Pages that dta site serves have their release in the address. The table browser and SQL work there.
if (location.protocol.startsWith("http") && location.pathname.startsWith("/release/")) {
  for (const part of document.querySelectorAll("[data-served]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-from-disk]")) part.hidden = true;
}

for (const box of document.querySelectorAll(".lineage [data-box]")) {
  const name = box.dataset.box;
  const lines = [...document.querySelectorAll(".lineage path")].filter((line) => line.dataset.from === name || line.dataset.to === name);
  const mark = (on) => () => lines.forEach((line) => line.classList.toggle("on", on));
  for (const event of ["mouseenter", "focus"]) box.addEventListener(event, mark(true));
  for (const event of ["mouseleave", "blur"]) box.addEventListener(event, mark(false));
}

// A link to a table opens the part that describes it.
function reveal() {
  const part = document.getElementById(location.hash.slice(1));
  if (part instanceof HTMLDetailsElement) part.open = true;
}
addEventListener("hashchange", reveal);
reveal();

// The year switch of an LEA. CSS shows the year (see site.css); the script marks it and opens that year's indicators.
const years = [...document.querySelectorAll(".years a")];
function showYear() {
  const chosen = years.find((link) => link.hash === location.hash) ?? years.find((link) => link.classList.contains("now"));
  for (const link of years) link.removeAttribute("aria-current");
  chosen?.setAttribute("aria-current", "true");
  const parts = [...document.querySelectorAll("[data-dashboard]")];
  const wanted = parts.find((part) => `#${part.dataset.dashboard}` === chosen?.hash) ?? (chosen?.classList.contains("now") ? parts[0] : undefined);
  for (const part of parts) part.open = part === wanted;
}
if (years.length) {
  addEventListener("hashchange", showYear);
  showYear();
}
