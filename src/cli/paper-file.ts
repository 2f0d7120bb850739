// A paper as a file: whole, or not under its name.
import { createWriteStream, existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { DocumentServices, Language } from "../governance/index.js";
import { subjectTokensWith } from "../identity/index.js";
import { couldNot, refuse } from "./failure.js";
import type { Session } from "./session.js";
import { versionInForce } from "./versions.js";

/** In which language a paper is: the town's citizens', unless asked otherwise. */
export const languageOption = ["--lang <code>", "fr or en"] as const;

export function readLanguage(text: string | undefined): Language {
  if (text === undefined || text === "fr" || text === "en") return text ?? "fr";
  throw refuse("--lang takes fr or en.");
}

/** @throws CommandFailure before anything is read, where the file is there already */
export function freePath(session: Session, out: string, force: boolean): string {
  const file = resolve(session.context.folder, out);
  if (existsSync(file) && !force) throw refuse(`${file} is there already: --force replaces it.`);
  return file;
}

/** For its maker alone to read: it can tell of a person. */
export async function writePaper(stream: Readable, file: string): Promise<void> {
  const unfinished = `${file}.incomplete`;
  try {
    await pipeline(stream, createWriteStream(unfinished, { mode: 0o600 }));
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    if (error instanceof Error && "syscall" in error && "code" in error)
      throw couldNot(`${file} cannot be written (${String(error.code)}): check the path and the room.`);
    throw error;
  }
}

export function documentServices(session: Session): DocumentServices {
  const { town, tenant, log, context } = session;
  return {
    towns: new Map([[tenant.name, tenant]]),
    log,
    tokens: subjectTokensWith(town.derived),
    agreements: (name) => town.registry.listAgreements(name),
    applications: (name) => town.registry.listApplications(name),
    inForce: () => versionInForce(session),
    decisions: (name, scheme, key) => town.consents.eventsOf(name, scheme, key),
    now: context.now,
  };
}
