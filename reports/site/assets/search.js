// Finds an LEA by name, former name or code, or a county by name. Suggests while you type, opens an exact or the only match, and reports a name without a match.
"use strict";
(() => {
  const SHOWN = 8;
  const key = (text) => window.dtaTable.plain(text).trim().replace(/ school district$/, "");
  const short = (cds) => (cds.endsWith("0000000") ? [cds.slice(0, 7)] : []);
  const leas = window.dtaNames.map(([cds, name, county, kind, former]) => {
    const codes = [cds, ...short(cds)], before = former.map(([, code]) => code).filter(Boolean);
    const names = [name, ...former.map(([named]) => named)].map(key);
    const where = `${county} County, ${cds}${former.length ? `; formerly ${former.map(([named, code]) => (code ? `${named} (${code})` : named)).join("; ")}` : ""}`;
    return { cds, name, where, href: `lea/${encodeURIComponent(cds)}.html`, codes, names, before, old: before.flatMap((code) => [code, ...short(code)]), text: [...names, ...codes, ...before].join(" ") };
  });

  const counties = window.dtaCounties.map(([code, county]) => ({ name: `${county} County`, key: key(`${county} County`), where: "who is eligible there", href: `county/${code}.html` }));

  // Exact matches of name or code: a county, or LEAs. If two codes share a name, the present one is meant.
  function exact(query) {
    const named = counties.filter((county) => county.key === query);
    if (named.length) return named;
    for (const fits of [(lea) => lea.codes.includes(query), (lea) => lea.names[0] === query, (lea) => lea.old.includes(query) || lea.names.includes(query)]) {
      const found = leas.filter(fits);
      if (found.length) return found.filter((lea) => !found.some((other) => other.before.includes(lea.cds)));
    }
    return [];
  }
  function matching(query) {
    const words = query.split(" ");
    const rank = (lea) => (lea.names.some((name) => name.startsWith(query)) ? 0 : words.every((word) => ` ${lea.text}`.includes(` ${word}`)) ? 1 : 2);
    const found = leas.filter((lea) => words.every((word) => lea.text.includes(word))).sort((a, b) => rank(a) - rank(b));
    return [...counties.filter((county) => county.key.startsWith(query)), ...found];
  }

  for (const box of document.querySelectorAll("[data-find]")) {
    const input = box.querySelector("input"), list = box.querySelector("ul"), status = box.querySelector("[role=status]");
    const links = () => [...list.querySelectorAll("a")];

    function close() { list.replaceChildren(); list.hidden = true; }
    function show(found, words) {
      close();
      status.textContent = words;
      for (const lea of found.slice(0, SHOWN)) {
        const item = document.createElement("li"), link = document.createElement("a"), where = document.createElement("small");
        link.href = lea.href;
        link.textContent = lea.name; // never as markup
        where.textContent = ` ${lea.where}`;
        item.append(link, where);
        list.append(item);
      }
      list.hidden = !list.childNodes.length;
    }
    const absent = () => show([], `No name or code in this release contains “${input.value.trim()}”.`);

    function suggest() {
      const query = key(input.value);
      if (query.length < 2) return show([], "");
      const found = matching(query);
      if (!found.length) return absent();
      show(found, found.length > SHOWN ? `${found.length} found; the first ${SHOWN}:` : `${found.length} found:`);
    }
    function submit(event) {
      const query = key(input.value);
      if (!query) return;
      const same = exact(query), found = same.length ? same : matching(query);
      if (found.length === 1) {
        event.preventDefault();
        location.href = found[0].href;
      } else if (same.length) {
        event.preventDefault();
        show(same, `${same.length} are called “${input.value.trim()}”. Choose one:`);
      } else if (!found.length) {
        event.preventDefault();
        absent();
      }
    }
    function move(event) {
      if (event.key === "Escape" && !list.hidden) { close(); input.focus(); event.preventDefault(); return; }
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || list.hidden) return;
      event.preventDefault();
      const stops = [input, ...links()];
      stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
    }
    input.addEventListener("input", suggest);
    input.form.addEventListener("submit", submit);
    input.form.addEventListener("reset", () => show([], ""));
    box.addEventListener("keydown", move);
    box.addEventListener("focusout", (event) => { if (!box.contains(event.relatedTarget)) close(); });
    if (input.value && !matching(key(input.value)).length) absent(); // the address has this search
  }
})();
