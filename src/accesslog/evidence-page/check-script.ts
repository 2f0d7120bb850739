// The page's script, second part: the file, line by line, and what of it holds. The same steps as ../evidence/read.ts.
import { maxLineBytes } from "../evidence/format.js";

export const checkScript = String.raw`
class TooLong extends Error {}
/** Lines of a file, bounded: never more than one in memory. Null for one that is no UTF-8. */
async function* linesOf(file) {
  const start = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  let stream = file.stream();
  if (start[0] === 0x1f && start[1] === 0x8b) stream = stream.pipeThrough(new DecompressionStream("gzip"));
  const reader = stream.getReader();
  let [parts, bytes] = [[], 0];
  const take = (part) => {
    bytes += part.length;
    if (bytes > MOST_LINE_BYTES) throw new TooLong();
    parts.push(part);
  };
  const line = () => {
    const whole = parts.length === 1 ? parts[0] : joined(...parts);
    [parts, bytes] = [[], 0];
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(whole);
    } catch {
      return null;
    }
  };
  try {
    for (;;) {
      let read;
      try {
        read = await reader.read();
      } catch {
        return; // Compressed and damaged: it was cut there.
      }
      if (read.done) break;
      const chunk = read.value;
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        take(chunk.subarray(from, end));
        yield line();
        from = end + 1;
      }
      if (from < chunk.length) take(chunk.slice(from));
    }
    if (bytes > 0) yield line();
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** RFC 8785. @throws for what has no such form */
function canonical(value, depth) {
  if (depth > 200) throw new RangeError("nested too deeply");
  if (typeof value === "string" && /[\ud800-\udfff]/u.test(value)) throw new RangeError("half a character");
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return "[" + value.map((item) => canonical(item, depth + 1)).join(",") + "]";
  const names = Object.keys(value).sort();
  return "{" + names.map((name) => canonical(name, depth + 1) + ":" + canonical(value[name], depth + 1)).join(",") + "}";
}
/** Undefined: not JSON in its one canonical form, so that two readers could understand it differently. */
function canonicalValue(text) {
  try {
    const value = JSON.parse(text);
    return canonical(value, 0) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

const isText = (value) => typeof value === "string";
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const isHash = (value) => isText(value) && /^[A-Za-z0-9+\/]{43}=$/.test(value);
const isHex = (value) => isText(value) && /^[0-9a-f]{64}$/.test(value);
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (check, most) => (value) => Array.isArray(value) && value.length <= most && value.every(check);
const orNull = (check) => (value) => value === null || check(value);
const withMembers = (members) => (value) =>
  isRecord(value) &&
  Object.keys(value).length === Object.keys(members).length &&
  Object.keys(members).every((name) => Object.hasOwn(value, name) && members[name](value[name]));
const shapes = new Map([
  ["manifest", withMembers({
    kind: isText, format: (value) => value === "passerelle-evidence@v1", tenant: isText, made: isText, by: isText, query: isText,
    people: (value) => typeof value === "boolean", export: withMembers({ entry: isText, index: isCount }),
    keys: listOf(withMembers({ key: isText, since: orNull(isText) }), 100), notice: isText,
  })],
  ["checkpoint", withMembers({ kind: isText, note: isText })],
  ["seen", withMembers({ kind: isText, note: isText, proof: listOf(isHash, 128), timestamp: orNull((value) => isText(value) && /^[A-Za-z0-9+\/]*={0,2}$/.test(value)) })],
  ["operation", withMembers({ kind: isText, hash: isHex, text: isText })],
  ["policy", withMembers({ kind: isText, version: isHex, schema: isText, files: (value) => isRecord(value) && Object.values(value).every(isText) })],
  ["entry", withMembers({
    kind: isText, index: isCount, leaf: isHash, proof: listOf(isHash, 64), body: isText,
    personal: orNull(withMembers({ salt: isHash, text: isText })),
  })],
  ["end", withMembers({ kind: isText, entries: isCount })],
  ["incomplete", withMembers({ kind: isText, entries: isCount })],
]);
function readLine(text) {
  const value = canonicalValue(text);
  return isRecord(value) && shapes.get(value.kind)?.(value) === true ? value : null;
}
function readVersionOne(text) {
  try {
    const value = JSON.parse(text);
    return isRecord(value) && value.v === 1 ? value : null;
  } catch {
    return null;
  }
}

/** The name of a policy version: a hash over its texts, each with its path and length before it, by sorted path. */
async function versionOf(tenant, { schema, files }) {
  const parts = [];
  const put = (text) => {
    const bytes = utf8.encode(text);
    parts.push(utf8.encode(bytes.length + ":"), bytes);
  };
  ["passerelle policy version 1", "schema.graphql", schema].forEach(put);
  for (const path of Object.keys(files).sort()) {
    if (path.startsWith("policies/" + tenant + "/tests/")) continue;
    put(path);
    put(files[path]);
  }
  return hexOf(await sha256(joined(...parts)));
}

const batchSize = 256;
/** @param told after each batch: entries so far; false ends it. @param each of every entry, in the order of the file */
async function checkEvidence(file, keyTexts, told, each) {
  const counts = { proved: 0, altered: 0, "not-in-tree": 0, leaning: 0, unreadable: 0, "out-of-order": 0 };
  const report = { manifest: null, head: null, entries: counts, withPeople: 0, stretches: 0, first: null, last: null, ownProved: false, faults: [], faultCount: 0, proved: "failed" };
  const brought = (await Promise.all(keyTexts.map(readKey))).filter((key) => key !== null);
  let [number, path, ended, own, before, batch] = [0, null, false, [], null, []];
  const fault = (kind, line, index = null) => {
    report.faultCount += 1;
    if (report.faults.length < 100) report.faults.push({ kind, line, index });
  };

  const judge = async (entry, verdict, body) => {
    const { line, read } = entry;
    counts[verdict] += 1;
    let [personal, people] = ["absent", null];
    let isOwn = false;
    if (body === null) fault(verdict, line, read.index);
    else {
      isOwn = body.outcome === "staff" && body.id === report.manifest.export.entry && read.index === report.manifest.export.index;
      report.ownProved ||= isOwn;
      report.last ??= read.index;
      if (report.first === null || read.index !== report.first - 1) report.stretches += 1;
      report.first = read.index;
      if (read.personal !== null) {
        const commitment = await sha256(joined(bytesOf(read.personal.salt), utf8.encode(read.personal.text)));
        people = hexOf(commitment) === body.personal ? readVersionOne(read.personal.text) : null;
        personal = people === null ? "altered" : "proved";
        if (people === null) fault("personal-altered", line, read.index);
        else report.withPeople += 1;
      }
    }
    each({ line, index: read.index, verdict, body, text: read.body, personal, people, own: isOwn });
  };

  // Most batches hold as a whole: their chains of hashes are followed side by side. Where one does not, one after another.
  const flush = async () => {
    const entries = batch;
    batch = [];
    if (entries.length === 0) return true;
    const hashes = await Promise.all(entries.map(({ read }) => leafHash(read.body)));
    let verdicts = null;
    if (path !== null) {
      const tried = path.copy();
      const running = [];
      for (const { read, leaf, proof, ordered } of entries) {
        const [way] = ordered ? tried.ways(read.index, proof) : [];
        if (way === undefined) break;
        tried.adopt(read.index, way);
        running.push(leads(leaf, way));
      }
      if (running.length === entries.length && (await Promise.all(running)).every(Boolean)) {
        path = tried;
        verdicts = entries.map(() => "proved");
      }
    }
    for (const [at, entry] of entries.entries()) {
      const { read, leaf, proof, ordered } = entry;
      let verdict = verdicts?.[at];
      if (verdict === undefined)
        verdict = !ordered ? "out-of-order" : path === null ? "not-in-tree" : await path.check(read.index, leaf, proof);
      if (verdict === "proved" && !same(hashes[at], leaf)) verdict = "altered";
      const body = verdict !== "proved" || canonicalValue(read.body) === undefined ? null : readVersionOne(read.body);
      if (verdict === "proved" && body?.tenant !== report.manifest.tenant) verdict = "unreadable";
      await judge(entry, verdict, verdict === "proved" ? body : null);
    }
    // The page stays alive meanwhile.
    await new Promise((resolve) => setTimeout(resolve));
    return told(Object.values(counts).reduce((sum, each) => sum + each, 0));
  };

  const take = async (read) => {
    if (path === null && read.kind !== "checkpoint" && read.kind !== "incomplete" && read.kind !== "entry") return fault("line-unexpected", number);
    switch (read.kind) {
      case "checkpoint":
        if (report.head !== null || report.headRefused) return fault("line-unexpected", number);
        report.head = await readHead(read.note, brought, own);
        if (report.head === null) {
          report.headRefused = true;
          return fault("checkpoint-unsigned", number);
        }
        path = new Path(report.head.size, report.head.root);
        return;
      case "seen": {
        if (before !== null) return fault("line-unexpected", number);
        const seen = await readHead(read.note, brought, own);
        const { head } = report;
        const held = seen !== null && seen.origin === head.origin && (await consistent(seen.size, head.size, seen.root, head.root, read.proof.map(bytesOf)));
        if (!held) return fault("seen-refused", number);
        if (head.seen.length < 100) head.seen.push({ size: seen.size, by: seen.cosigned, dated: read.timestamp !== null });
        return;
      }
      case "operation":
        if (hexOf(await sha256(utf8.encode(read.text))) !== read.hash) return fault("text-altered", number);
        return keep(operations, read.hash, read.text, read.text.length);
      case "policy":
        if ((await versionOf(report.manifest.tenant, read)) !== read.version) return fault("text-altered", number);
        return keep(policies, read.version, read.files, Object.values(read.files).reduce((sum, text) => sum + text.length, 0));
      case "entry": {
        const ordered = before === null || read.index < before;
        if (ordered) before = read.index;
        batch.push({ line: number, read, ordered, leaf: bytesOf(read.leaf), proof: read.proof.map(bytesOf) });
        return;
      }
      case "end":
      case "incomplete": {
        ended = true;
        if (read.kind === "incomplete") return fault("incomplete", number);
        if (read.entries !== Object.values(counts).reduce((sum, each) => sum + each, 0)) fault("count-differs", number);
        return;
      }
      default:
        return fault("line-unexpected", number);
    }
  };

  try {
    for await (const text of linesOf(file)) {
      number += 1;
      const read = text === null ? null : readLine(text);
      if (number === 1) {
        if (read?.kind !== "manifest") {
          fault("not-evidence", 1);
          break;
        }
        report.manifest = read;
        own = (await Promise.all(read.keys.map(({ key }) => readKey(key)))).filter((key) => key !== null);
        continue;
      }
      if ((read?.kind !== "entry" || batch.length >= batchSize || ended) && !(await flush())) return null;
      if (read === null) fault("line-unreadable", number);
      else if (ended) fault("line-unexpected", number);
      else await take(read);
    }
    if (!(await flush())) return null;
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    await flush();
    number += 1;
    fault("line-too-long", number);
  }
  if (number === 0) fault("not-evidence", 0);
  else if (!ended && report.manifest !== null) fault("cut", number);
  else if (report.head === null && report.faultCount === 0) fault("checkpoint-unsigned", number);
  else if (!report.ownProved && report.faultCount === 0) fault("export-unproved", number);
  const { head } = report;
  if (report.faultCount === 0) report.proved = head.unable ? "unable" : head.log.brought ? "town" : "itself";
  return report;
}

/** Texts that entries name, as far as they fit. */
const [operations, policies] = [new Map(), new Map()];
let keptCharacters = 0;
function keep(texts, name, value, characters) {
  if (texts.has(name) || keptCharacters + characters > 50000000) return;
  keptCharacters += characters;
  texts.set(name, value);
}
`.replace("MOST_LINE_BYTES", String(maxLineBytes));
