// What gateway.yaml says of finding people, bound to the datasets of one policy version; and what does not fit there.
import type { Catalogue, Dataset, Field, SourceColumn } from "../catalogue/index.js";
import { nearest } from "../terms/index.js";

/** How one register of people (`@subject(scheme:)`) is searched: names of datasets and fields. */
export interface SchemeSettings {
  readonly dataset: string;
  /** Claim → the fields of the dataset that may hold it. */
  readonly match: ReadonlyMap<string, readonly string[]>;
  readonly guardians: GuardianSettings | null;
}

export interface GuardianSettings {
  readonly dataset: string;
  readonly guardian: string;
  readonly ward: string;
  /** First and last day; null: the register does not tell. */
  readonly from: string | null;
  readonly until: string | null;
  /** Field of the SCHEME's dataset with the ward's date of birth. */
  readonly born: string;
}

export interface BoundScheme {
  readonly scheme: string;
  readonly people: Dataset;
  readonly key: SourceColumn;
  /** What the service is asked by: the one claim that is written the same everywhere. */
  readonly birthDate: SourceColumn;
  readonly match: readonly { readonly claim: string; readonly columns: readonly SourceColumn[] }[];
  readonly guardians: BoundGuardians | null;
}

export interface BoundGuardians {
  readonly dataset: Dataset;
  readonly guardian: SourceColumn;
  readonly ward: SourceColumn;
  readonly from: SourceColumn | null;
  readonly until: SourceColumn | null;
  readonly born: SourceColumn;
}

/** Below `citizens` of gateway.yaml: a name that the catalogue does not know, or knows as something else. */
export interface SchemeProblem {
  readonly path: readonly string[];
  readonly message: string;
  readonly suggestion?: string | undefined;
}

export interface BoundSchemes {
  /** Those without a problem: in the others nobody is found (law 1). */
  readonly schemes: readonly BoundScheme[];
  readonly problems: readonly SchemeProblem[];
}

export function bindSchemes(settings: ReadonlyMap<string, SchemeSettings>, catalogue: Catalogue): BoundSchemes {
  const problems: SchemeProblem[] = [];
  const schemes = [...settings].flatMap(([scheme, written]) => {
    const binder = new Binder(catalogue, ["schemes", scheme]);
    const bound = binder.scheme(scheme, written);
    problems.push(...binder.problems);
    return bound === null || binder.problems.length > 0 ? [] : [bound];
  });
  return { schemes, problems };
}

class Binder {
  readonly problems: SchemeProblem[] = [];
  constructor(
    readonly catalogue: Catalogue,
    readonly path: readonly string[],
  ) {}

  scheme(scheme: string, { dataset, match, guardians }: SchemeSettings): BoundScheme | null {
    const people = this.#dataset(dataset, ["dataset"]);
    if (people === null) return null;
    const keys = people.subjects.filter((subject) => subject.scheme === scheme);
    const [key] = keys;
    if (key === undefined || keys.length > 1) {
      const message = `${people.name} needs one @subject(scheme: "${scheme}"): whose row each is`;
      this.#add(["dataset"], message);
      return null;
    }
    const bound = [...match].map(([claim, names]) => ({
      claim,
      columns: names.flatMap((name) => this.#field(people, name, ["match", claim]) ?? []),
    }));
    const births = bound.find(({ claim }) => claim === "birthdate")?.columns ?? [];
    const [birthDate] = births;
    if (birthDate?.type !== "Date" || births.length > 1) {
      this.#add(["match", "birthdate"], "must be one field of type Date");
      return null;
    }
    const kept = guardians === null ? null : this.#guardians(guardians, people, key.column);
    return { scheme, people, key: key.column, birthDate, match: bound, guardians: kept };
  }

  #guardians(written: GuardianSettings, people: Dataset, key: SourceColumn): BoundGuardians | null {
    const dataset = this.#dataset(written.dataset, ["guardians", "dataset"]);
    const born = this.#field(people, written.born, ["guardians", "born"], "Date");
    if (dataset === null) return null;
    const ofKey = (name: "guardian" | "ward") => this.#field(dataset, written[name], ["guardians", name], key.type);
    const day = (name: "from" | "until") =>
      written[name] === null ? null : this.#field(dataset, written[name], ["guardians", name], "Date");
    const [guardian, ward, from, until] = [ofKey("guardian"), ofKey("ward"), day("from"), day("until")];
    return born === null || guardian === null || ward === null ? null : { dataset, guardian, ward, from, until, born };
  }

  #dataset(name: string, path: readonly string[]): Dataset | null {
    const found = this.catalogue.datasets.get(name);
    if (found === undefined)
      this.#add(path, `schema.graphql has no dataset "${name}"`, nearest(name, this.catalogue.datasets.keys()));
    else if (found.status === "IDENTIFIED")
      this.#add(path, `${name} is IDENTIFIED only: it has to be QUALIFIED at least`);
    else return found;
    return null;
  }

  #field(dataset: Dataset, name: string, path: readonly string[], type?: string): SourceColumn | null {
    const found = dataset.members.get(name);
    if (found?.kind !== "field") {
      const fields = [...dataset.members.values()].filter((member): member is Field => member.kind === "field");
      this.#add(
        path,
        `${dataset.name} has no field "${name}"`,
        nearest(
          name,
          fields.map((field) => field.name),
        ),
      );
      return null;
    }
    if (type !== undefined && found.column.type !== type) {
      this.#add(path, `${dataset.name}.${name} is ${found.column.type}, where ${type} is needed`);
      return null;
    }
    return found.column;
  }

  #add(path: readonly string[], message: string, suggestion?: string): void {
    this.problems.push({ path: [...this.path, ...path], message, suggestion });
  }
}
