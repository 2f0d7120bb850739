// A source's settings with the address at which a command can reach it.
import { buildRivemont } from "../demo/index.js";
import type { SourceSettings } from "../sources/index.js";
import { couldNot, refuse } from "./failure.js";
import type { Session } from "./session.js";

/** `embedded:NAME` becomes the demo database's address; it is made where it is not there yet. @throws CommandFailure */
export async function addressedSource({ tenant, town, terminal }: Session, name: string): Promise<SourceSettings> {
  const settings = tenant.sources.get(name);
  if (settings === undefined) throw refuse(`gateway.yaml has no source "${name}".`);
  const [, database] = settings.kind === "postgres" ? (/^embedded:(.+)$/.exec(settings.url) ?? []) : [];
  if (database === undefined || settings.kind !== "postgres") return settings;
  const { superuser } = town.store;
  if (superuser === null)
    throw couldNot("The demo's databases live in the embedded PostgreSQL, which is not used here.");
  const { databases } = await buildRivemont({
    superuserUrl: superuser,
    report: (line) => terminal.err(line, "dim"),
  });
  const url = databases.get(database);
  if (url === undefined) throw refuse(`The demo has no database "${database}".`);
  return { ...settings, url };
}
