// What an evidence file proves, and what it cannot be made to prove.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "../../../src/accesslog/canonical-json.js";
import { linesOf } from "../../../src/accesslog/evidence/lines.js";
import { checkEvidence } from "../../../src/accesslog/evidence/read.js";
import type { CheckedEntry, EvidenceReport } from "../../../src/accesslog/evidence/report.js";
import { evidenceLines, type EvidenceOptions } from "../../../src/accesslog/evidence/write.js";
import type { VerifierKey } from "../../../src/accesslog/merkle/signed-note.js";
import { cantine, logKey, MemoryLog, optionsFor, rivemont } from "./memory-log.js";

async function madeBy(log: MemoryLog, changes: Partial<EvidenceOptions> = {}): Promise<string[]> {
  const recorded = log.add({ outcome: "staff", application: null });
  const lines: string[] = [];
  for await (const line of evidenceLines(log.log, rivemont, cantine, optionsFor(recorded, changes))) lines.push(line);
  return lines;
}

async function* each(lines: readonly (string | null)[]): AsyncGenerator<string | null> {
  for (const line of lines) yield await Promise.resolve(line?.replace(/\n$/, "") ?? null);
}

interface Checked extends EvidenceReport {
  readonly checked: CheckedEntry[];
}

async function check(lines: readonly (string | null)[], keys: readonly VerifierKey[] = [logKey]): Promise<Checked> {
  const checked: CheckedEntry[] = [];
  const report = await checkEvidence(each(lines), { keys, each: (entry) => checked.push(entry) });
  return { ...report, checked };
}

/** A line with other members, in canonical form again. */
const changed = (line: string, change: (value: Record<string, Json>) => object): string => {
  const value = JSON.parse(line) as Record<string, Json>;
  return `${canonicalJson({ ...value, ...change(value) })}\n`;
};

const kindOf = (line: string): string => (JSON.parse(line) as { kind: string }).kind;
const at = (lines: readonly string[], kind: string, nth = 0): number =>
  lines.map((line, i) => [line, i] as const).filter(([line]) => kindOf(line) === kind)[nth]?.[1] ?? -1;

/** 200 entries, of which every third is found, and the export's own. */
async function usual(changes: Partial<EvidenceOptions> = {}): Promise<{ log: MemoryLog; lines: string[] }> {
  const log = new MemoryLog();
  for (let i = 0; i < 200; i++) log.add(i % 3 === 0 ? {} : { application: "another" as never });
  return { log, lines: await madeBy(log, changes) };
}

const with_ = (lines: readonly string[], index: number, change: (value: Record<string, Json>) => object): string[] =>
  lines.map((line, i) => (i === index ? changed(line, change) : line));

describe("an evidence file", () => {
  it("proves every entry, for logs of every size and every choice of entries", async () => {
    for (const size of [1, 2, 3, 5, 8, 13, 64, 100, 256, 257, 300, 700]) {
      const log = new MemoryLog();
      for (let i = 0; i < size; i++) log.add(i % 3 === 0 || i % 7 === 1 ? {} : { application: "x" as never });
      const report = await check(await madeBy(log));
      expect(report, String(size)).toMatchObject({ proved: "town", faultCount: 0, ownProved: true });
      const found = log.entries.filter(({ body }) => body.includes('"application":"cantine-plus"')).length;
      expect(report.entries.proved).toBe(found + 1);
    }
  });

  it("is by the file's own word alone where its reader brings no key", async () => {
    const { lines } = await usual();
    expect(await check(lines, [])).toMatchObject({ proved: "itself", head: { log: { brought: false } } });
  });

  it("says which stretches of the log are in it without a gap", async () => {
    const log = new MemoryLog();
    for (let i = 0; i < 70; i++) log.add();
    expect(await check(await madeBy(log))).toMatchObject({ stretches: 1, first: 0, last: 70 });
    expect(await check((await usual()).lines)).toMatchObject({ stretches: 68, first: 0, last: 200 });
  });

  it("holds the part about people only where it was asked for and not erased", async () => {
    const { log, lines } = await usual();
    expect((await check(lines)).checked.every(({ personal, people }) => personal === "absent" && people === null)).toBe(
      true,
    );
    log.erased.add(3);
    const full = await check(await madeBy(log, { people: true }));
    expect(full).toMatchObject({ proved: "town", withPeople: 67 });
    expect(full.checked.find(({ index }) => index === 3)).toMatchObject({ verdict: "proved", personal: "absent" });
    expect(lines.join("")).not.toContain("operationName");
  });

  it("waits for a checkpoint that holds the newest entries, and writes nothing without one", async () => {
    const log = new MemoryLog();
    const lines = evidenceLines(log.log, rivemont, cantine, optionsFor({ id: "x", index: 0 }, { patienceMs: 0 }));
    await expect(lines.next()).rejects.toThrow("No signed checkpoint");
  });

  it("says in its last line that it is incomplete when its making failed", async () => {
    const log = new MemoryLog();
    for (let i = 0; i < 1_200; i++) log.add();
    let pages = 0;
    const failing = {
      ...log.log,
      searchSummaries: (...asked: Parameters<typeof log.log.searchSummaries>) => {
        if (++pages === 2) throw new Error("the database went away");
        return log.log.searchSummaries(...asked);
      },
    };
    const lines: string[] = [];
    const recorded = log.add();
    const making = (async () => {
      for await (const line of evidenceLines(failing, rivemont, cantine, optionsFor(recorded))) lines.push(line);
    })();
    await expect(making).rejects.toThrow("went away");
    expect(await check(lines)).toMatchObject({ proved: "failed", faults: [{ kind: "incomplete" }] });
  });
});

describe("a file that somebody changed", () => {
  it("is found at the entry, when one byte of it was, and nowhere else", async () => {
    const { lines } = await usual();
    const entry = at(lines, "entry", 30);
    const altered = with_(lines, entry, ({ body }) => ({
      body: (body as string).replace("school-meals", "school-mealz"),
    }));
    const report = await check(altered);
    expect(report).toMatchObject({ proved: "failed", faultCount: 1, faults: [{ kind: "altered", line: entry + 1 }] });
    expect(report.checked.filter(({ verdict }) => verdict !== "proved")).toEqual([
      expect.objectContaining({ verdict: "altered", body: null, people: null }),
    ]);
  });

  it("takes at most the entries up to the next whole proof with it, when a proof was changed or a line spoilt", async () => {
    const { lines } = await usual();
    const entry = at(lines, "entry", 10);
    const zero = Buffer.alloc(32).toString("base64");
    for (const spoilt of [
      with_(lines, entry, ({ proof }) => ({ proof: (proof as string[]).map(() => zero) })),
      with_(lines, entry, () => ({ leaf: zero })),
      lines.map((line, i) => (i === entry ? line.slice(3) : line)),
      lines.map((line, i) => (i === entry ? null : line)),
    ]) {
      const report = await check(spoilt);
      expect(report.proved).toBe("failed");
      expect(report.entries.proved).toBeGreaterThan(10);
      expect(report.entries.proved).toBeLessThan(68);
      // The second whole proof stands at the 65th entry.
      expect(report.checked.slice(-4).every(({ verdict }) => verdict === "proved")).toBe(true);
    }
  });

  it("is not believed for a key that the town has not, nor for an entry of another log", async () => {
    const { lines } = await usual();
    const other = new MemoryLog();
    for (let i = 0; i < 200; i++) other.add(i % 3 === 0 ? {} : { application: "another" as never });
    const { signerKey } = await import("../../../src/accesslog/merkle/signed-note.js");
    const impostor = signerKey(logKey.name, Buffer.alloc(32, 7));
    expect(await check(lines, [impostor])).toMatchObject({
      proved: "failed",
      head: null,
      entries: { proved: 0, "not-in-tree": 68 },
    });
    const foreign = await madeBy(other);
    const swapped = lines.map((line, i) =>
      i === at(lines, "entry", 5) ? (foreign[at(foreign, "entry", 5)] ?? "") : line,
    );
    const report = await check(swapped);
    expect(report.checked[5]).toMatchObject({ verdict: "not-in-tree", body: null });
    expect(report.proved).toBe("failed");
  });

  it("with a head of its maker's own beside the town's: the town's alone counts where its key was brought", async () => {
    const { log, lines } = await usual();
    const { signerKey, verifierText } = await import("../../../src/accesslog/merkle/signed-note.js");
    const own = signerKey(logKey.name, Buffer.alloc(32, 9));
    const forged = with_(
      with_(lines, at(lines, "checkpoint"), () => ({ note: log.note(undefined, own) })),
      0,
      () => ({ keys: [{ key: verifierText(own), since: null }] }),
    );
    expect(await check(forged, [])).toMatchObject({ proved: "itself" });
    expect(await check(forged)).toMatchObject({ proved: "failed", faults: expect.arrayContaining([expect.objectContaining({ kind: "checkpoint-unsigned" })]) }); // prettier-ignore
  });

  it("that was cut has no last line", async () => {
    const { lines } = await usual();
    expect(await check(lines.slice(0, -1))).toMatchObject({ proved: "failed", faults: [{ kind: "cut" }] });
    expect(await check(lines.slice(0, -20))).toMatchObject({ faults: [{ kind: "cut" }] });
    expect(await check([])).toMatchObject({ proved: "failed", manifest: null });
    expect(await check(lines.slice(0, 1))).toMatchObject({ proved: "failed" });
    expect(await check([lines[0] ?? "", lines.at(-1) ?? ""])).toMatchObject({ proved: "failed" });
    const nothing = with_([lines[0] ?? "", lines[1] ?? "", lines.at(-1) ?? ""], 2, () => ({ entries: 0 }));
    expect(await check(nothing)).toMatchObject({ proved: "failed", faults: [{ kind: "export-unproved" }] });
  });

  it("claims no more entries than it proves", async () => {
    const { lines } = await usual();
    const end = lines.length - 1;
    expect(await check(with_(lines, end, () => ({ entries: 5_000 })))).toMatchObject({
      proved: "failed",
      faults: [{ kind: "count-differs" }],
    });
    const unproved = with_(lines, at(lines, "entry", 4), () => ({ proof: [] }));
    expect((await check(unproved)).entries.proved).toBeLessThan(68);
    const entry = at(lines, "entry", 4);
    const without = lines.map((line, i) => {
      if (i !== entry) return line;
      const { proof: _, ...rest } = JSON.parse(line) as Record<string, Json>;
      return canonicalJson(rest);
    });
    expect(await check(without)).toMatchObject({ faults: expect.arrayContaining([{ kind: "line-unreadable", line: entry + 1, index: null }]) }); // prettier-ignore
  });

  it("proves nothing under exchanged indexes, and nothing twice", async () => {
    const { lines } = await usual();
    const [one, other] = [at(lines, "entry", 20), at(lines, "entry", 21)];
    const index = (line: number): Json => (JSON.parse(lines[line] ?? "") as { index: Json }).index;
    const exchanged = with_(
      with_(lines, one, () => ({ index: index(other) })),
      other,
      () => ({ index: index(one) }),
    );
    const report = await check(exchanged);
    expect(report.checked[20]).toMatchObject({ verdict: "not-in-tree" });
    expect(report.checked[21]).toMatchObject({ verdict: "out-of-order" });
    const twice = [...lines.slice(0, one + 1), lines[one] ?? "", ...lines.slice(one + 1)];
    expect(await check(twice)).toMatchObject({
      entries: { proved: 68, "out-of-order": 1 },
      faults: [{ kind: "out-of-order", line: one + 2 }, { kind: "count-differs" }],
    });
  });

  it("has one head: a second one is refused, and so is an older one that it does not hold", async () => {
    const { log, lines } = await usual();
    const second = canonicalJson({ kind: "checkpoint", note: log.note(50) });
    expect(await check([...lines.slice(0, 2), second, ...lines.slice(2)])).toMatchObject({
      proved: "failed",
      entries: { proved: 68 },
      faults: [{ kind: "line-unexpected", line: 3 }],
    });
    const rewritten = new MemoryLog();
    for (let i = 0; i < 100; i++) rewritten.add();
    const seen = canonicalJson({ kind: "seen", note: rewritten.note(), proof: [], timestamp: null });
    expect(await check([...lines.slice(0, 2), seen, ...lines.slice(2)])).toMatchObject({
      proved: "failed",
      faults: [{ kind: "seen-refused", line: 3 }],
    });
  });

  it("is read by one meaning: a member twice, other spaces, unknown members and names of JavaScript's own are refused", async () => {
    const { lines } = await usual();
    const entry = at(lines, "entry", 40);
    const line = lines[entry] ?? "";
    for (const spoilt of [
      line.replace('"kind"', '"index":1,"kind"'),
      line.replace('"kind"', ' "kind"'),
      line.replace('"kind":', '"__proto__":{"x":1},"kind":'),
      line.replace('"kind":"entry"', '"kind":"constructor"'),
      line.replace('"kind":"entry"', '"kind":"__proto__"'),
      `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
      "null",
      '"entry"',
      "",
    ]) {
      expect((await check(lines.map((each_, i) => (i === entry ? spoilt : each_)))).faults[0]).toMatchObject({
        kind: "line-unreadable",
        line: entry + 1,
      });
    }
    expect(Object.prototype).not.toHaveProperty("x");
  });

  it("shows nothing of an entry that is in the tree in a form that two readers could understand differently", async () => {
    const log = new MemoryLog();
    const { leafHash } = await import("../../../src/accesslog/entry-format.js");
    log.add();
    const [honest] = log.entries;
    const body = (honest?.body ?? "").replace('{"', '{"agreement":"nobody/nothing","');
    log.entries.push({ ...honest, body, hash: leafHash(body) } as (typeof log.entries)[number]);
    const report = await check(await madeBy(log));
    expect(report.checked[1]).toMatchObject({ verdict: "unreadable", body: null });
  });

  it("has texts that are what their hashes say", async () => {
    const policy = () => Promise.resolve({ schema: "type Query { a: Int }", files: { "policies/model.conf": "x" } });
    const { lines } = await usual({ policy });
    const versionOf = (): string => "ab".repeat(32);
    expect(await checkEvidence(each(lines), { keys: [logKey], versionOf })).toMatchObject({ proved: "town" });
    expect(await checkEvidence(each(lines), { keys: [logKey], versionOf: () => "no" })).toMatchObject({
      faults: [{ kind: "text-altered", line: at(lines, "policy") + 1 }],
    });
    const altered = with_(lines, at(lines, "operation"), () => ({ text: "{ secrets }" }));
    expect(await check(altered)).toMatchObject({ faults: [{ kind: "text-altered" }] });
    // Nor by the words that stand under a text that the log has not kept whole.
    const short = with_(lines, at(lines, "operation"), () => ({ text: "{ secrets }\n# cut: 5 more characters" }));
    expect(await check(short)).toMatchObject({ proved: "failed", faults: [{ kind: "text-altered" }] });
  });

  it("has no text of an operation that the log has not kept whole: nothing proves what is left of it", async () => {
    const log = new MemoryLog();
    const text = `{ a }${" ".repeat(40_000)}`;
    log.add({ operation: { hash: createHash("sha256").update(text).digest("hex"), text } });
    const lines = await madeBy(log);
    expect(lines.some((line) => line.includes("more characters"))).toBe(false);
    expect(await check(lines)).toMatchObject({ proved: "town", faultCount: 0 });
  });

  it("is recorded by staff: no application's request, named in the first line, passes for the export's own entry", async () => {
    const { log, lines } = await usual();
    const index = 198;
    const { id } = JSON.parse(log.entries[index]?.body ?? "") as { id: string };
    const renamed = with_(lines, 0, () => ({ export: { entry: id, index } }));
    expect(await check(renamed)).toMatchObject({ proved: "failed", faults: [{ kind: "export-unproved" }] });
  });

  it("has parts about people that are what the entry was committed to", async () => {
    const { lines } = await usual({ people: true });
    const altered = with_(lines, at(lines, "entry", 3), ({ personal }) => ({
      personal: { ...(personal as object), text: '{"v":1}' },
    }));
    const report = await check(altered);
    expect(report).toMatchObject({ proved: "failed", faults: [{ kind: "personal-altered" }], withPeople: 67 });
    expect(report.checked[3]).toMatchObject({ verdict: "proved", personal: "altered", people: null });
  });
});

it("reads one line of a gigabyte no further than its bound (law 13)", async () => {
  let sent = 0;
  const gigabyte = async function* (): AsyncGenerator<Uint8Array> {
    for (const block = Buffer.alloc(1 << 20, "x"); sent < 1_024; sent++) yield await Promise.resolve(block);
  };
  const report = await checkEvidence(linesOf(gigabyte()), { keys: [logKey] });
  expect(report).toMatchObject({ proved: "failed", faults: [{ kind: "line-too-long", line: 1 }] });
  expect(sent).toBeLessThan(20);
});
