// Who works for the towns, as gateway.yaml says now: a role that was taken away counts at the next request (law 6), while
// the rest of the file counts at the next start.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { loadSettingsOffline, type Settings } from "../config.js";
import type { GovernanceServices } from "../governance/index.js";

type People = Awaited<ReturnType<GovernanceServices["people"]>>;

/**
 * @returns looks at the file's mark each time, and reads it only when it was written since. A file with faults takes
 * nothing away and gives nothing: what it said last counts, and that is said.
 */
export function staffPeople(settings: Settings, report: (line: string) => void): GovernanceServices["people"] {
  const file = join(settings.folder, "gateway.yaml");
  let known: { readonly mark: string | null; readonly people: People } = { mark: null, people: peopleOf(settings) };
  return async () => {
    const mark = await markOf(file);
    if (mark === known.mark) return known.people;
    const { settings: now } = loadSettingsOffline(settings.folder);
    if (now === null) report("gateway.yaml has faults: who may use the console is what it said before");
    known = { mark, people: now === null ? known.people : peopleOf(now) };
    return known.people;
  };
}

const peopleOf = ({ tenants }: Settings): People => new Map([...tenants].map(([name, { people }]) => [name, people]));

/** Size and times of the file as it lies there; a file that is gone is one that was changed. */
async function markOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  return found === null ? "gone" : [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(" ");
}
