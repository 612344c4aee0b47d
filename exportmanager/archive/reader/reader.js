
document.addEventListener("DOMContentLoaded", () => {
  const shown = (cell) => (cell ? cell.textContent.trim() : "");
  // letters without their marks: who looks for "e" finds "é"
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();

  function addFind(table) {
    const label = document.createElement("label"), input = document.createElement("input");
    const found = document.createElement("output"), rows = [...table.tBodies[0].rows];
    label.className = "find";
    label.textContent = table.dataset.filter;
    input.type = "search";
    label.append(input, found);
    table.parentElement.before(label);
    input.addEventListener("input", () => {
      const words = plain(input.value).split(/\s+/);
      for (const row of rows) {
        const text = plain(shown(table.dataset.sort === undefined ? row.cells[0] : row));
        row.hidden = !words.every((word) => text.includes(word));
      }
      found.textContent = input.value && `${rows.filter((row) => !row.hidden).length} of ${rows.length}`;
    });
  }

  function sortBy(table, column) {
    const head = table.tHead.rows[0].cells[column], body = table.tBodies[0];
    const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    const order = new Intl.Collator(undefined, { numeric: true });
    const value = (row) => row.cells[column].dataset.by ?? shown(row.cells[column]);
    const number = (row) => (value(row) === "" ? -1 : parseFloat(value(row).replaceAll(",", "")));
    const compared = head.classList.contains("number")
      ? (a, b) => number(a) - number(b) : (a, b) => order.compare(value(a), value(b));
    const rows = [...body.rows];
    rows.sort((a, b) => sign * compared(a, b));
    for (const cell of table.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    body.append(...rows);
  }

  function addSort(table) {
    [...table.tHead.rows[0].cells].forEach((cell, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...cell.childNodes);
      cell.append(button);
      button.addEventListener("click", () => sortBy(table, column));
    });
  }

  document.querySelectorAll("table[data-filter]").forEach(addFind);
  document.querySelectorAll("table[data-sort]").forEach(addSort);
});
