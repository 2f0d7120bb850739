// A large town's rules, made from a seed: what a national platform would have after years. The same seed, the same texts.
import { createHash } from "node:crypto";
import { modelText, type VersionContent } from "../src/policy/index.js";
import type { TenantName } from "../src/terms/index.js";

export interface Scale {
  readonly rules: number;
  readonly agreements: number;
  readonly fields: number;
}

export const fullScale: Scale = { rules: 100_000, agreements: 10_000, fields: 500 };

export interface GeneratedAgreement {
  readonly application: string;
  readonly purpose: string;
  /** What it lists: what rules name for it, and some that no rule opens. */
  readonly fields: ReadonlySet<string>;
}

export interface GeneratedPolicy {
  readonly scale: Scale;
  /** Types with directives, for a schema.graphql. */
  readonly types: string;
  /** Texts by path under `policies/TENANT/`. */
  readonly files: ReadonlyMap<string, string>;
  readonly applications: readonly string[];
  readonly agreements: readonly GeneratedAgreement[];
  /** An application whose agreement is named by more rules than any other: 1,000 of them. */
  readonly heaviest: GeneratedAgreement;
  /** Lines that begin with `g`. */
  readonly memberships: number;
}

export const generatedSource = "civil";

/** The purposes of the bench's town, so that the rules can stand beside its own. */
const purposes = ["school-meals", "mobility"] as const;
const fieldsPerDataset = 20;
const groupCount = 50;
const linesPerFile = 2_000;

type Draw = (below: number) => number;

/** mulberry32: the same numbers on every machine. */
function drawFrom(seed: string): Draw {
  let state = createHash("sha256").update(seed).digest().readUInt32LE();
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** @param seed another one makes another version of the same size: other rules for the same fields */
export function generatePolicy(scale: Scale, seed: string): GeneratedPolicy {
  const draw = drawFrom(seed);
  const datasets = Math.floor(scale.fields / fieldsPerDataset);
  const applications = Array.from({ length: scale.agreements / purposes.length }, (_, at) => `app-${at}`);
  const lines: string[] = [];
  const fixed = [...generalRules(datasets), ...deniesOfOne(applications, scale, datasets, draw)];
  const heavy = namedRules("app-0", purposes[0], allFields(datasets), draw).concat(
    namedRules("app-0", purposes[1], allFields(datasets), draw),
  );
  const agreements = agreementsOf(applications, datasets, draw);
  const left = scale.rules - fixed.length - heavy.length;
  lines.push(...heavy, ...fixed, ...rulesOfAll(agreements.slice(purposes.length), left, draw));
  const memberships = applications.map((name) => `g, ${name}, group:sector-${draw(groupCount)}`);
  lines.push(...memberships);
  const first = { application: "app-0", purpose: purposes[0], fields: new Set(allFields(datasets)) };
  return {
    scale,
    types: Array.from({ length: datasets }, (_, at) => datasetText(at)).join("\n"),
    files: filesOf(lines),
    applications,
    agreements: [first, ...agreements.slice(1)],
    heaviest: first,
    memberships: memberships.length,
  };
}

/** Every second dataset holds personal fields, which no pattern may open: those are named one by one. */
const isPersonal = (dataset: number): boolean => dataset % 2 === 1;

function datasetText(dataset: number): string {
  const fields = Array.from({ length: fieldsPerDataset - 1 }, (_, at) => {
    const type = at % 5 === 0 ? "Date" : "String";
    const personal = isPersonal(dataset) ? ' @personal(category: "Name")' : "";
    const group = at % 6 === 0 ? ` @group(name: "theme${dataset % 10}")` : "";
    return `  field${at}: ${type}${personal}${group}`;
  });
  return `type Register${dataset} @dataset(source: "${generatedSource}", from: "public.register_${dataset}", status: SHARED)
  @key(fields: "code") {\n  code: String\n${fields.join("\n")}\n}`;
}

const fieldsOf = (dataset: number): string[] => [
  `Register${dataset}.code`,
  ...Array.from({ length: fieldsPerDataset - 1 }, (_, at) => `Register${dataset}.field${at}`),
];
const allFields = (datasets: number): string[] => Array.from({ length: datasets }, (_, at) => fieldsOf(at)).flat();

/** For groups of applications and for all: patterns, field groups, and what is denied to everybody. */
function generalRules(datasets: number): string[] {
  const lines: string[] = [];
  for (let group = 0; group < groupCount; group++) {
    for (let step = 0; step < 4; step++) {
      const open = 2 * ((group + step * 7) % Math.floor(datasets / 2));
      lines.push(`p, group:sector-${group}, *, Register${open}.*, all, -, allow`);
    }
    lines.push(`p, group:sector-${group}, ${purposes[group % 2]}, @theme${2 * (group % 5)}, all, -, allow`);
    lines.push(`p, group:sector-${group}, *, Register${(group * 3) % datasets}.field${group % 19}, -, -, deny`);
  }
  for (let dataset = 0; dataset < datasets; dataset++)
    lines.push(
      `p, *, *, Register${dataset}.field18, -, -, deny`,
      `p, *, ${purposes[0]}, Register${dataset}.code, all, -, allow`,
    );
  lines.push(`p, app-13, *, *, -, -, deny`, `p, *, ${purposes[1]}, @theme9, -, -, deny`);
  return lines;
}

/** One rule in twenty. */
function deniesOfOne(applications: readonly string[], { rules }: Scale, datasets: number, draw: Draw): string[] {
  return Array.from({ length: Math.floor(rules / 20) }, () => {
    const application = applications[draw(applications.length)] ?? "app-0";
    const dataset = draw(datasets);
    const field = draw(10) === 0 ? `Register${dataset}.*` : `Register${dataset}.field${draw(19)}`;
    return `p, ${application}, ${draw(3) === 0 ? "*" : purposes[draw(2)]}, ${field}, -, -, deny`;
  });
}

/** A mask only where no pattern opens the field whole: two that meet and differ are refused. */
function namedRules(application: string, purpose: string, fields: readonly string[], draw: Draw): string[] {
  return fields.map((field) => {
    const dataset = Number(/\d+/.exec(field)?.[0]);
    const at = /field(\d+)$/.exec(field)?.[1];
    const masked = isPersonal(dataset) && at !== undefined && draw(3) === 0;
    const mask = !masked ? "-" : Number(at) % 5 === 0 ? "year" : "redact";
    return `p, ${application}, ${purpose}, ${field}, all, ${mask}, allow`;
  });
}

function agreementsOf(applications: readonly string[], datasets: number, draw: Draw): GeneratedAgreement[] {
  return applications.flatMap((application) =>
    purposes.map((purpose) => {
      const fields = new Set<string>();
      const near = draw(datasets);
      for (let count = 0; count < 24; count++)
        fields.add(fieldsOf((near + draw(3)) % datasets)[draw(fieldsPerDataset)] ?? "Register0.code");
      return { application, purpose, fields };
    }),
  );
}

/** In turn, one rule for each agreement, then a second one, until there are enough; each field of one at most once. */
function rulesOfAll(agreements: readonly GeneratedAgreement[], count: number, draw: Draw): string[] {
  const lines: string[] = [];
  const listed = agreements.map(({ fields }) => [...fields]);
  for (let round = 0; lines.length < count; round++) {
    for (const [at, { application, purpose }] of agreements.entries()) {
      const field = listed[at]?.[round];
      if (lines.length === count) break;
      if (field !== undefined) lines.push(...namedRules(application, purpose, [field], draw));
    }
    if (round > 100) throw new Error("not enough fields for so many rules");
  }
  return lines;
}

function filesOf(lines: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  for (let start = 0; start < lines.length; start += linesPerFile) {
    const text = `# Made by the bench.\n${lines.slice(start, start + linesPerFile).join("\n")}\n`;
    files.set(`bench-${String(start / linesPerFile).padStart(3, "0")}.csv`, text);
  }
  return files;
}

export function contentOf({ types, files }: GeneratedPolicy, tenant: TenantName): VersionContent {
  const texts = [...files].map(([name, text]) => [`policies/${tenant}/${name}`, text] as const);
  return { tenant, schema: types, files: new Map([["policies/model.conf", modelText], ...texts]) };
}

export const generatedPurposes: ReadonlySet<string> = new Set(purposes);
