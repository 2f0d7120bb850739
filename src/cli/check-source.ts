// Whether a source can be used as gateway.yaml and schema.graphql have it: reached, let in, understood.
import type { Catalogue } from "../catalogue/index.js";
import {
  type Abilities,
  openSources,
  SourceFailure,
  type SourceSettings,
  type Structure,
  structureOf,
  writeRightsOf,
} from "../sources/index.js";
import { formatFault } from "../terms/index.js";
import { checkDataset, type CheckedDataset, type Finding } from "./check-dataset.js";
import { machineOf, type ReachedSource } from "./reach-sources.js";
import { explained, type ExplainedFailure } from "./source-failures.js";

export interface CheckedSource {
  readonly name: string;
  readonly kind: SourceSettings["kind"];
  /** Machine and port, or folder; never more of the address. */
  readonly at: string;
  /** Null: it answers, and lets us in. */
  readonly failure: ExplainedFailure | null;
  readonly abilities: Abilities;
  readonly structure: Structure | null;
  /** Of the source as a whole. */
  readonly findings: readonly Finding[];
  readonly datasets: readonly CheckedDataset[];
}

/** @param catalogue null where schema.graphql cannot be read */
export async function checkSource(
  reached: ReachedSource,
  catalogue: Catalogue | null,
  signal: AbortSignal,
): Promise<CheckedSource> {
  const { name, settings, hindrance } = reached;
  const source = openSources(new Map([[name, settings]])).get(name);
  if (source === undefined) throw new Error(`${name} was not opened`);
  const found = { name, kind: settings.kind, at: machineOf(settings), abilities: source.abilities };
  try {
    if (hindrance !== null) {
      const failure: ExplainedFailure = {
        kind: "unreachable",
        what: hindrance,
        advice: "Start the gateway: it says itself whether it reaches the service.",
      };
      return { ...found, failure, structure: null, findings: [], datasets: [] };
    }
    const read = await readable(name, settings, signal);
    if (read.failure !== null && read.failure.kind !== "wrong") return { ...found, ...read, datasets: [] };
    const datasets: CheckedDataset[] = [];
    for (const dataset of catalogue?.datasets.values() ?? []) {
      if (catalogue === null || dataset.source !== name) continue;
      datasets.push(await checkDataset(dataset, { settings, source, structure: read.structure, catalogue, signal }));
    }
    const faults = (source.problems?.() ?? []).map((fault): Finding => ({
      severity: "fault",
      code: "file",
      message: `${formatFault(fault)}. Mend the file; it is read again by itself.`,
    }));
    // Datasets that answer show that only the description is missing.
    const works =
      datasets.length > 0 && datasets.every(({ findings }) => findings.every(({ severity }) => severity !== "fault"));
    const [failure, findings] =
      works && read.failure !== null ? [null, [undescribed(read.failure)]] : [read.failure, read.findings];
    return { ...found, structure: read.structure, failure, findings: [...findings, ...faults], datasets };
  } finally {
    await source.close();
  }
}

const undescribed = ({ what, advice }: ExplainedFailure): Finding => ({
  severity: "note",
  code: "no-structure",
  message: `its structure cannot be read: ${what}. ${advice}`,
});

async function readable(name: string, settings: SourceSettings, signal: AbortSignal) {
  const bounds = { signal, maxRows: 1_000 };
  try {
    const structure = await structureOf(name, settings, bounds);
    return { failure: null, structure, findings: writeFindings(await writeRightsOf(name, settings, bounds)) };
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    return { failure: explained(error), structure: null, findings: [] };
  }
}

function writeFindings(rights: Awaited<ReturnType<typeof writeRightsOf>>): readonly Finding[] {
  if (rights === null) return [];
  const advice = "Give the gateway a role that can only read: CREATE ROLE … LOGIN; GRANT SELECT ON …";
  if (rights.superuser)
    return [
      {
        severity: "warning",
        code: "may-write",
        message: `The role is a superuser: it may read and change everything. ${advice}`,
      },
    ];
  if (rights.tables === 0) return [];
  return [
    { severity: "warning", code: "may-write", message: `The role may write to ${rights.tables} tables. ${advice}` },
  ];
}
