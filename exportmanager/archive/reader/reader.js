
document.addEventListener("DOMContentLoaded", () => {
  const shown = (cell) => (cell ? cell.textContent.trim() : "");

  function addFind(table) {
    const label = document.createElement("label"), input = document.createElement("input");
    label.className = "find";
    label.textContent = table.dataset.filter;
    input.type = "search";
    label.append(input);
    table.parentElement.before(label);
    input.addEventListener("input", () => {
      const words = input.value.toLocaleLowerCase().split(/\s+/);
      for (const row of table.tBodies[0].rows) {
        const text = table.dataset.sort === undefined ? shown(row.cells[0]) : shown(row);
        row.hidden = !words.every((word) => text.toLocaleLowerCase().includes(word));
      }
    });
  }

  function sortBy(table, column) {
    const head = table.tHead.rows[0].cells[column], body = table.tBodies[0];
    const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    const order = new Intl.Collator(undefined, { numeric: true });
    const rows = [...body.rows];
    rows.sort((a, b) => sign * order.compare(shown(a.cells[column]), shown(b.cells[column])));
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
