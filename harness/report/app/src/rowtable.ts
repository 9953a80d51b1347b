import { percent, rate, seconds, si } from "./format";
import { rowCard } from "./rowcard";
import type { Row, State } from "./state";
import { say } from "./words";

interface Field {
  key: string;
  of(row: Row): string | number | null;
  show(row: Row): string;
  numeric: boolean;
  grow: string;
}

const LINE = 30;

/** All rows, sortable; only the lines in sight are in the document, so that 100,000 are as quick as 100. */
export class RowTable {
  private order: Row[] = [];
  private sortKey = "";
  private descending = false;
  private picked = -1;
  private readonly head: HTMLElement;
  private readonly body: HTMLElement;
  private readonly inner: HTMLElement;
  private readonly card: HTMLElement;

  constructor(element: HTMLElement, private readonly state: State) {
    element.innerHTML = `<div class="vhead" role="row"></div><div class="vbody" tabindex="0" role="rowgroup"><div class="vinner"></div></div>`;
    element.setAttribute("role", "table");
    this.head = element.querySelector(".vhead")!;
    this.body = element.querySelector(".vbody")!;
    this.inner = element.querySelector(".vinner")!;
    this.card = document.createElement("div");
    this.card.className = "picked";
    this.card.setAttribute("role", "status");
    element.after(this.card);
    this.body.addEventListener("scroll", () => this.paint(), { passive: true });
    this.body.addEventListener("click", (event) => {
      const line = (event.target as HTMLElement).closest<HTMLElement>("[data-at]");
      if (line !== null) this.pick(this.order[Number(line.dataset["at"])]!.index);
    });
    this.body.addEventListener("keydown", (event) => this.key(event));
    this.update();
  }

  private fields(): Field[] {
    const { table, subjects } = this.state.view();
    const text = (name: string, of: (row: Row) => string, grow: string): Field => ({ key: name, of, show: of, numeric: false, grow });
    const number = (name: string, of: (row: Row) => number | null, show: (value: number | null) => string, grow = "5.6rem"): Field =>
      ({ key: name, of, show: (row) => show(of(row)), numeric: true, grow });
    return [
      number("ui.row", (row) => row.index, (value) => `#${value}`, "3.6rem"),
      ...(subjects.length > 1 ? [text("ui.subject", (row) => row.subject, "minmax(6.5rem,1.3fr)")] : []),
      text("ui.case", (row) => row.caseId, "minmax(12rem,3.4fr)"),
      text("ui.suite", (row) => row.suite, "minmax(4.4rem,.7fr)"),
      text("ui.verdict", (row) => row.verdict, "7.4rem"),
      number("ui.time", (row) => row.time, seconds),
      number("ui.rate", (row) => row.rate, rate, "6.6rem"),
      number("ui.of_empirical", (row) => (row.rate === null || row.empirical === null ? null : row.rate / row.empirical), percent, "5.4rem"),
      number("ui.grade", (row) => table.real(row.index, "grade_e"), (value) => (value === null ? "–" : si(value, "")), "6.6rem"),
    ];
  }

  update(): void {
    const view = this.state.view();
    this.order = view.rows.slice();
    const fields = this.fields();
    const field = fields.find((one) => one.key === this.sortKey);
    if (field !== undefined) {
      const sign = this.descending ? -1 : 1;
      this.order.sort((a, b) => {
        const x = field.of(a), y = field.of(b);
        if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;  // empty ones last, either way
        return sign * (typeof x === "number" ? x - (y as number) : x < y ? -1 : x > y ? 1 : 0);
      });
    }
    this.head.parentElement!.style.setProperty("--columns", fields.map((one) => one.grow).join(" "));
    this.head.parentElement!.setAttribute("aria-rowcount", String(this.order.length));
    this.head.parentElement!.setAttribute("aria-label", say("ui.all_rows"));
    this.body.setAttribute("aria-label", say("ui.all_rows"));
    this.head.textContent = "";
    for (const one of fields) {
      const cell = document.createElement("div");
      cell.setAttribute("role", "columnheader");
      const sorted = one.key === this.sortKey;
      cell.setAttribute("aria-sort", sorted ? (this.descending ? "descending" : "ascending") : "none");
      const button = document.createElement("button");
      button.type = "button";
      button.dataset["sort"] = one.key;
      button.className = one.numeric ? "num" : "";
      button.textContent = `${say(one.key)}${sorted ? (this.descending ? " ↓" : " ↑") : ""}`;
      button.addEventListener("click", () => {
        this.descending = this.sortKey === one.key ? !this.descending : one.numeric && one.key !== "ui.row";
        this.sortKey = one.key;
        this.update();
        this.head.querySelector<HTMLElement>(`[data-sort="${one.key}"]`)?.focus();
      });
      cell.append(button);
      this.head.append(cell);
    }
    this.inner.style.height = `${this.order.length * LINE}px`;
    this.paint();
    this.showCard();
  }

  private paint(): void {
    const fields = this.fields();
    const first = Math.max(0, Math.floor(this.body.scrollTop / LINE) - 4);
    const last = Math.min(this.order.length, first + Math.ceil((this.body.clientHeight || 420) / LINE) + 8);
    const lines = document.createDocumentFragment();
    for (let i = first; i < last; ++i) {
      const row = this.order[i]!;
      const line = document.createElement("div");
      line.className = "vline";
      line.setAttribute("role", "row");
      line.setAttribute("aria-rowindex", String(i + 1));
      line.dataset["at"] = String(i);
      line.style.top = `${i * LINE}px`;
      line.classList.toggle("at", row.index === this.picked);
      for (const field of fields) {
        const cell = document.createElement("div");
        cell.setAttribute("role", "cell");
        cell.className = field.numeric ? "num" : field.key === "ui.verdict" ? `verdict ${row.verdict === "OK" ? "good" : row.rate !== null || row.verdict === "UNSUPPORTED" || row.verdict === "TOO_BIG" ? "dim" : "bad"}` : "";
        cell.textContent = field.show(row);
        cell.title = cell.textContent;
        line.append(cell);
      }
      lines.append(line);
    }
    this.inner.replaceChildren(lines);
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 }[event.key];
    if (step === undefined || this.order.length === 0) return;
    event.preventDefault();
    const at = this.order.findIndex((row) => row.index === this.picked);
    const next = Math.max(0, Math.min(this.order.length - 1, at < 0 ? 0 : at + step));
    this.pick(this.order[next]!.index);
  }

  /** Shows a row, wherever it stands in the order. */
  pick(row: number): void {
    this.picked = row;
    const at = this.order.findIndex((one) => one.index === row);
    if (at >= 0) {
      const top = at * LINE;
      if (top < this.body.scrollTop || top > this.body.scrollTop + this.body.clientHeight - LINE) this.body.scrollTop = top - 3 * LINE;
    }
    this.paint();
    this.showCard();
  }

  private showCard(): void {
    const { table } = this.state.view();
    this.card.innerHTML = this.picked >= 0 && this.picked < table.size ? rowCard(table, this.picked, 1, "") : "";
  }
}
