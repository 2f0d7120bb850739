// The text that a person has before them when they decide: shown line by line, kept as it was, named by its hash.
import { createHash } from "node:crypto";
import type { Asked, TownNow } from "./agreements-of.js";
import { basisWords } from "./basis-words.js";
import { durationWords, listWords, longDay, textsIn } from "./texts.js";
import type { DecisionName, Language, UnitView } from "./view.js";

export interface ShownText {
  readonly lines: readonly string[];
  readonly text: string;
  /** SHA-256 (hex) of the text. */
  readonly version: string;
}

/** No name of a person stands in it, so that the same text is the same for everybody (law 11). */
export function shownText(
  { town }: TownNow,
  { view, version, snapshot, card }: Asked,
  unit: UnitView,
  decision: DecisionName,
  forChild: boolean,
  language: Language,
): ShownText {
  const t = textsIn(language);
  const { recipient } = card;
  const day = longDay(card.until, language, town.timeZone);
  const fields = unit.fields.map(({ words, special }) => (special ? `${words} (${t.agreements.special})` : words));
  const lines = [
    t.shown.what[decision](town.displayName, recipient.name),
    ...(forChild ? [t.shown.forChild] : []),
    t.shown.data(listWords(fields, language)),
    t.shown.application(card.title, view.ref, version),
    t.shown.purpose(card.purpose.title, card.purpose.text),
    t.shown.basis(basisWords(snapshot.basis, language).title),
    t.shown.recipient(recipient.name, t.agreements.roles[recipient.role], recipient.contact),
    ...(decision === "given" ? [t.shown.until(day)] : []),
    ...(decision === "given" && card.retention !== null
      ? [t.shown.retention(durationWords(card.retention, language))]
      : []),
    t.shown.after[decision],
  ];
  const text = lines.join("\n");
  return { lines, text, version: createHash("sha256").update(text, "utf8").digest("hex") };
}
