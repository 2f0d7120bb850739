// The state of the record in the words of the console.
import type { LogFault, LogState, WitnessSight } from "../accesslog/index.js";
import type { RecordLook } from "./record-watch.js";
import type { RecordStanding } from "./schema/enums.js";
import type { RecordFault, RecordState } from "./schema/record.js";
import { numberIn, type Text } from "./text.js";

export interface RecordParts {
  readonly look: RecordLook | null;
  readonly state: LogState;
  /** Milliseconds that the oldest entry waits for a checkpoint. */
  readonly behindMs: number;
  readonly witnesses: readonly WitnessSight[];
  /** When the newest checkpoint was timestamped (RFC 3161); null: it was not. */
  readonly timestampedAt: Date | null;
}

/** An entry is in a signed checkpoint within two seconds; a minute is no accident any more. */
const behindAfterMs = 60_000;

export function recordStateOf({ look, state, behindMs, witnesses, timestampedAt }: RecordParts): RecordState {
  const { entries, checkpoint } = state;
  return {
    standing: standingOf(look, entries, behindMs),
    entries,
    checked: look?.report.size ?? 0,
    checkedAt: look?.at ?? null,
    checkpoint: checkpoint === null ? null : { ...checkpoint, timestampedAt },
    witnesses: witnesses.map(({ name, size, at }) => ({ name, size, at })),
    faults: (look?.report.faults ?? []).slice(0, mostFaults).map(faultOf),
  };
}

/** The most grave first (law 13). */
const mostFaults = 50;

function standingOf(look: RecordLook | null, entries: number, behindMs: number): RecordStanding {
  if (look === null) return "UNCHECKED";
  if (look.report.faults.length > 0) return "ALTERED";
  // Of an empty log there is nothing to look at; of one that has entries and no checkpoint, nothing was.
  if (behindMs > behindAfterMs) return "BEHIND";
  return entries > 0 && look.report.size === 0 ? "UNCHECKED" : "INTACT";
}

const faultOf = ({ kind, from, to, witnessed }: LogFault): RecordFault => {
  const { fr, en } = kinds[kind];
  const seen: Text = witnessed
    ? { fr: " Un témoin a vu autre chose.", en: " A witness saw otherwise." }
    : { fr: "", en: "" };
  return {
    from,
    to,
    sentence: { fr: `${entriesFr(from, to)}\u00a0: ${fr}${seen.fr}`, en: `${entriesEn(from, to)}: ${en}${seen.en}` },
  };
};

/** `to` is not among them. */
const entriesFr = (from: number, to: number): string =>
  to - from <= 1 ? `Entrée ${numberIn("fr", from)}` : `Entrées ${numberIn("fr", from)} à ${numberIn("fr", to - 1)}`;
const entriesEn = (from: number, to: number): string =>
  to - from <= 1 ? `Entry ${numberIn("en", from)}` : `Entries ${numberIn("en", from)} to ${numberIn("en", to - 1)}`;

const kinds: Readonly<Record<LogFault["kind"], Text>> = {
  "entry-altered": {
    fr: "le contenu n’est pas celui qui a été enregistré.",
    en: "the content is not what was recorded.",
  },
  "personal-altered": {
    fr: "la partie sur les personnes n’est pas celle qui a été enregistrée.",
    en: "the part about people is not what was recorded.",
  },
  "entry-removed": {
    fr: "le contenu a disparu, et ce n’est pas la durée de conservation qui l’a retiré.",
    en: "the content is gone, and it was not removed at the end of its retention.",
  },
  "removed-early": {
    fr: "le contenu a été retiré avant la fin de sa durée de conservation.",
    en: "the content was removed before its retention was over.",
  },
  "leaf-altered": {
    fr: "l’empreinte n’est pas celle qui a été signée\u00a0: le contenu et son empreinte ont été changés ensemble.",
    en: "the hash is not the one that was signed: content and hash were changed together.",
  },
  "leaf-missing": { fr: "elles ont été enregistrées et n’y sont plus.", en: "recorded once, and there no more." },
  "checkpoint-altered": {
    fr: "le point de contrôle qui les couvre n’est pas signé par la clé du journal.",
    en: "the checkpoint over them is not signed by the log’s key.",
  },
  rewritten: {
    fr: "quelque part ici, le journal n’est pas celui qui a été signé.",
    en: "somewhere in here the log is not the one that was signed.",
  },
  "timestamp-altered": {
    fr: "l’horodatage de ce point de contrôle ne tient pas.",
    en: "the timestamp of this checkpoint does not hold.",
  },
  "timestamp-missing": {
    fr: "l’horodatage de ce point de contrôle n’est plus là.",
    en: "the timestamp of this checkpoint is there no more.",
  },
  truncated: {
    fr: "elles ont été signées et n’y sont plus\u00a0: la fin du journal a été coupée, ou une ancienne sauvegarde restaurée.",
    en: "signed once, and there no more: the log’s end was cut off, or an old backup restored.",
  },
};
