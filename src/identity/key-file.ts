// The key file: the tenants' numbered secrets, outside the database. Who has both could tell whose id is whose.
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Document, isMap, parseDocument } from "yaml";
import { StoreError, withLock } from "../store/index.js";
import type { FileFault, TenantName } from "../terms/index.js";
import {
  readKeyFile,
  secretBytes,
  secretUses,
  type NumberedSecret,
  type SecretsByTenant,
  type SigningUse,
} from "./key-file-form.js";

/** The tenants' secrets, 32 bytes each. A number is never given to another secret. */
export interface Secrets {
  /** The number that new agreements get: the highest. */
  current(tenant: string): number;
  /** @throws Error for a number that the file does not hold. */
  secret(tenant: string, number: number): Uint8Array;
  /** Ascending. */
  numbers(tenant: string): readonly number[];
}

/** Everything wrong with the key file, each at its place; no secret is repeated. */
export class KeyFileError extends Error {
  override readonly name = "KeyFileError";
  constructor(readonly faults: readonly FileFault[]) {
    super(faults.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`).join("\n"));
  }
}

export class KeyFile implements Secrets {
  readonly #byTenant: SecretsByTenant;
  constructor(
    readonly path: string,
    byTenant: SecretsByTenant,
  ) {
    this.#byTenant = byTenant;
  }

  current(tenant: string): number {
    const last = this.#of(tenant).at(-1);
    if (last === undefined) throw new Error(`the key file holds no secret of ${tenant}`);
    return last.number;
  }

  secret(tenant: string, number: number): Uint8Array {
    return this.#find(tenant, number).secret;
  }

  numbers(tenant: string): readonly number[] {
    return this.#of(tenant).map((one) => one.number);
  }

  /** Keys that sign, ascending by number: the highest signs, all of them are answered for. */
  signing(tenant: string, use: SigningUse): readonly NumberedSecret[] {
    return this.#byTenant.get(tenant)?.[use] ?? [];
  }

  /** A fault at the line of one secret (or at the file's start, for one that is not there). */
  faultAt(tenant: string, number: number, code: string, message: string): FileFault {
    const { line, column } = this.#of(tenant).find((one) => one.number === number) ?? { line: 1, column: 1 };
    return { severity: "fault", code, file: this.path, line, column, message };
  }

  #of(tenant: string): readonly NumberedSecret[] {
    return this.#byTenant.get(tenant)?.ids ?? [];
  }

  #find(tenant: string, number: number): NumberedSecret {
    const found = this.#of(tenant).find((one) => one.number === number);
    if (found === undefined) throw new Error(`the key file holds no secret number ${number} of ${tenant}`);
    return found;
  }
}

/**
 * @param tenants all of them must have a secret; what the file holds of others is checked and left alone.
 * @param options.createMissing for development: makes the file, and secrets of tenants that have none. Elsewhere a
 * missing secret is a fault: made anew, it would change every id that was ever given.
 * @throws KeyFileError; StoreError where the system does not let this user read or write it
 */
export async function openKeyFile(
  path: string,
  tenants: Iterable<TenantName>,
  options: { readonly createMissing: boolean },
): Promise<KeyFile> {
  const wanted = [...tenants];
  try {
    if (!options.createMissing) return open(path, wanted);
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    // The gateway and the command line may start together: each must end with the same secrets.
    return await withLock(`${path}.lock`, 10_000, async () => {
      createMissing(path, wanted);
      return open(path, wanted);
    });
  } catch (error) {
    throw inWords(error, path, options.createMissing ? "written" : "read");
  }
}

const refusedBySystem = new Set(["EACCES", "EPERM", "EROFS", "ENOSPC", "ENOTDIR", "EEXIST", "EISDIR"]);

/** The innermost folder around it that is there. */
function nearestFolder(path: string): string {
  let folder = dirname(path);
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}

/** What the system said: nobody but the operator can put that right. */
function inWords(error: unknown, path: string, what: "read" | "written"): unknown {
  const code: unknown = error instanceof Error && "code" in error ? error.code : null;
  if (error instanceof StoreError || typeof code !== "string" || !refusedBySystem.has(code)) return error;
  return new StoreError(
    "key-file-folder",
    `The key file ${path} cannot be ${what} (${(error as Error).message}). ` +
      `Let this user write in ${nearestFolder(path)}, run Passerelle as the user who owns it, or name another place with PASSERELLE_KEY_FILE.`,
    { cause: error },
  );
}

function open(path: string, tenants: readonly TenantName[]): KeyFile {
  const fault = (code: string, message: string): KeyFileError =>
    new KeyFileError([{ severity: "fault", code, file: path, line: 1, column: 1, message }]);
  if (!existsSync(path)) {
    throw fault(
      "no-file",
      "the key file is missing: restore it from its backup; without it no id given so far can be read",
    );
  }
  const { mode, size } = statSync(path);
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw fault("readable-by-others", `other users of this machine can read the key file: run chmod 600 ${path}`);
  }
  if (size > 1_000_000) throw fault("too-large", "this is larger than a key file can be (1 MB)");
  const { secrets, faults } = readKeyFile(readFileSync(path, "utf8"), path, tenants);
  if (faults.length > 0) throw new KeyFileError(faults);
  return new KeyFile(path, secrets);
}

/** Adds what is missing and leaves the rest, comments too, as it stands. A file with mistakes is not touched. */
function createMissing(path: string, tenants: readonly TenantName[]): void {
  const exists = existsSync(path);
  const document = exists ? parseDocument(readFileSync(path, "utf8")) : new Document({ tenants: {} });
  if (!exists) document.commentBefore = " Secrets of Passerelle. Keep a backup, and keep it from others.";
  if (document.errors.length > 0 || !isMap(document.contents)) return;
  if (document.has("tenants") && !isMap(document.get("tenants"))) return;
  const missing = tenants.flatMap((tenant) =>
    secretUses.flatMap((use) => (document.hasIn(["tenants", tenant, use]) ? [] : [{ tenant, use }])),
  );
  // What is there but is no map is a mistake to be told, not to be written over.
  const fillable = missing.filter(({ tenant, use }) => {
    const known = document.getIn(["tenants", tenant]);
    return isMap(known) ? use !== "ids" : known === undefined;
  });
  if (fillable.length === 0) return;
  for (const { tenant, use } of fillable) {
    const secret = randomBytes(secretBytes).toString("base64");
    const created = new Date().toISOString().slice(0, 10);
    document.setIn(["tenants", tenant, use], document.createNode([{ number: 1, secret, created }]));
  }
  const beside = `${path}.new`;
  writeFileSync(beside, document.toString(), { mode: 0o600 });
  // Whatever was there before under this name kept its own rights: narrow them before the secrets get their name.
  chmodSync(beside, exists ? statSync(path).mode & 0o777 : 0o600);
  renameSync(beside, path);
}
