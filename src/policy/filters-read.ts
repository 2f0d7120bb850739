// `policies/<tenant>/filters.yaml` → row filters by name, for the `rows` column of rules.
import type { Node } from "yaml";
import type { Catalogue, Dataset } from "../catalogue/index.js";
import type { FileFault } from "../terms/index.js";
import { hiddenFault } from "./csv-lines.js";
import { meant } from "./did-you-mean.js";
import type { FilterName, RowFilter } from "./grant.js";
import { WhereReader } from "./filters-where.js";
import type { Entries, Written, YamlPlace } from "./yaml-reader.js";

/** A name that the file gives, whether or not what follows it is right: one mistake is told once. */
export interface NamedFilter {
  readonly at: YamlPlace;
  /** Null: faulty, or without a catalogue. */
  readonly filter: RowFilter | null;
}

export interface FilterFile {
  readonly named: ReadonlyMap<string, NamedFilter>;
  readonly faults: readonly FileFault[];
}

/** Characters; a town has some dozens of filters. */
const largest = 200_000;
const mostFilters = 200;
/** For people: the file has the rest. */
const longestText = 400;

export const filterName = /^[a-z][a-z0-9-]{0,59}$/;
const taken: readonly string[] = ["all", "own"];

/** @param catalogue null: not known, so that shapes alone are looked at */
export function readFilters(file: string, text: string, catalogue: Catalogue | null): FilterFile {
  const hidden = text.split("\n").flatMap((line, at): FileFault[] => {
    const fault = hiddenFault(line.endsWith("\r") ? line.slice(0, -1) : line, at);
    return fault === null ? [] : [{ severity: "fault", file, line: at + 1, ...fault }];
  });
  if (hidden.length > 0) return { named: new Map(), faults: hidden };
  const reader = new FilterReader(file, text, catalogue);
  const named = reader.read();
  return { named, faults: reader.faults };
}

class FilterReader extends WhereReader {
  constructor(
    file: string,
    text: string,
    private readonly catalogue: Catalogue | null,
  ) {
    super(file, text);
  }

  read(): ReadonlyMap<string, NamedFilter> {
    const named = new Map<string, NamedFilter>();
    const start = this.place(0, 0);
    if (this.text.length > largest) {
      this.fault(start, "file-too-large", `filters.yaml has at most ${largest} characters`);
      return named;
    }
    const contents = this.parse();
    if (contents === null) return named;
    const entries = this.entries(contents, start, "the file", null, []);
    for (const [name, { key, value }] of entries ?? []) {
      if (named.size >= mostFilters) {
        this.fault(key.at, "too-many", `there are at most ${mostFilters} filters`);
        break;
      }
      this.#checkName(name, key.at);
      named.set(name, { at: key.at, filter: this.#filter(name, key, value) });
    }
    return named;
  }

  #checkName(name: string, at: YamlPlace): void {
    if (taken.includes(name)) {
      this.fault(at, "filter-name", `\`${name}\` has a meaning of its own in the rows column: choose another name`);
    } else if (!filterName.test(name)) {
      const plain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^[-0-9]+|-$/g, ""); // prettier-ignore
      const message = 'a filter\'s name is small letters, digits and "-", at most 60, beginning with a letter';
      this.fault(at, "filter-name", message, filterName.test(plain) ? plain : undefined);
    }
  }

  #filter(name: string, key: Written, value: Node | null): RowFilter | null {
    const keys = ["on", "where", "description"];
    const what = `the filter ${name}`;
    const entries = this.entries(value, value === null ? key.at : this.placeOf(value), what, keys, ["on", "where"]);
    if (entries === null) return null;
    const dataset = this.#dataset(entries);
    const description = entries.has("description") ? this.textOf(entries, "description") : null;
    const where = entries.get("where");
    if (where === undefined) return null;
    const read = this.where(where.value, where.value === null ? where.key.at : this.placeOf(where.value), dataset);
    if (dataset === null || read === null || !filterName.test(name)) return null;
    const text = `${name}: ${dataset.name} where ${read.text}`;
    const { file, line } = key.at;
    return Object.freeze({
      name: name as FilterName,
      dataset: dataset.name,
      description: description?.text ?? null,
      where: read.where,
      ref: { file, line, text: text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text },
    });
  }

  #dataset(entries: Entries): Dataset | null {
    const on = this.textOf(entries, "on");
    if (on === null || this.catalogue === null) return null;
    const dataset = this.catalogue.datasets.get(on.text);
    if (dataset !== undefined) return dataset;
    const near = meant(on.text, this.catalogue.datasets.keys());
    this.fault(on.at, "unknown-dataset", `schema.graphql has no dataset "${on.text}"`, near);
    return null;
  }
}
