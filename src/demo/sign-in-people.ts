// Ten made-up people who can sign in to the demo, with what FranceConnect would say of them.
import { createHash } from "node:crypto";
import { makePeople, plain, townSeed, type Resident } from "./people.js";
import { Chance, dayText } from "./random.js";

export interface DemoPerson {
  /** As in `--as khadija.ferreira`. */
  readonly account: string;
  /** At the provider; nothing that the town knows. */
  readonly subject: string;
  readonly name: string;
  readonly about: { readonly fr: string; readonly en: string };
  /** https://docs.partenaires.franceconnect.gouv.fr: all given names in one text, the name at birth. */
  readonly claims: Readonly<Record<string, string>>;
}

interface Chosen {
  /** `Resident.number`; null: nobody that the town knows. */
  readonly resident: number | null;
  /** Given names after the first, as civil status has them. */
  readonly others: string;
  readonly gender: "female" | "male";
  readonly about: DemoPerson["about"];
}

const chosen: readonly Chosen[] = [
  { resident: 100243, others: "Leïla", gender: "female", about: { fr: "mère de deux enfants", en: "mother of two children" } },
  { resident: 103789, others: "Odile", gender: "female", about: { fr: "mère d'une fille de 15 ans", en: "mother of a daughter of 15" } },
  { resident: 103790, others: "Lucie", gender: "female", about: { fr: "15 ans", en: "15 years old" } },
  { resident: 100066, others: "Henri", gender: "male", about: { fr: "père séparé d'un enfant", en: "separated father of one child" } },
  { resident: 100061, others: "Jeanne Rose", gender: "female", about: { fr: "mère séparée du même enfant", en: "separated mother of the same child" } },
  { resident: 103232, others: "Anne", gender: "female", about: { fr: "nom et prénom composés, deux enfants", en: "names in two parts, two children" } },
  { resident: 103396, others: "Marie", gender: "male", about: { fr: "apostrophe et trait d'union, sans enfant", en: "apostrophe and hyphen, no children" } },
  { resident: 100040, others: "Sacha", gender: "female", about: { fr: "18 ans depuis l'été", en: "18 since summer" } },
  { resident: 108816, others: "Alice", gender: "female", about: { fr: "homonyme née le même jour qu'une autre : refusée", en: "same name and birthday as somebody else: refused" } },
  { resident: null, others: "Iris", gender: "female", about: { fr: "inconnue de la ville : refusée", en: "not known to the town: refused" } },
]; // prettier-ignore

/** `Resident.number` of those that the town knows. */
export const residentsWhoSignIn: ReadonlySet<number> = new Set(
  chosen.flatMap(({ resident }) => (resident === null ? [] : [resident])),
);

const stranger = { familyName: "Delacourt", givenName: "Prune", birthDate: "1991-04-12" };

export function demoPeople(): readonly DemoPerson[] {
  const residents = new Map(makePeople(new Chance(townSeed)).residents.map((resident) => [resident.id, resident]));
  return chosen.map(({ resident, others, gender, about }) => {
    const { familyName, givenName, birthDate } = resident === null ? stranger : identity(residents.get(resident));
    return {
      account: `${plain(givenName)}.${plain(familyName)}`,
      subject: `${createHash("sha256")
        .update(`rivemont ${String(resident)}`)
        .digest("hex")}v1`,
      name: `${givenName} ${familyName}`,
      about,
      claims: {
        // In capitals, as civil status is.
        family_name: familyName.toLocaleUpperCase("fr"),
        given_name: `${givenName} ${others}`,
        birthdate: birthDate,
        gender,
        birthplace: "99138",
        birthcountry: "99100",
        email: `${plain(givenName)}@courriel.example`,
      },
    };
  });
}

function identity(resident: Resident | undefined) {
  if (resident === undefined) throw new Error("the demo's people have changed: choose others");
  const { familyName, givenName, birthDay } = resident;
  return { familyName, givenName, birthDate: dayText(birthDay) };
}
