// A service's names taken apart into words: whatever their case, accents and separators.

const ligatures: Readonly<Record<string, string>> = { œ: "oe", æ: "ae", ß: "ss", ø: "o", ł: "l", đ: "d", "№": "no" };

/** Latin letters without accents: `né_le` → `ne_le`. Letters of other scripts stay. */
function folded(text: string): string {
  const bare = text.normalize("NFKD").replace(/\p{M}/gu, "");
  return bare.replace(/[œæßøłđ№]/giu, (letter) => {
    const plain = ligatures[letter.toLowerCase()] ?? letter;
    return letter === letter.toLowerCase() ? plain : plain.toUpperCase();
  });
}

/** `dateNaissance`, `DATE_NAISSANCE`, `date-naissance` → `date`, `naissance`. Only ASCII letters and digits come back. */
export function wordsOf(name: string): readonly string[] {
  return folded(name.slice(0, 200))
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/** French words that end with s in the singular too. */
const alike: ReadonlySet<string> = new Set(
  `abus bonus bus campus corpus focus status virus acces acquis avis bras cas choix colis concours corps cours dans delais discours dos encours fois fonds frais
   gens gps gris jus mois moins mors news parcours pays permis plus poids poules procès proces progres puits recours
   refus relais repas sans secours sens succes tapis temps tiers travers vers`
    .trim()
    .split(/\s+/),
);

/**
 * The one rule by which a plural becomes a singular: `-eaux` → `-eau`, else the last s of a word of four letters or more
 * goes, unless the word ends with ss or is, or has it in the singular too. `comptes` → `compte`, `bus` → `bus`.
 */
export function singular(word: string): string {
  if (word.endsWith("eaux")) return word.slice(0, -1);
  if (word.length < 4 || /(ss|is)$/.test(word) || alike.has(word)) return word;
  return word.endsWith("s") ? word.slice(0, -1) : word;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

export const pascal = (words: readonly string[]): string => words.map(capital).join("");

/** A digit cannot begin a name of GraphQL. */
export function camel(words: readonly string[]): string {
  const text = words.map((word, at) => (at === 0 ? word : capital(word))).join("");
  return /^\d/.test(text) ? `_${text}` : text;
}

/** The part of a `from` that names things: `public.comptes_cantine`, `/v2/car-parks?type=a`, `a/schools.csv`. */
export function placeName(from: string): string {
  const path = from.replace(/[?#].*$/s, (tail) => (tail.startsWith("#") ? tail : ""));
  const parts = path
    .replace(/\.(csv|geojson|jsonl|ndjson|json|xlsx)$/i, "")
    .split(/[./#:]/)
    .filter((part) => part !== "" && !part.includes("{"));
  return parts.at(-1) ?? from;
}
