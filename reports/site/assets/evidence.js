// The evidence of an LEA: its page holds the rows as data; names and the state's values come once for all pages (indicators.js).
"use strict";
(() => {
  const { indicators, groups, state } = window.dtaIndicators;
  const node = (tag, text, values = {}) => {
    const made = Object.assign(document.createElement(tag), values);
    if (text !== undefined) made.textContent = text; // never as markup
    return made;
  };

  function heading(code) {
    const [short, title, better] = indicators[code], made = node("th", undefined, { scope: "col" });
    made.append(node("abbr", short, { title }), " ", node("small", better));
    return made;
  }

  function result(words, year, group, code, found) {
    if (!found) return node("td", "–", { className: "none" });
    const [number, value, changed, students, met] = found, [look, word] = words[number];
    const parts = [node("span", value)], of_state = state[year]?.[code]?.[group];
    if (word) parts.unshift(node("b", (met ? "◆ " : "") + word));
    if (changed) parts.push(node("i", changed));
    if (students) parts.push(node("small", `n ${students}`));
    if (of_state !== undefined) parts.push(node("em", `state ${of_state}`));
    const cell = node("td", undefined, { className: met ? `${look} met` : look });
    cell.append(...parts.flatMap((part) => [part, " "]).slice(0, -1));
    return cell;
  }

  for (const section of document.querySelectorAll("[data-words]")) {
    const words = JSON.parse(section.dataset.words);
    for (const table of section.querySelectorAll("table.evidence")) {
      const { year } = table.dataset, columns = table.dataset.columns.split(" ");
      const head = node("tr");
      head.append(node("th", "Student group", { scope: "col" }), ...columns.map(heading));
      table.createTHead().append(head);
      table.createTBody().append(...JSON.parse(table.dataset.rows).map(([group, ...cells]) => {
        const row = node("tr");
        row.dataset.group = group;
        row.append(node("th", groups[group], { scope: "row" }), ...cells.map((found, n) => {
          const cell = result(words, year, group, columns[n], found);
          cell.dataset.i = columns[n];
          return cell;
        }));
        return row;
      }));
    }
  }
})();
