/** Words of the page: written by harness/report from the one table of messages, so that no language is left behind. */

export type Language = "zh" | "en";
type Words = Record<string, Record<Language, string>>;

let words: Words = {};

export function loadWords(): void {
  const element = document.getElementById("words");
  words = element === null ? {} : (JSON.parse(element.textContent ?? "{}") as Words);
}

/** What charts are labelled in: where both languages are shown, the first. */
export function language(): Language {
  const checked = document.querySelector<HTMLInputElement>('input[name="language"]:checked');
  return checked?.value === "en" || document.documentElement.lang.startsWith("en") && checked === null ? "en" : "zh";
}

export function say(key: string, values: Record<string, string | number> = {}): string {
  const text = words[key]?.[language()] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function sayIn(lang: Language, key: string): string {
  return words[key]?.[lang] ?? key;
}
