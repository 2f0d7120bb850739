// A source's settings with the address at which a command can reach it.
import { buildRivemont, demoServiceNames, startDemoPrograms } from "../demo/index.js";
import type { SourceSettings } from "../sources/index.js";
import { couldNot, refuse } from "./failure.js";
import type { Session } from "./session.js";

export interface AddressedSource {
  readonly settings: SourceSettings;
  /** Ends what was started for it. */
  close(): Promise<void>;
}

/**
 * `embedded:NAME` becomes the demo database's address, made where it is not there yet; for `demo:NAME` the service is run
 * for as long as the command needs it: it is the same at every start. @throws CommandFailure
 */
export async function addressedSource({ tenant, town, terminal }: Session, name: string): Promise<AddressedSource> {
  const settings = tenant.sources.get(name);
  if (settings === undefined) throw refuse(`gateway.yaml has no source "${name}".`);
  const nothing = (): Promise<void> => Promise.resolve();
  const [, kind, part] = settings.kind === "files" ? [] : (/^(embedded|demo):(.+)$/.exec(settings.url) ?? []);
  if (part === undefined || settings.kind === "files") return { settings, close: nothing };
  if (kind === "demo") {
    const names = demoServiceNames.filter((known) => known === part);
    const programs = await startDemoPrograms({ names, report: (line) => terminal.err(line, "dim") });
    return {
      settings: { ...settings, url: programs.addresses.get(part) ?? settings.url },
      close: () => programs.close(),
    };
  }
  const { superuser } = town.store;
  if (superuser === null)
    throw couldNot("The demo's databases live in the embedded PostgreSQL, which is not used here.");
  const { databases } = await buildRivemont({
    superuserUrl: superuser,
    report: (line) => terminal.err(line, "dim"),
  });
  const url = databases.get(part);
  if (url === undefined) throw refuse(`The demo has no database "${part}".`);
  return { settings: { ...settings, url }, close: nothing };
}
