// SQL on a release, in the browser: DuckDB runs here as WebAssembly, reads the release's own database over http and sends nothing anywhere.
// Mounts on the element #console; its data-database and data-assets say where the database and the files beside this script lie.
import * as duckdb from "@duckdb/duckdb-wasm";
import { DataType } from "apache-arrow";

const SHOWN = 500;

const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

// A worker from a blob is held to the policy of the page: it too may fetch from the page's own host only.
const startWorker = (url) => {
  const starter = URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(url)});`], { type: "text/javascript" }));
  const worker = new Worker(starter);
  URL.revokeObjectURL(starter);
  return worker;
};

async function open(database, assets) {
  const db = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), startWorker(new URL("duckdb-browser-eh.worker.js", assets).href));
  await db.instantiate(new URL("duckdb-eh.wasm", assets).href);
  await db.open({ query: { castBigIntToDouble: true, castDecimalToDouble: true }, filesystem: { allowFullHTTPReads: true } });
  await db.registerFileURL("release.duckdb", database, duckdb.DuckDBDataProtocol.HTTP, false);
  const connection = await db.connect();
  for (const statement of [
    "attach 'release.duckdb' as release (read_only)",
    "use release",
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set enable_external_access = false",
    "set lock_configuration = true",
  ])
    await connection.query(statement);
  return connection;
}

// One value as text: days and times in ISO form, lists joined by | as in the other CSV files of the release.
export function asText(value, type) {
  if (value === null || value === undefined) return null;
  if (DataType.isDate(type)) return new Date(Number(value)).toISOString().slice(0, 10);
  if (DataType.isTimestamp(type)) return new Date(Number(value)).toISOString().slice(0, 19).replace("T", " ");
  if (DataType.isList(type)) return Array.from(value, (v) => asText(v, type.children[0].type) ?? "").join("|");
  if (typeof value === "object") return JSON.stringify(value, (_, v) => (typeof v === "bigint" ? Number(v) : v));
  return String(value);
}

const isText = (type) => DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isDictionary(type) || DataType.isList(type) || DataType.isStruct(type);
const isNumber = (type) => DataType.isInt(type) || DataType.isFloat(type) || DataType.isDecimal(type);
const columnsOf = (result) => result.schema.fields.map((field, n) => [result.getChildAt(n), field.type]);

// CSV that a spreadsheet shows and does not compute; the rule is the one of all CSV files of the release.
export function asCsv(result, rule) {
  const [formula, number, code] = [new RegExp(rule.formula), new RegExp(rule.number), new RegExp(rule.code)];
  const safe = (text) => (code.test(text) ? `="${text}"` : formula.test(text) && !number.test(text) ? `'${text}` : text);
  const quoted = (text) => `"${safe(text).replaceAll('"', '""')}"`;
  const columns = columnsOf(result);
  const lines = [result.schema.fields.map((field) => quoted(field.name)).join(",")];
  for (let i = 0; i < result.numRows; i++) {
    const texts = columns.map(([column, type]) => [asText(column.get(i), type), type]);
    lines.push(texts.map(([text, type]) => (text === null ? "" : isText(type) ? quoted(text) : text)).join(","));
  }
  return lines.join("\n") + "\n";
}

function asTable(result) {
  const head = element("tr", {}, ...result.schema.fields.map((f) => element("th", { scope: "col" }, f.name)));
  const body = element("tbody");
  const columns = columnsOf(result);
  for (let i = 0; i < Math.min(result.numRows, SHOWN); i++)
    body.append(element("tr", {}, ...columns.map(([column, type]) => element("td", isNumber(type) ? { class: "number" } : {}, asText(column.get(i), type) ?? ""))));
  return element("table", {}, element("thead", {}, head), body);
}

function mount(root) {
  const assets = new URL(root.dataset.assets || "./", document.baseURI);
  const database = new URL(root.dataset.database || "../../dta.duckdb", document.baseURI).href;
  document.head.append(element("link", { rel: "stylesheet", href: new URL("console.css", assets).href }));
  root.classList.add("dta-console");
  if (location.protocol === "file:") {
    root.replaceChildren(element("p", {}, "The editor needs a page that is served, not opened from disk. Run: dta site"));
    return;
  }
  const query = element("textarea", { id: "console-query", rows: "8", spellcheck: "false", autocapitalize: "off", "aria-describedby": "console-hint" });
  query.value = "SELECT lea_name, pathways, sentence\nFROM eligible_districts\nORDER BY determination_year DESC, lea_name";
  const recipes = element("select", { id: "console-recipe" }, element("option", { value: "" }, "your own query"));
  const run = element("button", { type: "button", disabled: "" }, "Run");
  const save = element("button", { type: "button", disabled: "" }, "Download CSV");
  const said = element("p", { role: "status" }, "Starting DuckDB …");
  const failed = element("pre", { role: "alert" });
  const shown = element("div", { class: "result", tabindex: "0", role: "region", "aria-label": "Result" });
  root.replaceChildren(
    element("p", {}, element("label", { for: "console-recipe" }, "Question "), recipes),
    element("label", { for: "console-query" }, "Query"),
    query,
    element("p", { id: "console-hint", class: "hint" }, "Runs in this page; Ctrl and Enter run it too. It can read the release and change nothing."),
    element("p", {}, run, " ", save),
    said,
    failed,
    shown,
  );

  let connection, facts, result;
  const ask = async () => {
    if (!connection || run.disabled) return;
    run.disabled = save.disabled = true;
    failed.textContent = "";
    said.textContent = "Running …";
    const started = performance.now();
    try {
      result = await connection.query(query.value);
      const n = result.numRows;
      said.textContent = `${n.toLocaleString("en-US")} ${n === 1 ? "row" : "rows"} in ${((performance.now() - started) / 1000).toFixed(2)} s${n > SHOWN ? `; the first ${SHOWN} are shown, the CSV has all` : ""}.`;
      shown.replaceChildren(asTable(result));
      save.disabled = false;
    } catch (error) {
      said.textContent = "The query could not be run.";
      failed.textContent = String(error.message || error);
      shown.replaceChildren();
    }
    run.disabled = false;
  };
  run.addEventListener("click", ask);
  query.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      ask();
    }
  });
  save.addEventListener("click", () => {
    const url = URL.createObjectURL(new Blob(["\ufeff", asCsv(result, facts)], { type: "text/csv;charset=utf-8" }));
    const link = element("a", { href: url, download: `dta-${facts.release_id}-query.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  });
  recipes.addEventListener("change", () => {
    const chosen = facts.recipes.find((r) => r.name === recipes.value);
    if (chosen) query.value = `-- ${chosen.question}\n${chosen.sql}`;
  });
  (async () => {
    try {
      const answer = await fetch(new URL("facts.json", assets));
      if (!answer.ok) throw new Error(`facts.json: ${answer.status} ${answer.statusText}`);
      facts = await answer.json();
      recipes.append(...facts.recipes.map((r) => element("option", { value: r.name }, r.title)));
      connection = await open(database, assets);
      said.textContent = `Ready: release ${facts.release_id}.`;
      run.disabled = false;
    } catch (error) {
      said.textContent = "The editor could not start.";
      failed.textContent = String(error.message || error);
    }
  })();
}

const start = () => {
  const root = document.getElementById("console");
  if (root) mount(root);
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
