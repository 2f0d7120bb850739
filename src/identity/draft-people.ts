// The checks of a draft about the people whose data it lists: whether they are asked, told, and on what ground.
import type { Catalogue } from "../catalogue/index.js";
import { nearest, type Coordinate } from "../terms/index.js";
import { bases, type Basis } from "./agreement.js";
import { checkText, didYouMean, quote } from "./draft-texts.js";
import { RegistryError } from "./registry-error.js";
import { isAboutPeople, waysOfAsking, type Asked } from "./units.js";

export function checkBasis(text: string, fields: readonly Coordinate[], catalogue: Catalogue): Basis {
  const basis = bases.find((known) => known === text);
  if (basis === undefined) {
    const why = /legitimate/i.test(text)
      ? "A public authority's tasks cannot rest on legitimate interest (RGPD art. 6(1), last sentence)"
      : `${quote(text)} is not a legal basis${didYouMean(nearest(text, bases))}`;
    throw new RegistryError("invalid-basis", `${why}. Choose one of ${bases.join(", ")}.`);
  }
  if (basis === "consent" && fields.length > 0 && !fields.some((field) => isAboutPeople(field, catalogue))) {
    throw new RegistryError(
      "nobody-to-ask",
      "No field of the agreement is about a person (@subject in schema.graphql): nobody could consent to it. Choose another basis.",
    );
  }
  const closed = basis === "open" ? fields.find((field) => !isOpen(field, catalogue)) : undefined;
  if (closed !== undefined) {
    throw new RegistryError(
      "not-open",
      `The basis "open" is for open data alone, and ${closed} is not open. Remove it or choose another basis.`,
    );
  }
  return basis;
}

const isOpen = (field: Coordinate, catalogue: Catalogue): boolean =>
  catalogue.datasets.get(field.slice(0, field.indexOf(".")))?.open === true;

/** Everything that the note on the basis has to hold is told at once. */
export function checkNote(
  basis: Basis,
  fields: readonly Coordinate[],
  note: string | undefined,
  catalogue: Catalogue,
): string | null {
  if (note !== undefined) return checkText("note on the basis", note, 2_000);
  const special = fields.find((field) => {
    const member = catalogue.coordinates.get(field);
    return member !== undefined && member.kind !== "link" && member.personal?.special === true;
  });
  const needed = [
    ...(basis === "consent"
      ? [
          "Consent asked by a public authority is seldom free (RGPD recital 43): " +
            "add a note on the basis that says why people can refuse without losing anything.",
        ]
      : []),
    ...(special === undefined
      ? []
      : [
          `${special} belongs to a special category of data (RGPD art. 9): ` +
            "add a note on the basis that names the condition of art. 9(2) and the reference of the impact assessment (art. 35).",
        ]),
  ];
  if (needed.length > 0) throw new RegistryError("note-required", needed.join("\n"));
  return null;
}

/** RGPD art. 8 is about consent: elsewhere a child decides nothing alone, and the mark would promise it. */
export function checkInformationSociety(marked: boolean, basis: Basis): boolean {
  if (!marked || basis === "consent") return marked;
  throw new RegistryError(
    "not-applicable",
    "Only consent knows information-society services, where a child of 15 decides alone (RGPD art. 8). Leave out --information-society, or choose the basis consent.",
  );
}

/** RGPD art. 23: only a law can keep it from people, so only where the sharing itself rests on law. */
export function checkHidden(ground: string | undefined, basis: Basis): string | null {
  if (ground === undefined) return null;
  if (basis !== "legal-obligation" && basis !== "public-task") {
    throw new RegistryError(
      "not-applicable",
      `An agreement can be hidden from people only where a law says so (RGPD art. 23): with the basis legal-obligation or public-task, not ${basis}.`,
    );
  }
  return checkText("legal ground for hiding it", ground, 500);
}

export function checkAsked(text: string | undefined): Asked | undefined {
  if (text === undefined) return undefined;
  const asked = waysOfAsking.find((known) => known === text);
  if (asked !== undefined) return asked;
  throw new RegistryError(
    "invalid-asked",
    `People are asked ${waysOfAsking.map(quote).join(" or ")}; ${quote(text)} is neither.`,
  );
}
