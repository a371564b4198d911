// Makes CSV or a workbook from rows, in the page. No cell can become a formula.
"use strict";
window.dtaSpreadsheet = (() => {
  // Same rule as transforms/release/csv_for_people.py: a text that a spreadsheet could read as a formula gets a leading apostrophe.
  const FORMULA = /^(?:[\t\r\n]|[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]*[=+\-@＝＋－＠])/;
  const NUMBER = /^ *[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)? *$/;
  // A spreadsheet would change codes with a leading zero or twelve or more digits, and grades such as 6-8.
  const CODE = /^(?:0[0-9]+|[0-9]{12,}|[0-9]{1,2}[-/][0-9]{1,2})$/;
  const inert = (text) => (CODE.test(text) ? `="${text}"` : FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text);

  function csv(rows) {
    const cell = (value) => {
      const text = inert(String(value));
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return new Blob(["\ufeff", rows.map((row) => row.map(cell).join(",")).join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" });
  }

  const escaped = (text) => text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

  function column(n) {
    let name = "";
    for (let i = n + 1; i > 0; i = Math.floor((i - 1) / 26)) name = String.fromCharCode(65 + ((i - 1) % 26)) + name;
    return name;
  }

  // Every cell is text, so CDS codes keep their zeros and no cell is a formula.
  function sheet(rows) {
    const lines = rows.map((row, y) => `<row r="${y + 1}">${row.map((value, x) =>
      `<c r="${column(x)}${y + 1}" t="inlineStr"${y === 0 ? ' s="1"' : ""}><is><t xml:space="preserve">${escaped(String(value)).slice(0, 32000)}</t></is></c>`).join("")}</row>`);
    const range = `A1:${column(rows[0].length - 1)}${rows.length}`;
    return `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
      `<cols><col min="1" max="${rows[0].length}" width="22" customWidth="1"/></cols><sheetData>${lines.join("")}</sheetData><autoFilter ref="${range}"/></worksheet>`;
  }

  const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
  const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";

  function workbook(rows) {
    const parts = {
      "[Content_Types].xml": `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
        `<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/>` +
        `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/></Types>`,
      "_rels/.rels": `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="r1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
      "xl/workbook.xml": `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="rows" sheetId="1" r:id="r1"/></sheets></workbook>`,
      "xl/_rels/workbook.xml.rels": `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="r1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>` +
        `<Relationship Id="r2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
      "xl/styles.xml": `${HEAD}<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>' +
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
      "xl/worksheets/sheet1.xml": sheet(rows),
    };
    return new Blob([zip(Object.entries(parts))], { type: `${TYPE}.sheet` });
  }

  const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n >>> 0;
  });
  function crc32(bytes) {
    let crc = 0xffffffff;
    for (const byte of bytes) crc = CRC[(crc ^ byte) & 0xff] ^ (crc >>> 8);
    return (crc ^ 0xffffffff) >>> 0;
  }

  // A ZIP file without compression: local headers with their bytes, then the directory, then its position.
  function zip(entries) {
    const encoder = new TextEncoder();
    const chunks = [], directory = [];
    let offset = 0;
    for (const [name, text] of entries) {
      const path = encoder.encode(name), bytes = encoder.encode(text);
      const fields = (...pairs) => pairs.flatMap(([value, size]) => Array.from({ length: size }, (_, i) => (value >>> (8 * i)) & 0xff));
      const common = [[20, 2], [0x0800, 2], [0, 2], [0, 2], [0x21, 2], [crc32(bytes), 4], [bytes.length, 4], [bytes.length, 4], [path.length, 2], [0, 2]];
      const local = Uint8Array.from([0x50, 0x4b, 3, 4, ...fields(...common), ...path]);
      directory.push(...[0x50, 0x4b, 1, 2, ...fields([20, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]), ...path]);
      chunks.push(local, bytes);
      offset += local.length + bytes.length;
    }
    const n = entries.length;
    const end = [0x50, 0x4b, 5, 6, 0, 0, 0, 0, n, 0, n, 0];
    for (const value of [directory.length, offset]) for (let i = 0; i < 4; i++) end.push((value >>> (8 * i)) & 0xff);
    chunks.push(Uint8Array.from([...directory, ...end, 0, 0]));
    const whole = new Uint8Array(chunks.reduce((sum, c) => sum + c.length, 0));
    let at = 0;
    for (const chunk of chunks) { whole.set(chunk, at); at += chunk.length; }
    return whole;
  }

  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  return { csv, workbook, save };
})();
