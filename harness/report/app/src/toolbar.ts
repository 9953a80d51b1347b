import { FILTERS, type State } from "./state";
import { say } from "./words";

/** Filters and baseline: a disclosure for each, with check boxes, so that keyboard and screen reader need nothing special. */
export function mountFilters(element: HTMLElement, state: State): () => void {
  const redraw = () => {
    const open = new Set([...element.querySelectorAll<HTMLDetailsElement>("details[open]")].map((one) => one.dataset["filter"]));
    const focus = document.activeElement instanceof HTMLElement ? document.activeElement.id : "";
    element.textContent = "";
    for (const name of FILTERS) {
      const values = state.values(name);
      if (values.length < 2) continue;
      const chosen = state.selected(name);
      const details = document.createElement("details");
      details.className = "filter";
      details.dataset["filter"] = name;
      details.open = open.has(name);
      const summary = document.createElement("summary");
      summary.id = `filter-${name}`;
      summary.textContent = chosen.size === 0 ? say(`ui.${name}`) : `${say(`ui.${name}`)}: ${[...chosen].slice(0, 2).join(", ")}${chosen.size > 2 ? ` +${chosen.size - 2}` : ""}`;
      summary.classList.toggle("on", chosen.size > 0);
      const list = document.createElement("div");
      list.className = "choices";
      list.setAttribute("role", "group");
      list.setAttribute("aria-label", say(`ui.${name}`));
      values.forEach((value, i) => {
        const label = document.createElement("label");
        const box = document.createElement("input");
        box.type = "checkbox";
        box.id = `filter-${name}-${i}`;
        box.value = value;
        box.checked = chosen.has(value);
        box.addEventListener("change", () => state.toggle(name, value));
        label.append(box, ` ${value || "–"}`);
        list.append(label);
      });
      details.append(summary, list);
      element.append(details);
    }
    const view = state.view();
    if (view.subjects.length > 1) {
      const label = document.createElement("label");
      label.className = "baseline";
      const select = document.createElement("select");
      select.id = "baseline";
      for (const subject of view.subjects) select.add(new Option(subject, subject, false, subject === view.baseline));
      select.addEventListener("change", () => state.setBaseline(select.value));
      label.append(`${say("ui.baseline")} `, select);
      element.append(label);
    }
    const count = document.createElement("span");
    count.className = "count";
    count.id = "count";
    count.setAttribute("role", "status");
    count.textContent = say("ui.rows_of", { shown: view.rows.length.toLocaleString("en"), all: view.all.length.toLocaleString("en") });
    element.append(count);
    if (FILTERS.some((name) => state.selected(name).size > 0)) {
      const clear = document.createElement("button");
      clear.type = "button";
      clear.className = "tool";
      clear.id = "clear-filters";
      clear.textContent = say("ui.clear");
      clear.addEventListener("click", () => state.clear());
      element.append(clear);
    }
    if (focus !== "") document.getElementById(focus)?.focus();
  };
  // One disclosure is open at a time, and Escape closes it.
  element.addEventListener("toggle", (event) => {
    const target = event.target as HTMLDetailsElement;
    if (target.open) for (const other of element.querySelectorAll<HTMLDetailsElement>("details[open]")) if (other !== target) other.open = false;
  }, true);
  document.addEventListener("click", (event) => {
    if (!element.contains(event.target as Node)) for (const one of element.querySelectorAll<HTMLDetailsElement>("details[open]")) one.open = false;
  });
  element.addEventListener("keydown", (event) => {
    const open = element.querySelector<HTMLDetailsElement>("details[open]");
    if (event.key !== "Escape" || open === null) return;
    open.open = false;
    open.querySelector("summary")!.focus();
  });
  return redraw;
}

/** Light, dark, or as the system has it. */
export function mountTheme(button: HTMLElement, changed: () => void): void {
  const order = ["auto", "light", "dark"] as const;
  const root = document.documentElement;
  const label = () => (button.textContent = say(`ui.theme_${root.dataset["theme"] ?? "auto"}`));
  button.addEventListener("click", () => {
    const now = order.indexOf((root.dataset["theme"] ?? "auto") as (typeof order)[number]);
    root.dataset["theme"] = order[(now + 1) % order.length]!;
    label();
    changed();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  label();
}
