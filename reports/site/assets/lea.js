// Draws what the page of an LEA has as data: sources, and for years that are not in force evidence, student groups and
// unsaid pathways. Names, hashes, the state's values and the lines of unsaid pathways are shared by all pages (known.js).
"use strict";
(() => {
  const { indicators, groups, state, sources, statuses, unsaid } = window.dtaKnown;
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

  // A student group has the same cells in each year's table: the newest year's cells, up to that year.
  const newest = document.querySelector("table.grid:not([data-lines])");
  const until = (row, year) => {
    for (const cell of row.querySelectorAll("[data-year]")) if (cell.dataset.year > year) cell.remove();
    return row;
  };
  for (const table of document.querySelectorAll("table.grid[data-lines]")) {
    const { year } = table.dataset, window = table.dataset.window.split(" ");
    const head = until(newest.tHead.rows[0].cloneNode(true), year);
    for (const cell of head.querySelectorAll("[data-year]")) cell.className = window.includes(cell.dataset.year) ? "counts" : "";
    table.createTHead().append(head);
    table.createTBody().append(...JSON.parse(table.dataset.lines).map(([group, total, counts, ever]) => {
      const row = until([...newest.tBodies[0].rows].find((line) => line.dataset.group === group).cloneNode(true), year);
      row.className = ever ? "" : "never";
      for (const cell of row.querySelectorAll("[data-year]")) cell.classList.toggle("counts", window.includes(cell.dataset.year));
      row.cells[row.cells.length - 1].replaceChildren(total, ...(counts ? [" ", node("b", "counts")] : []));
      return row;
    }));
  }

  function status(code) {
    const [sign, words] = statuses[code], made = node("span", undefined, { className: `st ${code}` });
    const mark = node("span", sign);
    mark.setAttribute("aria-hidden", "true");
    made.append(mark, ` ${words}`);
    return made;
  }
  const joined = (parts) => [parts.slice(0, -1).join(", "), parts[parts.length - 1]].filter(Boolean).join(" and ");
  for (const place of document.querySelectorAll("[data-unsaid]")) {
    const lines = place.dataset.unsaid.split(" ").map((n) => unsaid[n]);
    for (const code of new Set(lines.map(([code]) => code))) {
      const same = lines.filter(([other]) => other === code);
      const folded = node("details", undefined, { className: "unsaid" }), head = node("summary"), list = node("ul", undefined, { className: "others" });
      head.append(status(code), ` ${joined(same.map(([, , name]) => name))}`);
      list.append(...same.map(([, pathway, name, statute, reason]) => {
        const line = node("li");
        line.dataset.pathway = pathway;
        line.append(status(code), " ", node("b", name), " ", node("small", statute), " ", node("span", reason, { className: "reason" }));
        return line;
      }));
      folded.append(head, list);
      place.append(folded);
    }
  }

  for (const list of document.querySelectorAll("[data-sources]")) {
    const places = Object.entries(JSON.parse(list.dataset.sources)).flatMap(([years, all]) => all.map((place) => [place, years]));
    list.append(...places.sort(([a], [b]) => a - b).map(([place, years]) => {
      const [id, file, sha256, seen, excerpt] = sources[place], line = node("li");
      Object.assign(line.dataset, { source: id, years });
      line.append(node("a", file, { href: `../coverage.html#${encodeURIComponent(id)}` }), excerpt ? " (excerpt) " : " ",
        node("code", sha256.slice(0, 12), { title: sha256 }), " ", node("span", seen));
      return line;
    }));
  }
})();
