import { CsvError, readFiles } from "./csv";
import type { State } from "./state";
import { say } from "./words";

/** A place to drop result files; they stay in the browser. */
export function mountDropZone(element: HTMLElement, state: State): void {
  const input = element.querySelector<HTMLInputElement>('input[type="file"]')!;
  const status = element.querySelector<HTMLElement>(".status")!;
  const load = async (files: File[]) => {
    const results = files.filter((file) => file.name.endsWith(".csv"));
    if (results.length === 0) return;
    element.classList.remove("failed");
    try {
      const table = await readFiles(state.view().table, results, (rows) => {
        status.textContent = say("ui.reading", { rows: rows.toLocaleString("en") });
      });
      status.textContent = say("ui.loaded", { rows: table.size.toLocaleString("en"), files: results.length });
      state.load(table);
    } catch (error) {
      element.classList.add("failed");
      status.textContent = say("ui.unreadable", { why: error instanceof CsvError ? error.message : String(error) });
    }
  };
  input.addEventListener("change", () => void load([...(input.files ?? [])]));
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    element.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) element.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    element.classList.remove("over");
    void load([...(event.dataTransfer?.files ?? [])]);
  });
}
