// Print and copy buttons, and how long ago something was.
"use strict";
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea"); // pages opened from disk have no clipboard of their own
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

function ago(moment) {
  const seconds = (Date.now() - new Date(moment)) / 1000;
  for (const [unit, length] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    const n = Math.floor(seconds / length);
    if (n >= 1) return `${n} ${unit}${n > 1 ? "s" : ""} ago`;
  }
  return "just now";
}
for (const time of document.querySelectorAll("time[data-ago]")) time.append(` (${ago(time.dateTime)})`);
