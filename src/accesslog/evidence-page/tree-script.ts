// The page's script, first part: bytes, hashes, signed notes and the tree, by the browser's own WebCrypto. The same steps as
// ../evidence/heads.ts and ../evidence/shared-path.ts. A text, for it runs elsewhere: test/web/evidence-page.long.test.ts
// holds it equal to them in a browser.

export const treeScript = String.raw`"use strict";
const utf8 = new TextEncoder();
const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const base64Of = (bytes) => btoa(String.fromCharCode(...bytes));
/** Null: not base64 in its one canonical form. */
function strictBytes(text) {
  try {
    const bytes = bytesOf(text);
    return base64Of(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}
const joined = (...parts) => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
const same = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const [zero, one] = [new Uint8Array([0]), new Uint8Array([1])];
const leafHash = (body) => sha256(joined(zero, utf8.encode(body)));
const nodeHash = (left, right) => sha256(joined(one, left, right));
const half = (n, times = 1) => Math.floor(n / 2 ** times);
const powerOfTwo = (n) => {
  while (n > 1 && n % 2 === 0) n = n / 2;
  return n === 1;
};

// RFC 9162 section 2.1.4.2.
async function consistent(older, newer, olderRoot, newerRoot, proof) {
  if (older > newer || older === 0) return false;
  if (older === newer) return proof.length === 0 && same(olderRoot, newerRoot);
  const path = powerOfTwo(older) ? [olderRoot, ...proof] : [...proof];
  const [first, ...siblings] = path;
  if (first === undefined) return false;
  let [node, last] = [older - 1, newer - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [oldHash, newHash] = [first, first];
  for (const sibling of siblings) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      [oldHash, newHash] = [await nodeHash(sibling, oldHash), await nodeHash(sibling, newHash)];
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else newHash = await nodeHash(newHash, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && same(oldHash, olderRoot) && same(newHash, newerRoot);
}

/** What is known of the tree between two entries: the subtree to the left of the path, by level. */
class Path {
  constructor(size, root) {
    Object.assign(this, { size, root, last: null, left: new Map(), broken: false });
  }
  copy() {
    return Object.assign(new Path(this.size, this.root), { last: this.last, left: new Map(this.left), broken: this.broken });
  }
  wholeLength(index) {
    let [inner, a, b] = [0, index, this.size - 1];
    for (; a !== b; inner++) [a, b] = [half(a), half(b)];
    let length = inner;
    for (let rest = a; rest > 0; rest = half(rest)) length += rest % 2;
    return { inner, length };
  }
  /** Ways in which this proof can lead to what is known: its steps, what they must come to, what is known then. */
  ways(index, proof) {
    const ways = [];
    if (index >= this.size) return ways;
    const { inner, length } = this.wholeLength(index);
    if (proof.length === length) {
      const left = new Map();
      let at = inner;
      for (let level = 0, rest = index; rest > 0; level++, rest = half(rest))
        if (rest % 2 === 1) left.set(level, level < inner ? proof[level] : proof[at++]);
      const steps = proof.map((hash, level) => [hash, level >= inner || half(index, level) % 2 === 1]);
      ways.push({ steps, expected: this.root, left });
    }
    if (this.last !== null && index < this.last) {
      let [level, a, b] = [0, half(index), half(this.last)];
      for (; a !== b; level++) [a, b] = [half(a), half(b)];
      const expected = this.left.get(level);
      if (expected !== undefined && proof.length === level) {
        const left = new Map(this.left);
        left.delete(level);
        proof.forEach((hash, below) => {
          if (half(index, below) % 2 === 1) left.set(below, hash);
          else left.delete(below);
        });
        const steps = proof.map((hash, below) => [hash, half(index, below) % 2 === 1]);
        ways.push({ steps, expected, left });
      }
    }
    return ways;
  }
  adopt(index, way) {
    Object.assign(this, { last: index, left: way.left, broken: false });
  }
  async check(index, leaf, proof) {
    for (const way of this.ways(index, proof))
      if (await leads(leaf, way)) {
        this.adopt(index, way);
        return "proved";
      }
    const leans = this.broken && (index >= this.size || proof.length !== this.wholeLength(index).length) && index < this.size;
    this.broken = true;
    return leans ? "leaning" : "not-in-tree";
  }
}

async function leads(leaf, { steps, expected }) {
  let hash = leaf;
  for (const [sibling, onTheLeft] of steps) hash = await (onTheLeft ? nodeHash(sibling, hash) : nodeHash(hash, sibling));
  return same(hash, expected);
}

// Signed notes (C2SP signed-note), Ed25519 alone.
const kinds = { 1: "log", 4: "witness" };
const named = /^[^\s+\p{C}]{1,200}$/u;
async function keyId(name, type, key) {
  return (await sha256(joined(utf8.encode(name + "\n"), new Uint8Array([type]), key))).slice(0, 4);
}
/** Null: no public key. */
async function readKey(text) {
  const [, name = "", id = "", encoded = ""] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+\/=]+)$/.exec(text.trim()) ?? [];
  const bytes = strictBytes(encoded) ?? new Uint8Array();
  const kind = kinds[bytes[0]];
  const key = bytes.slice(1);
  if (kind === undefined || !named.test(name) || key.length !== 32) return null;
  const own = await keyId(name, bytes[0], key);
  return hexOf(own) === id ? { text: text.trim(), name, kind, key, id: own } : null;
}

function readNote(note) {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || utf8.encode(note).length > 65536) return null;
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2).split("\n");
  if (lines.pop() !== "" || lines.length === 0 || lines.length > 100) return null;
  if (/\p{Cc}/u.test(text.replaceAll("\n", ""))) return null;
  const signatures = [];
  for (const line of lines) {
    const [, name = "", encoded = ""] = /^— (\S+) (\S+)$/.exec(line) ?? [];
    const bytes = strictBytes(encoded);
    if (!named.test(name) || bytes === null || bytes.length < 5) return null;
    signatures.push({ name, id: bytes.slice(0, 4), bytes: bytes.slice(4) });
  }
  const [origin = "", size = "", root = ""] = text.split("\n");
  const hash = strictBytes(root);
  if (origin === "" || !/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) return null;
  if (hash === null || hash.length !== 32) return null;
  return { text, signatures, origin, size: Number(size), root: hash };
}

class Unable extends Error {}
async function holds(key, signed, signature) {
  try {
    const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, signed);
  } catch (error) {
    if (error.name === "NotSupportedError") throw new Unable();
    return false;
  }
}

/** Null: a signature under a known key does not hold. */
async function signers(note, keys, brought) {
  const found = [];
  for (const { name, id, bytes } of note.signatures) {
    const key = keys.find((each) => each.name === name && same(each.id, id));
    if (key === undefined || found.some((before) => before.key === key)) continue;
    let [signature, signed, at] = [bytes, note.text, null];
    if (key.kind === "witness") {
      if (bytes.length < 8) return null;
      const seconds = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
      if (seconds > 8640000000000n) return null;
      at = new Date(Number(seconds) * 1000).toISOString();
      [signature, signed] = [bytes.slice(8), "cosignature/v1\ntime " + seconds + "\n" + note.text];
    }
    if (signature.length !== 64 || !(await holds(key.key, utf8.encode(signed), signature))) return null;
    found.push({ key, by: { key: key.text, brought, at } });
  }
  return found;
}

/** Null: not a checkpoint that a key of the log has signed. Where its reader brought a key of the log, no other counts. */
async function readHead(text, brought, own) {
  const note = readNote(text);
  if (note === null) return null;
  const head = { origin: note.origin, size: note.size, root: note.root, log: null, cosigned: [], seen: [], unable: false };
  try {
    const trusted = await signers(note, brought, true);
    const others = await signers(note, own, false);
    if (trusted === null || others === null) return null;
    const all = [...trusted, ...others];
    const logs = brought.some(({ kind }) => kind === "log") ? trusted : all;
    const log = logs.find(({ key }) => key.kind === "log" && key.name === note.origin);
    if (log === undefined) return null;
    const seen = all.filter(({ key }) => key.kind === "witness").map(({ by }) => by);
    const cosigned = seen.filter(({ key }, at) => seen.findIndex((other) => other.key === key) === at);
    return { ...head, log: log.by, cosigned };
  } catch (error) {
    if (error instanceof Unable) return { ...head, unable: true };
    throw error;
  }
}
`;
