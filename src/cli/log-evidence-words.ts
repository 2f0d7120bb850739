// What a file of evidence proves, in sentences; and what it does not prove, for nobody should read more into it.
import type { CheckedEntry, checkTlogProof, EvidenceFault, EvidenceReport, SignedBy } from "../accesslog/index.js";
import { staffCommand } from "./log-lines.js";
import type { Style } from "./terminal.js";

type Line = readonly [text: string, style: Style];

/** @param own the export's own entry, where it was proved */
export function evidenceWords(report: EvidenceReport, own: CheckedEntry | null): Line[] {
  const { manifest, head, proved } = report;
  if (manifest === null) return [["This is no file of evidence as Passerelle writes them.", "red"]];
  return [
    verdict(report),
    ...(head === null ? [] : headWords(report, head)),
    ...aboutExport(report, own),
    ...(proved === "failed" ? faultWords(report) : limits(report)),
  ];
}

function verdict({ proved, entries, manifest }: EvidenceReport): Line {
  const many = entries.proved === 1 ? "1 entry" : `${String(entries.proved)} entries`;
  const tenant = manifest?.tenant ?? "";
  switch (proved) {
    case "town":
      return [`PROVED: ${many} stand, as they are here, in the access log of ${tenant} that the key given has signed.`, "green"]; // prettier-ignore
    case "itself":
      return [
        `Not proved by the town yet: ${many} of ${tenant} fit together, but the head is signed by the key in the file itself: compare it with the town's published one.`,
        "yellow",
      ];
    case "failed":
      return [`NOT PROVED: something in this file does not hold. ${String(entries.proved)} entries do.`, "red"];
  }
}

const plain = (text: string): Line => [text, "plain"];

function headWords(
  report: EvidenceReport,
  { checkpoint, log, cosigned, seen }: NonNullable<EvidenceReport["head"]>,
): Line[] {
  const { first, last } = report;
  const range = first === null ? [] : [plain(`Numbers ${String(first)} to ${String(last)}.${gapWords(report)}`)];
  return [
    plain(`Key: ${log.key}`),
    ...range,
    plain(`Head of the log: ${String(checkpoint.size)} entries, ${checkpoint.origin}.`),
    ...cosigned.map((by) => plain(`Seen by ${witnessWords(by)}.`)),
    ...seen.flatMap(({ size, by, timestamp }) => [
      ...by.map((each) => plain(`The first ${String(size)} entries of it were seen by ${witnessWords(each)}.`)),
      ...(timestamp === null ? [] : [plain(`A time-stamping authority has dated its first ${String(size)} entries (RFC 3161); that is not checked here.`)]), // prettier-ignore
    ]),
  ];
}

const gapWords = ({ stretches }: EvidenceReport): string => (stretches === 1 ? " None between them is missing." : "");

const witnessWords = ({ key, at, brought }: SignedBy): string =>
  `${key.split("+")[0] ?? ""} on ${at ?? "?"}${brought ? "" : " (by a key that the file itself names)"}`;

/** What the maker says, and what of it the log itself has recorded. */
function aboutExport({ manifest }: EvidenceReport, own: CheckedEntry | null): Line[] {
  if (manifest === null) return [];
  const said = `Made on ${manifest.made} by ${manifest.by}, for the search "${manifest.query}".`;
  const staff = own?.body?.staff;
  if (staff === undefined || staff === null) return [plain(said)];
  return [plain(said), plain(`Of that the log has recorded, on ${own?.body?.at ?? ""}: ${staffCommand(staff)}.`)];
}

function limits({ withPeople }: EvidenceReport): Line[] {
  const people = withPeople === 0 ? "The parts about people are not in it. " : `${String(withPeople)} entries have their part about people. `; // prettier-ignore
  return [[`${people}That no other entry fits the search is not proved by this file.`, "dim"]];
}

const kinds: Readonly<Record<EvidenceFault["kind"], string>> = {
  "not-evidence": "no file of evidence",
  "line-too-long": "a line longer than any that Passerelle writes; nothing after it was read",
  "line-unreadable": "a line that cannot be read",
  "line-unexpected": "a line where none of its kind belongs",
  "checkpoint-unsigned": "the head is not signed by the key",
  "seen-refused": "a head that the file's own does not hold",
  "text-altered": "a text that is not the one its hash names",
  "personal-altered": "a part about people that is not the one the entry was made with",
  "count-differs": "other entries than the last line counts",
  "export-unproved": "the entry of this very export is missing",
  cut: "the file ends before its last line: it was cut",
  incomplete: "its making failed: it is incomplete",
  altered: "its text is not what was recorded",
  "not-in-tree": "it is not in the log under this head",
  leaning: "its proof leans on a line before it that does not hold",
  unreadable: "in the log, but not in a form that only one meaning can be read from",
  "out-of-order": "repeated or moved",
};

function faultWords({ faults, faultCount }: EvidenceReport): Line[] {
  const lines = faults.slice(0, 20).map(({ kind, line, index }) => {
    const where = index === null ? `line ${String(line)}` : `line ${String(line)}, entry ${String(index)}`;
    return plain(`  ${where}: ${kinds[kind]}`);
  });
  return faultCount > lines.length ? [...lines, plain(`  and ${String(faultCount - lines.length)} more`)] : lines;
}

export function proofWords({ entry, index, leaf, head }: ReturnType<typeof checkTlogProof>): string[] {
  return [
    `PROVED: entry ${String(index)} of ${head.checkpoint.origin} has the hash ${leaf}, under a head of ${String(head.checkpoint.size)} entries that the key given has signed.`,
    ...head.cosigned.map((by) => `Seen by ${witnessWords(by)}.`),
    `It is said to be the entry ${entry}: the hash proves it as soon as the town shows the entry itself.`,
  ];
}
