// The key file's text → secrets, or every mistake at its line and column. No message repeats what stands in the file
// but names and numbers.
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type Pair, type YAMLMap } from "yaml";
import { nearest, type FileFault } from "../terms/index.js";

export const secretBytes = 32;

export interface NumberedSecret {
  readonly number: number;
  readonly secret: Uint8Array;
  /** `YYYY-MM-DD` */
  readonly created: string;
  readonly line: number;
  readonly column: number;
}

/**
 * What a secret is for: `ids` derives ids and tokens; the others sign, each an Ed25519 private key (RFC 8032: 32 random
 * bytes): `receipts` what people have decided, `log` the checkpoints of the access log.
 */
export const secretUses = ["ids", "receipts", "log"] as const;
export const signingUses = ["receipts", "log"] as const;
export type SigningUse = (typeof signingUses)[number];
export type SecretUse = (typeof secretUses)[number];

const signs: Readonly<Record<SigningUse, string>> = {
  receipts: "people's receipts",
  log: "the checkpoints of its access log",
};

/** By tenant and use, ascending by number. */
export type SecretsByTenant = ReadonlyMap<string, Readonly<Record<SecretUse, readonly NumberedSecret[]>>>;

export interface KeyFileRead {
  readonly secrets: SecretsByTenant;
  readonly faults: readonly FileFault[];
}

/** `{ tenants: { NAME: { ids: [ { number, secret: base64 of 32 bytes, created: YYYY-MM-DD } ], receipts: [ likewise ], log: [ likewise ] } } }` */
export function readKeyFile(text: string, file: string, tenants: readonly string[]): KeyFileRead {
  return new Reader(text, file).read(tenants);
}

class Reader {
  readonly #faults: FileFault[] = [];
  readonly #secrets = new Map<string, Record<SecretUse, NumberedSecret[]>>();
  readonly #lines = new LineCounter();
  /** Where each secret was first seen: one used twice would make two towns' ids comparable. */
  readonly #seen = new Map<string, string>();

  constructor(
    readonly text: string,
    readonly file: string,
  ) {}

  read(tenants: readonly string[]): KeyFileRead {
    const document = parseDocument(this.text, { lineCounter: this.#lines, prettyErrors: false });
    for (const { code, pos } of document.errors) {
      this.#fault(pos[0], "yaml", `this is not YAML as it should be (${code})`);
    }
    if (document.errors.length === 0) {
      const root = this.#map(document.contents, 0, "the file", ["tenants"]);
      const byTenant = root?.get("tenants", true);
      if (root !== null) this.#readTenants(byTenant, tenants);
    }
    const faults = this.#faults.sort((a, b) => a.line - b.line || a.column - b.column);
    return { secrets: this.#secrets, faults };
  }

  #readTenants(node: unknown, tenants: readonly string[]): void {
    const map = this.#map(node, 0, "tenants");
    if (map === null) return;
    for (const pair of map.items) {
      const name = keyOf(pair);
      this.#readTenant(name, pair, tenants.includes(name));
    }
    for (const tenant of tenants) {
      if (map.has(tenant)) continue;
      const meant = nearest(
        tenant,
        map.items.map(keyOf).filter((name) => !tenants.includes(name)),
      );
      const written = meant === undefined ? "" : `; "${meant}" is written, is it this one?`;
      this.#fault(startOf(map), "no-secret", `the tenant ${tenant} has no secret${written}`);
    }
  }

  /** @param served of the gateway's own tenants: must have everything */
  #readTenant(tenant: string, pair: Pair, served: boolean): void {
    const place = startOf(pair.key);
    const map = this.#map(pair.value, place, `the tenant ${tenant}`, secretUses);
    if (map === null) return;
    const ids = this.#readList(tenant, "ids", map, place);
    const signing = (use: SigningUse): NumberedSecret[] => {
      if (map.has(use)) return this.#readList(tenant, use, map, place);
      if (served) this.#fault(place, "no-signing-key", `the tenant ${tenant} has no key that signs ${signs[use]}`);
      return [];
    };
    this.#secrets.set(tenant, { ids, receipts: signing("receipts"), log: signing("log") });
  }

  #readList(tenant: string, use: SecretUse, map: YAMLMap, place: number): NumberedSecret[] {
    const list = map.get(use, true);
    if (!isSeq(list) || list.items.length === 0) {
      this.#fault(startOf(list, place), "no-secret", `${use} of ${tenant} must be a list with at least one secret`);
      return [];
    }
    const secrets: NumberedSecret[] = [];
    for (const item of list.items) {
      const one = this.#readSecret(tenant, use, item, startOf(list, place));
      if (one === null) continue;
      if (secrets.some(({ number }) => number === one.number)) {
        this.#fault(startOf(item), "number-twice", `number ${one.number} of ${tenant} stands here twice`);
      } else secrets.push(one);
    }
    return secrets.sort((a, b) => a.number - b.number);
  }

  #readSecret(tenant: string, use: SecretUse, item: unknown, parent: number): NumberedSecret | null {
    const map = this.#map(item, parent, `a secret of ${tenant}`, ["number", "secret", "created"]);
    if (map === null) return null;
    const place = startOf(map, parent);
    const at = (key: string): number => startOf(map.get(key, true), place);
    const number = map.get("number");
    const created = map.get("created");
    const secret = decode(map.get("secret"));
    if (typeof number !== "number" || !Number.isInteger(number) || number < 1 || number > 65_535) {
      this.#fault(at("number"), "invalid-number", `a secret's number is a whole number from 1 to 65535`);
      return null;
    }
    const dated = typeof created === "string" && /^\d{4}-\d{2}-\d{2}$/.test(created) ? created : null;
    if (dated === null) {
      this.#fault(at("created"), "invalid-date", `created must be a date such as 2026-09-01`);
    }
    if (secret === null) {
      this.#fault(at("secret"), "invalid-secret", `a secret is ${secretBytes} random bytes in base64 (44 characters)`);
      return null;
    }
    const text = secret.toString("hex");
    const before = this.#seen.get(text);
    const name = `number ${number} of ${tenant}${use === "ids" ? "" : ` (${use})`}`;
    if (before !== undefined) this.#fault(at("secret"), "secret-twice", `the secret of ${name} is that of ${before}`);
    this.#seen.set(text, name);
    const { line, col } = this.#lines.linePos(place);
    return { number, secret, created: dated ?? "", line, column: col };
  }

  /** A map with none but the keys named, else a fault and null. */
  #map(node: unknown, parent: number, what: string, keys?: readonly string[]): YAMLMap | null {
    if (!isMap(node)) {
      const names = keys === undefined ? "" : ` with ${keys.join(", ")}`;
      this.#fault(startOf(node, parent), "not-a-map", `${what} must be a map${names}`);
      return null;
    }
    for (const pair of node.items) {
      const key = keyOf(pair);
      if (keys === undefined || keys.includes(key)) continue;
      this.#fault(startOf(pair.key), "unknown-key", `${what} has no key of this name`, nearest(key, keys));
    }
    return node;
  }

  #fault(offset: number, code: string, message: string, suggestion?: string): void {
    const { line, col } = this.#lines.linePos(offset);
    const meant = suggestion === undefined ? {} : { suggestion };
    this.#faults.push({
      severity: "fault",
      code,
      file: this.file,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      message,
      ...meant,
    });
  }
}

const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : "");

const startOf = (node: unknown, otherwise = 0): number =>
  (node as Partial<Node> | null | undefined)?.range?.[0] ?? otherwise;

/** 32 bytes in base64 as `base64` and `openssl rand -base64 32` write them, else null. */
function decode(text: unknown): Buffer | null {
  if (typeof text !== "string") return null;
  const bytes = Buffer.from(text, "base64");
  return bytes.length === secretBytes && bytes.toString("base64") === text ? bytes : null;
}
