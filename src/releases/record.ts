import { type Plan, planText, valueLines } from "../plan/plan.js";
import type { Settings } from "../request/options.js";

/** What a program of a release was built of and with, as far as its plan does not say it. */
export interface Recorded {
  plan: Plan;
  settings: Pick<Settings, "repository" | "base" | "sysroot" | "upgradeUrl" | "vendor" | "libraryFeatures"> & {
    source: boolean;
    librarySource: boolean;
    libraryRepository: string;
    toolchains: boolean;
  };
  /** names of the archive of Deno's source, and its patches, a line each with its SHA-256; empty: there are none */
  sourceArchive: string;
  patches: string;
  libraryPatches: string;
  /** what each tool said of itself; null: V8 was not compiled here */
  tools: { deno: string; library: string | null };
}

const block = (title: string, text: string | null) => (text ? [`${title}\n${text.trimEnd()}`] : []);

/** The text beside a platform's programs. No date is in it, nor a secret: of the options it has those that say what is built. */
export function recordText({ plan, settings, sourceArchive, patches, libraryPatches, tools }: Recorded): string {
  const { steps: _steps, remarks: _remarks, text: _text, ...decided } = plan;
  const fromSource = plan.libraryOrigin === "source";
  const { libraryFeatures, upgradeUrl, vendor, base, sysroot } = settings;
  const librarySource = settings.librarySource ? "given by --library-source" : settings.libraryRepository;
  const given = {
    source: settings.source ? "given by --source" : settings.repository,
    "packed in": sourceArchive,
    librarySource: fromSource ? librarySource : "",
    libraryFeatures,
    upgradeUrl,
    vendor,
    base,
    sysroot,
    toolchains: settings.toolchains ? "given by --toolchains" : "",
  };
  const blocks = [
    `What Deno ${plan.version} for ${plan.platform} was built of and with`,
    valueLines(given),
    planText(decided),
    ...block("Patches of Deno", patches),
    ...block("Patches of V8", libraryPatches),
    ...block("Tools that compiled Deno", tools.deno),
    ...block("Tools that compiled V8", tools.library),
  ];
  return `${blocks.join("\n\n")}\n`;
}
