// Where a paper ends, in words: how many entries it holds, and under which signed head of the record.
import { readCheckpoint, readNote } from "../../accesslog/index.js";
import { counted, numberIn, type Language } from "../text.js";
import type { Ending } from "./document.js";

export function endingWords({ entries, checkpoint }: Ending, language: Language): string {
  const many =
    language === "fr" ? counted("fr", entries, "accès", "accès") : counted("en", entries, "access", "accesses");
  return language === "fr"
    ? `FIN\u00a0: ${many}, au complet. ${headWords(checkpoint, language)}`
    : `END: ${many}, complete. ${headWords(checkpoint, language)}`;
}

export function headWords(checkpoint: string | null, language: Language): string {
  if (checkpoint === null)
    return language === "fr"
      ? "Le journal n’a pas encore de point de contrôle signé."
      : "The record has no signed checkpoint yet.";
  const { origin, size, root } = readCheckpoint(readNote(checkpoint).text);
  const hash = Buffer.from(root).toString("base64");
  return language === "fr"
    ? `Point de contrôle signé du journal\u00a0: ${origin}, ${counted("fr", size, "inscription", "inscriptions")} (jusqu’au n°\u00a0${numberIn("fr", size - 1)}), empreinte ${hash}.`
    : `Signed checkpoint of the record: ${origin}, ${counted("en", size, "entry", "entries")} (up to no. ${numberIn("en", size - 1)}), hash ${hash}.`;
}

export const incompleteWords = (entries: number, language: Language): string =>
  language === "fr"
    ? `INCOMPLET (INCOMPLETE)\u00a0: la lecture du journal s’est arrêtée après ${counted("fr", entries, "accès", "accès")}. Ce fichier n’est pas une réponse\u00a0: recommencez l’export.`
    : `INCOMPLETE: reading the record stopped after ${counted("en", entries, "access", "accesses")}. This file is no answer: export again.`;
