// The table of districts: its rows come as one script per determination year.
"use strict";
(() => {
  const table = document.getElementById("districts");
  const form = document.querySelector('form[data-table="districts"]');
  const names = JSON.parse(table.dataset.names);
  const loaded = {};
  const STATUS_ONLY = ["not_assessed", "not_applicable"];
  let drawn = "";

  window.dtaRows = (year, content) => { loaded[year] = content; view.refresh(); };

  const node = (tag, text, look) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text; // never as markup
    if (look) made.className = look;
    return made;
  };
  function badge(code) {
    const [, sign, words] = names.statuses.find(([name]) => name === code);
    const made = node("span", undefined, `st ${code}`), mark = node("span", sign);
    mark.setAttribute("aria-hidden", "true");
    made.append(mark, ` ${words}`);
    return made;
  }

  // A status, the reason, and CDE's value if it differs.
  function verdict(code, why, cde, extra) {
    const cell = node("td", undefined, "reason");
    cell.append(badge(code));
    if (extra) cell.append(" ", node("small", extra, "ccee"));
    if (cde) cell.append(" ", node("b", `≠ CDE: ${cde}`, "differs"));
    if (why) cell.append(" ", node("span", why, "line"));
    return cell;
  }

  const facts = new WeakMap();
  function line([cds, name, kind, statuses, reasons, ccee, also, differs], texts) {
    const last = names.pathways.length; // the position of assistance, after the pathways
    const codes = names.pathways.map(([code]) => code);
    const status = Object.fromEntries(codes.map((code, i) => [code, names.statuses[statuses[i]][0]]));
    const lines = Object.fromEntries(codes.map((code, i) => [code, texts[reasons[i]]]));
    const assistance = names.statuses[statuses[last]][0], help = texts[reasons[last]];
    const county = cds.slice(0, 2);
    const row = node("tr");
    Object.assign(row.dataset, { county, area: names.areas[county] ?? "", kind });
    facts.set(row, { cds, name, kind, county, status, lines, assistance, help, ccee });
    const head = node("th"), link = node("a", name);
    head.scope = "row";
    link.href = `lea/${encodeURIComponent(cds)}.html`;
    head.append(link);
    if (also) head.append(" ", node("small", also, "also"));
    const code = node("td", cds);
    code.append(" ", node("small", names.kinds[kind], "kind"));
    const recorded = node("td", undefined, "recorded");
    for (const [path, title] of names.pathways.slice(2)) {
      if (!STATUS_ONLY.includes(status[path])) recorded.append(node("b", title), " ", ...verdict(status[path], lines[path]).childNodes, " ");
    }
    const [continuum, wraparound] = ["continuum", "wraparound"].map((path, i) => verdict(status[path], lines[path], differs[i], i || /not recorded$/.test(ccee) ? "" : ccee));
    row.append(head, code, node("td", names.counties[county]), continuum, wraparound, recorded, verdict(assistance, help, differs[last]));
    return row;
  }

  function prepare(state) {
    if (state.year === drawn) return true;
    if (!loaded[state.year]) {
      const script = node("script");
      script.src = `assets/rows/${state.year}.js`;
      document.head.append(script);
      return false;
    }
    drawn = state.year;
    const { texts, rows } = loaded[state.year];
    table.tBodies[0].replaceChildren(...rows.map((row) => line(row, texts)));
    table.classList.toggle("none-recorded", !table.tBodies[0].querySelector(".recorded > *"));
    view.label();
    return true;
  }

  function fits(row, state) {
    if (!state.status) return true;
    const { status } = facts.get(row);
    return state.pathway ? status[state.pathway] === state.status : Object.values(status).includes(state.status);
  }

  const words = Object.fromEntries(names.statuses.map(([code, , text]) => [code, text]));
  const columns = [
    ["LEA", (row) => facts.get(row).name],
    ["CDS code", (row) => facts.get(row).cds],
    ["Kind", (row) => names.kinds[facts.get(row).kind]],
    ["County", (row) => names.counties[facts.get(row).county]],
    ["Geographic Lead area", (row) => row.dataset.area],
    ["Determination year", () => form.elements.year.value],
    ...names.pathways.map(([code, title]) => [title, (row) => words[facts.get(row).status[code]]]),
    ["CCEE's determination", (row) => facts.get(row).ccee],
    ["Assistance by the county office", (row) => words[facts.get(row).assistance]],
    ...names.pathways.map(([code, title]) => [`${title}: why`, (row) => facts.get(row).lines[code]]),
    ["Assistance by the county office: why", (row) => facts.get(row).help],
  ];
  // The search covers names and codes. The county has its own filter, so that "Los Angeles Unified" does not find every "Unified" of Los Angeles County.
  const text = (row) => `${row.cells[0].textContent} ${facts.get(row).cds}`;
  // How many of the matching rows are eligible, by the chosen pathway or by any.
  function counted(rows, { pathway }) {
    const n = (code) => rows.filter((row) => { const { status } = facts.get(row); return pathway ? status[pathway] === code : Object.values(status).includes(code); }).length;
    const open = n("undetermined");
    return `${n("eligible").toLocaleString("en-US")} eligible${open ? `, ${open.toLocaleString("en-US")} not determined` : ""}`;
  }
  const view = new window.dtaTable.DataTable(table, form, { prepare, fits, columns, own: ["year", "pathway", "status"], text, counted });
  view.refresh();
})();
