/** What a user gave, as an error shows it: escaped, never longer than a line, and without what a URL says of a user. */
export function quote(text: string): string {
  const shown = text.replace(/\/\/[^/\s].*@/s, "//***@").replace(/^[^/\s@]+:[^/\s@]+@(?!sha256:)/, "***@");
  return JSON.stringify(shown.length > 64 ? `${shown.slice(0, 63)}…` : shown);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Whether a text has a character that no name or list needs, such as a line break, which logs would lose. */
export function hasControl(text: string): boolean {
  return CONTROL.test(text);
}

/** Refuses a list with something in it twice. */
export function checkOnce(argument: string, texts: string[]): void {
  const twice = texts.find((text, index) => texts.indexOf(text) !== index);
  if (twice !== undefined) throw new Error(`${argument}: ${quote(twice)} is given more than once`);
}
