// The sources of a tenant with the addresses at which this command reaches them.
import type { SourceSettings } from "../sources/index.js";
import { addressedSource } from "./addressed-source.js";
import { CommandFailure } from "./failure.js";
import type { Session } from "./session.js";

export interface ReachedSource {
  readonly name: string;
  readonly settings: SourceSettings;
  /** Why it cannot be asked from here; null where it can. */
  readonly hindrance: string | null;
  /** Ends what was started for it, if anything was. */
  readonly close?: () => Promise<void>;
}

const demoAddress = /^(embedded|demo):/;

/** One that cannot be reached from here must not hide the others. */
export async function reachSource(session: Session, name: string, settings: SourceSettings): Promise<ReachedSource> {
  try {
    const addressed = await addressedSource(session, name);
    return { name, settings: addressed.settings, hindrance: null, close: () => addressed.close() };
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return { name, settings, hindrance: error.message };
  }
}

/** The machine, and nothing of the address that could hold a secret. */
export function machineOf(settings: SourceSettings): string {
  if (settings.kind === "files") return `folder ${settings.folder}`;
  if (demoAddress.test(settings.url)) return settings.url;
  const url = URL.parse(settings.url);
  return url === null || url.hostname === "" ? "this machine" : url.host;
}
