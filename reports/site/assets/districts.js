// The table of districts: its rows come as one script per determination year.
"use strict";
(() => {
  const table = document.getElementById("districts");
  const form = document.querySelector('form[data-table="districts"]');
  const names = JSON.parse(table.dataset.names);
  const loaded = {};
  const UNSAID = ["not_assessed", "not_applicable"];
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

  const facts = new WeakMap();
  function line([cds, name, kind, statuses, reasons, ccee, also], texts, pathway) {
    const last = names.pathways.length; // the place of assistance, after the pathways
    const status = Object.fromEntries(names.pathways.map(([code], i) => [code, names.statuses[statuses[i]][0]]));
    const reason = Object.fromEntries(names.pathways.map(([code], i) => [code, texts[reasons[i]]]));
    const assistance = names.statuses[statuses[last]][0];
    const county = cds.slice(0, 2);
    const said = names.pathways.map(([code]) => code).filter((code) => ["eligible", "undetermined"].includes(status[code]));
    const own = kind === "charter" && !said.length && texts[reasons[last]];
    const why = !pathway && own ? own : (pathway ? [pathway] : said.length ? said : ["continuum"]).map((code) => reason[code]).join(" ");
    const row = node("tr");
    Object.assign(row.dataset, { county, area: names.areas[county] ?? "", kind });
    facts.set(row, { cds, name, kind, county, status, assistance, why, ccee });
    const head = node("th"), link = node("a", name);
    head.scope = "row";
    link.href = `lea/${encodeURIComponent(cds)}.html`;
    head.append(link);
    if (also) head.append(" ", node("small", also, "also"));
    const recorded = node("td");
    for (const [code, title] of names.pathways.slice(2)) {
      if (UNSAID.includes(status[code])) continue;
      recorded.append(`${title}: `, badge(status[code]), " ");
    }
    if (!recorded.childNodes.length) recorded.append(node("span", "no case on record", "quiet"));
    const cells = [node("td", cds), node("td", names.kinds[kind]), node("td", names.counties[county])];
    const verdicts = [status.continuum, status.wraparound].map((code) => { const cell = node("td"); cell.append(badge(code)); return cell; });
    if (ccee) verdicts[0].append(" ", node("small", ccee, "ccee"));
    const before = node("td");
    before.append(badge(assistance));
    row.append(head, ...cells, ...verdicts, recorded, before, node("td", why, "why"));
    return row;
  }

  function prepare(state) {
    const wanted = `${state.year} ${state.pathway}`;
    if (wanted === drawn) return true;
    if (!loaded[state.year]) {
      const script = node("script");
      script.src = `assets/rows/${state.year}.js`;
      document.head.append(script);
      return false;
    }
    drawn = wanted;
    const { texts, rows } = loaded[state.year];
    table.tBodies[0].replaceChildren(...rows.map((row) => line(row, texts, state.pathway)));
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
    ["Why", (row) => facts.get(row).why],
  ];
  // Searched: names and codes. The county has a choice of its own: "Los Angeles Unified" is not every "Unified" of Los Angeles County.
  const text = (row) => `${row.cells[0].textContent} ${facts.get(row).cds}`;
  const view = new window.dtaTable.DataTable(table, form, { prepare, fits, columns, own: ["year", "pathway", "status"], text });
  view.refresh();
})();
