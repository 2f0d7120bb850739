// Names for what is proposed, none of which meets another (catalogue/check-names.ts is what refuses those that do).
import { apiNames, defaultRoots, isFixedName, nodeRoot } from "../../catalogue/index.js";
import { nearest } from "../../terms/index.js";
import type { TypeModel } from "./model.js";
import { camel, pascal, placeName, singular, wordsOf } from "./words.js";

export interface TypeNames {
  readonly name: string;
  readonly one: string;
  readonly many: string;
  /** Another name was taken or reserved. */
  readonly instead: string | null;
}

/** Gives names to types, each once. */
export class NamesOfTypes {
  readonly #names: Set<string>;
  readonly #roots: Set<string>;

  constructor(types: readonly TypeModel[], names: ReadonlySet<string>) {
    this.#names = new Set(names);
    this.#roots = new Set([nodeRoot, ...types.flatMap(({ one, many }) => [one, many])]);
  }

  /** `public.comptes_cantine` → CompteCantine, compteCantine, comptesCantine. */
  give(from: string, source: string): TypeNames {
    const words = wordsOf(placeName(from));
    const plain = words.map(singular);
    const wanted = typeName(pascal(plain)) || "Table";
    const bySource = `${wanted}${pascal(wordsOf(source))}`;
    for (let at = 0; ; at += 1) {
      const name = at === 0 ? wanted : at === 1 ? bySource : `${bySource}${at}`;
      const found = this.#take(name, camel(words), camel(plain));
      if (found !== null) return { ...found, instead: name === wanted ? null : wanted };
    }
  }

  #take(name: string, ownPlural: string, ownSingular: string): Omit<TypeNames, "instead"> | null {
    const all = [name, ...Object.values(apiNames(name))];
    if (isFixedName(name) || all.some((one) => this.#names.has(one))) return null;
    const usual = defaultRoots(name);
    const many = [ownPlural, usual.many, `${usual.one}List`].find(
      (candidate) =>
        candidate !== usual.one && candidate !== ownSingular && candidate !== "" && !this.#roots.has(candidate),
    );
    if (this.#roots.has(usual.one) || many === undefined) return null;
    for (const one of all) this.#names.add(one);
    this.#roots.add(usual.one).add(many);
    return { name, one: usual.one, many };
  }
}

/** A type's name begins with a letter. */
const typeName = (text: string): string => (/^\d/.test(text) ? `T${text}` : text);

/** Words of `where`, literals of GraphQL, and the pseudonym that the gateway adds. */
const reserved: ReadonlySet<string> = new Set(["id", "and", "or", "not", "true", "false", "null"]);

/** @returns the first that a member of the type may be called; the last with a number where all are taken */
export function memberName(type: TypeModel, candidates: readonly string[]): string {
  const usable = candidates.filter((name) => name !== "" && !name.startsWith("__"));
  const free = usable.find((name) => isFree(type, name));
  if (free !== undefined) return free;
  const base = usable.find((name) => !reserved.has(name)) ?? "column";
  for (let at = 2; ; at += 1) if (isFree(type, `${base}${at}`)) return `${base}${at}`;
}

const isFree = (type: TypeModel, name: string): boolean =>
  !reserved.has(name) && !type.members.has(name) && ![...type.hidden].some((column) => wouldTake(name, column));

/**
 * The loader reads the end of a link as a field's name first, and refuses what is nearly one: a field of that name
 * would take a hidden column's place, or make a fault of it (catalogue/resolve-links.ts).
 */
export const wouldTake = (name: string, column: string): boolean =>
  name === column || (!column.startsWith(`${name}_`) && nearest(column, [name]) !== undefined);

/** `id` is the gateway's: a service's own is called by what it is. @param natural names that other columns have */
export function fieldCandidates(column: string, isNumber: boolean, natural: ReadonlySet<string>): readonly string[] {
  const name = camel(wordsOf(column));
  if (name === "id")
    return (isNumber ? ["number", "code", "key"] : ["code", "number", "key"]).filter((one) => !natural.has(one));
  return reserved.has(name) ? [`${name}Value`] : [name === "" ? "column" : name];
}
