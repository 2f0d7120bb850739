// Links that a service does not declare, guessed from names: `resident_id`, `id_quartier`, `ecole_uai`, `code_insee`.
import type { StructureColumn } from "../../sources/index.js";
import { isNew, scalarOf, type TypeModel } from "./model.js";
import { placeName, singular, wordsOf } from "./words.js";

/** Words around the name of the other table. */
const keyWords: ReadonlySet<string> = new Set([
  "id",
  "ids",
  "code",
  "num",
  "numero",
  "no",
  "number",
  "ref",
  "key",
  "fk",
  "uuid",
  "pk",
  "cle",
]);
/** What tables are called before their name. */
const prefixes: ReadonlySet<string> = new Set(["t", "tb", "tbl", "tab", "ref", "v", "vw", "view", "dim", "liste"]);
/** Codes that are known by their own name. */
const registers: Readonly<Record<string, readonly string[]>> = {
  insee: ["commune"],
  uai: ["ecole", "etablissement", "school"],
  rne: ["ecole", "etablissement"],
  siret: ["etablissement"],
  siren: ["entreprise"],
};
/** Key names that many tables have; any other leads to the one table whose key it is. */
const general: ReadonlySet<string> = new Set(
  `id code number numero num no name nom key cle uuid guid ref reference label libelle type identifier identifiant slug
   title titre date jour day year annee month mois matricule rang rank position`.split(/\s+/),
);

const join = (words: readonly string[]): string => words.map(singular).join("");

/** Words by which a column may name the type: those of its table and its own. */
function stemsOf(type: TypeModel): ReadonlySet<string> {
  const table = wordsOf(placeName(type.from));
  const bare = prefixes.has(table[0] ?? "") ? table.slice(1) : table;
  return new Set([join(table), join(bare), join(wordsOf(type.name))].filter((stem) => stem !== ""));
}

export interface GuessedLink {
  readonly target: TypeModel;
  readonly column: string;
  readonly why: string;
}

/** Of types that can be linked to: those with a key of one column. */
export class LinkGuesses {
  readonly #targets: readonly { readonly type: TypeModel; readonly stems: ReadonlySet<string>; readonly key: string }[];

  constructor(types: readonly TypeModel[]) {
    this.#targets = types.flatMap((type) => {
      const [key, more] = type.key;
      return key === undefined || more !== undefined ? [] : [{ type, stems: stemsOf(type), key }];
    });
  }

  of(type: TypeModel, column: StructureColumn): GuessedLink | null {
    const words = wordsOf(column.name);
    const { scalar } = column;
    if (words.length === 0 || (scalar !== "String" && scalar !== "Int" && scalar !== "SafeInt")) return null;
    // A table's own key leads nowhere: others lead to it.
    if (type.key.length === 1 && type.key[0] === column.name) return null;
    const isWhole = scalar !== "String";
    const could = this.#targets.filter(({ type: target, key }) => {
      const theirs = scalarOf(target, key);
      const fits = theirs === scalar || (isWhole && theirs === "SafeInt");
      return fits && !(target === type && type.key.includes(column.name));
    });
    const byName = could.filter(({ stems, key }) => stripped(words, wordsOf(key)).some((stem) => named(stem, stems)));
    const others = could.filter(
      ({ type: target, stems, key }) =>
        target !== type && (isNamedLike(words, key) || (isWhole && stems.has(join(words)))),
    );
    const found = byName.length > 0 ? byName : others;
    // A service's own tables come first; where two fit, neither is right.
    const near = found.filter(({ type: target }) => target.source === type.source);
    const [only, another] = near.length > 0 ? near : found;
    if (only === undefined || another !== undefined || (!isNew(type) && !isNew(only.type))) return null;
    return { target: only.type, column: column.name, why: `guessed from the name "${column.name}"` };
  }
}

/** What is left of a column's words without those of a key; nothing where none can go. */
function stripped(words: readonly string[], key: readonly string[]): readonly (readonly string[])[] {
  const isKey = (word: string | undefined): boolean => word !== undefined && (keyWords.has(word) || key.includes(word));
  let [start, end] = [0, words.length];
  while (isKey(words[start]) && start < end) start += 1;
  while (end > start && isKey(words[end - 1])) end -= 1;
  const rest = words.slice(start, end);
  if (rest.length === words.length) return [];
  // `eleve_resident_id`: whom the column means stands last.
  const known = registers[words[words.length - 1] ?? ""] ?? [];
  return [
    ...(rest.length === 0 ? [] : [rest, ...(rest.length > 1 ? [rest.slice(-1)] : [])]),
    ...known.map((word) => [word]),
  ];
}

const named = (stem: readonly string[], stems: ReadonlySet<string>): boolean =>
  stems.has(join(stem)) || (registers[stem.at(-1) ?? ""] ?? []).some((word) => stems.has(word));

const isNamedLike = (words: readonly string[], key: string): boolean => {
  const theirs = wordsOf(key);
  return theirs.join("_") === words.join("_") && !(theirs.length === 1 && general.has(theirs[0] ?? ""));
};
