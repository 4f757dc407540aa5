/** One line of a report. */
export interface Check {
  name: string;
  passed: boolean;
  /** what was seen, on a line or a few */
  seen: string;
}

/** The end of what a program said, where the reason is. */
export function lastLines(text: string): string {
  return text.trim().split("\n").slice(-8).join("\n").slice(-1200);
}

/** Does one check: what it says when it passes, or why it failed. One that fails does not hide the others. */
export async function runCheck(name: string, work: () => Promise<string>): Promise<Check> {
  try {
    return { name, passed: true, seen: (await work()).trim() };
  } catch (error) {
    const { message, stderr } = error as { message?: string; stderr?: string };
    const reason = [message ?? String(error), stderr && lastLines(stderr)].filter(Boolean).join(": ");
    return { name, passed: false, seen: reason };
  }
}
