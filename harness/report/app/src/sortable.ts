/** What a cell is ordered by: its number where it has one (<data value>), else its text. */
function keyOf(line: HTMLTableRowElement, column: number): number | string {
  const cell = line.cells[column];
  const value = cell?.querySelector("data")?.getAttribute("value") ?? "";
  return value !== "" && !Number.isNaN(Number(value)) ? Number(value) : (cell?.textContent ?? "").trim();
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  // What has no number stands behind what has one.
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

/** Headings of <div class="sortable"> become buttons that order the lines; the document itself is complete without. */
export function mountSortable(root: ParentNode): void {
  for (const table of root.querySelectorAll<HTMLTableElement>(".sortable table")) {
    const body = table.tBodies[0];
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
    if (body === undefined) continue;
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const descending = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        const lines = [...body.rows].map((line) => ({ line, key: keyOf(line, column) }));
        lines.sort((a, b) => (descending ? compare(b.key, a.key) : compare(a.key, b.key)));
        body.append(...lines.map((each) => each.line));
      });
    });
  }
}
