// A snapshot in the database is JSON: read it as what it must be, or not at all.
import { z } from "zod";
import type { Coordinate, PurposeName } from "../terms/index.js";
import { bases, type Snapshot } from "./agreement.js";

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

const coordinates = z.array(z.string().transform((text) => text as Coordinate));

const snapshotForm = z.strictObject({
  fields: coordinates,
  bindings: z.record(z.string(), z.string()),
  purpose: z.string().transform((text) => text as PurposeName),
  basis: z.enum(bases),
  basisNote: z.string().nullable(),
  recipient: z.strictObject({
    name: z.string(),
    contact: z.string(),
    role: z.enum(["controller", "joint-controller", "processor"]),
    basis: z.string(),
  }),
  from: day,
  until: day,
  volumePerDay: z.int().positive().nullable(),
  retention: z.string().nullable(),
  refusal: z.enum(["null", "reject"]),
  // Versions that were approved before people could be asked do not have these.
  units: z.array(z.strictObject({ name: z.string(), fields: coordinates })).optional(),
  informationSociety: z.boolean().default(false),
  hidden: z.string().nullable().default(null),
});

/** @throws Error when it was written by something else than the registry: nothing is served under it. */
export function readSnapshot(stored: unknown): Snapshot {
  const read = snapshotForm.safeParse(stored);
  if (!read.success) throw new Error(`an agreement's snapshot cannot be read: ${z.prettifyError(read.error)}`);
  const { units, ...snapshot } = read.data;
  return { ...snapshot, units: units ?? [{ name: "*", fields: snapshot.fields }] };
}
