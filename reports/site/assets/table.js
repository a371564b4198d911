// Tables that sort, filter, search and export. The choices are in the address, so that you can share it.
"use strict";
window.dtaTable = (() => {
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ");
  const shown = (cell) => cell.textContent.replace(/\s+/g, " ").trim();
  const LIMIT = 500; // rows drawn at once

  class DataTable {
    constructor(table, form, options = {}) {
      Object.assign(this, { table, form, options, body: table.tBodies[0], texts: new WeakMap(), limit: LIMIT });
      this.headings = [...table.tHead.rows[0].cells];
      this.labels = this.headings.map(shown);
      this.headings.forEach((cell, index) => this.makeSortable(cell, index));
      this.label();
      table.classList.add("cards");
      if (!form) return;
      form.addEventListener("input", () => this.changed());
      form.addEventListener("submit", (event) => event.preventDefault());
      form.addEventListener("reset", () => setTimeout(() => this.changed()));
      for (const button of form.querySelectorAll("[data-export]")) button.addEventListener("click", () => this.export(button.dataset.export));
      this.more = document.createElement("button");
      this.more.type = "button";
      this.more.addEventListener("click", () => { this.limit = Infinity; this.filter(); });
      table.parentElement.after(this.more);
      window.addEventListener("hashchange", () => { this.readAddress(); this.refresh(); });
      this.readAddress();
      window.addEventListener("beforeprint", () => { this.limit = Infinity; this.filter(); }); // all matching rows
      const more = form.querySelector("details.filters");
      if (more && matchMedia("(max-width: 640px)").matches) more.open = this.isChosen(more);
    }

    isChosen(part) { return [...part.querySelectorAll("select")].some((s) => s.selectedIndex > 0); }

    get rows() { return [...this.body.rows]; }
    get fields() { return [...this.form.elements].filter((e) => e.name); }
    get state() { return Object.fromEntries(this.fields.map((e) => [e.name, e.value])); }
    get matching() { return this.rows.filter((row) => !row.classList.contains("out")); }

    // On narrow screens a row is a card, and each cell has a label.
    label() {
      for (const row of this.rows) [...row.cells].forEach((cell, i) => { cell.dataset.label = this.labels[i]; });
    }

    makeSortable(cell, index) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...cell.childNodes);
      cell.append(button);
      cell.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => this.sort(index, cell.getAttribute("aria-sort") === "ascending" ? -1 : 1));
    }

    sort(index, direction) {
      this.headings.forEach((cell, i) => cell.setAttribute("aria-sort", i !== index ? "none" : direction > 0 ? "ascending" : "descending"));
      this.order = [index, direction];
      const key = (row) => shown(row.cells[index]);
      const keyed = this.rows.map((row) => [key(row), row]);
      keyed.sort(([a], [b]) => direction * collator.compare(a, b));
      this.body.append(...keyed.map(([, row]) => row));
      this.filter();
    }

    readAddress() {
      if (!this.form) return;
      const hash = location.hash.slice(1);
      if (hash && !hash.includes("=")) return; // an anchor on the page
      const given = new URLSearchParams(hash || location.search);
      for (const field of this.fields) {
        const value = given.get(field.name) ?? "";
        if (field.tagName !== "SELECT") field.value = value;
        else field.value = [...field.options].some((o) => o.value === value) ? value : field.options[0].value;
      }
    }

    changed() {
      this.limit = LIMIT;
      const kept = this.fields.filter((f) => f.value && f.value !== (f.tagName === "SELECT" ? f.options[0].value : ""));
      const address = new URLSearchParams(kept.map((f) => [f.name, f.value])).toString();
      history.replaceState(null, "", address ? `#${address}` : location.pathname.split("/").pop() || ".");
      this.refresh();
    }

    refresh() {
      if (this.options.prepare && !this.options.prepare(this.state, this)) return; // rows are loading
      if (this.order) this.sort(...this.order);
      else this.filter();
    }

    filter() {
      if (!this.form) return;
      const state = this.state;
      const words = plain(state.q ?? "").split(" ").filter(Boolean);
      let found = 0;
      for (const row of this.rows) {
        const fits = this.fits(row, state, words);
        if (fits) found += 1;
        row.classList.toggle("out", !fits);
        row.hidden = !fits || found > this.limit;
      }
      this.form.querySelector("output").textContent = `${found.toLocaleString("en-US")} of ${this.rows.length.toLocaleString("en-US")} rows` + (found > this.limit ? `, the first ${this.limit} shown` : "") + (this.options.counted ? `: ${this.options.counted(this.matching, state)}` : "");
      this.more.hidden = found <= this.limit;
      this.more.textContent = `Show all ${found.toLocaleString("en-US")} rows`;
    }

    fits(row, state, words) {
      const skip = this.options.own ?? [];
      for (const [name, value] of Object.entries(state)) {
        if (name === "q" || !value || skip.includes(name)) continue;
        if (!(row.dataset[name] ?? "").split("|").includes(value)) return false;
      }
      if (this.options.fits && !this.options.fits(row, state)) return false;
      if (!words.length) return true;
      if (!this.texts.has(row)) this.texts.set(row, plain(this.options.text ? this.options.text(row) : row.textContent));
      const text = this.texts.get(row);
      return words.every((word) => text.includes(word));
    }

    export(format) {
      const columns = this.options.columns ?? this.labels.map((name, i) => [name, (row) => shown(row.cells[i])]);
      const rows = [columns.map(([name]) => name), ...this.matching.map((row) => columns.map(([, value]) => value(row)))];
      window.dtaSpreadsheet.save(format === "csv" ? window.dtaSpreadsheet.csv(rows) : window.dtaSpreadsheet.workbook(rows), `${this.table.id}.${format}`);
    }
  }

  for (const table of document.querySelectorAll("table[data-sort]")) {
    if (table.dataset.names) continue; // has a script of its own
    const made = new DataTable(table, document.querySelector(`form[data-table="${table.id}"]`));
    made.refresh();
  }
  return { DataTable, plain };
})();
