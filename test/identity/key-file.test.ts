import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KeyFileError, openKeyFile, receiptJwks, receiptKeys } from "../../src/identity/index.js";
import { StoreError } from "../../src/store/index.js";
import { formatFault, type TenantName } from "../../src/terms/index.js";

const rivemont = "rivemont" as TenantName;
const autre = "autre-ville" as TenantName;
const secret = (byte: number): string => Buffer.alloc(32, byte).toString("base64");
const signing = ["receipts", "log"]
  .map((use, at) => `${use}: [{ number: 1, secret: "${secret(99 + at)}", created: 2026-09-01 }]`)
  .join(", ");

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "passerelle-keys-"));
  path = join(dir, "inner", "keys.yaml");
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

function write(text: string, mode = 0o600): string {
  const file = join(dir, "keys.yaml");
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

async function faultsOf(text: string, tenants = [rivemont], mode = 0o600): Promise<string[]> {
  const file = write(text, mode);
  const error: unknown = await openKeyFile(file, tenants, { createMissing: false }).catch((caught: unknown) => caught);
  if (!(error instanceof KeyFileError)) throw new Error(`no fault was found: ${String(error)}`);
  return error.faults.map((fault) => formatFault(fault).replace(`${file}:`, ""));
}

describe("the key file", () => {
  it("is made in development, for its owner alone, and is the same at the next start", async () => {
    const made = await openKeyFile(path, [rivemont], { createMissing: true });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(made.current(rivemont)).toBe(1);
    expect(made.secret(rivemont, 1)).toHaveLength(32);
    const again = await openKeyFile(path, [rivemont], { createMissing: false });
    expect(Buffer.from(again.secret(rivemont, 1))).toEqual(Buffer.from(made.secret(rivemont, 1)));
  });

  it("gets a new tenant's secret in development, and keeps what stands there", async () => {
    const first = await openKeyFile(path, [rivemont], { createMissing: true });
    writeFileSync(path, `# kept by the town\n${readFileSync(path, "utf8")}`);
    const both = await openKeyFile(path, [rivemont, autre], { createMissing: true });
    expect(both.secret(rivemont, 1)).toEqual(first.secret(rivemont, 1));
    expect(both.secret(autre, 1)).not.toEqual(both.secret(rivemont, 1));
    expect(readFileSync(path, "utf8")).toContain("# kept by the town");
  });

  it("ends with the same secrets for all that start together", async () => {
    const opened = await Promise.all([1, 2, 3, 4].map(() => openKeyFile(path, [rivemont], { createMissing: true })));
    expect(new Set(opened.map((file) => Buffer.from(file.secret(rivemont, 1)).toString("hex"))).size).toBe(1);
  });

  it("gives new agreements the highest number, and old ones theirs", async () => {
    const ids = [2, 10, 1].map((n) => `{ number: ${n}, secret: "${secret(n)}", created: 2026-09-0${Math.min(n, 9)} }`);
    const file = await openKeyFile(
      write(`tenants: { rivemont: { ids: [${ids.join(", ")}], ${signing} } }`),
      [rivemont],
      {
        createMissing: false,
      },
    );
    expect(file.numbers(rivemont)).toEqual([1, 2, 10]);
    expect(file.current(rivemont)).toBe(10);
    expect(file.secret(rivemont, 2)).toEqual(Buffer.alloc(32, 2));
    expect(() => file.secret(rivemont, 3)).toThrow("no secret number 3 of rivemont");
    expect(() => file.current("elsewhere")).toThrow("no secret of elsewhere");
  });

  it("is refused when it is missing, or others can read it", async () => {
    await expect(openKeyFile(path, [rivemont], { createMissing: false })).rejects.toThrow("the key file is missing");
    const good = `tenants: { rivemont: { ids: [{ number: 1, secret: "${secret(1)}", created: 2026-09-01 }], ${signing} } }`;
    expect(await faultsOf(good, [rivemont], 0o640)).toEqual([expect.stringContaining("run chmod 600") as string]);
    expect(await faultsOf(good, [rivemont], 0o604)).toHaveLength(1);
  });

  it("has every mistake told at its line and column, and no secret repeated", async () => {
    const text = `tenants:
  rivemont:
    ids:
      - { number: 1, secret: "c2hvcnQ=", created: 2026-09-01 }
      - { number: 0, secret: "${secret(2)}", created: 2026-09-01 }
      - { number: 3, secret: "${secret(3)}", created: yesterday }
      - { number: 3, secret: "${secret(4)}", created: 2026-09-01 }
      - { number: 5, secret: "${secret(3)}", created: 2026-09-01, numbr: 5 }
    receipts:
      - { number: 1, secret: "${secret(3)}", created: 2026-09-01 }
    log: [{ number: 1, secret: "${secret(100)}", created: 2026-09-01 }]
  rivemontt: { ids: [] }
  other: []
extra: 1
`;
    const faults = await faultsOf(text, [rivemont, autre]);
    expect(faults).toEqual([
      "2:3 fault: the tenant autre-ville has no secret",
      "4:30 fault: a secret is 32 random bytes in base64 (44 characters)",
      "5:19 fault: a secret's number is a whole number from 1 to 65535",
      "6:87 fault: created must be a date such as 2026-09-01",
      "7:9 fault: number 3 of rivemont stands here twice",
      "8:30 fault: the secret of number 5 of rivemont is that of number 3 of rivemont",
      '8:99 fault: a secret of rivemont has no key of this name (did you mean "number"?)',
      "10:30 fault: the secret of number 1 of rivemont (receipts) is that of number 5 of rivemont",
      "12:21 fault: ids of rivemontt must be a list with at least one secret",
      "13:10 fault: the tenant other must be a map with ids, receipts, log",
      "14:1 fault: the file has no key of this name",
    ]);
    expect(faults.join()).not.toContain("c2hvcnQ");
  });

  it("that is no such file is refused, not repaired, in development too", async () => {
    expect(await faultsOf("tenants: {")).toHaveLength(1);
    expect(await faultsOf("[]")).toEqual(["1:1 fault: the file must be a map with tenants"]);
    expect(await faultsOf("")).toEqual(["1:1 fault: the file must be a map with tenants"]);
    expect(await faultsOf("{}")).toEqual(["1:1 fault: tenants must be a map"]);
    const file = write("tenants: [rivemont]");
    await expect(openKeyFile(file, [rivemont], { createMissing: true })).rejects.toBeInstanceOf(KeyFileError);
    expect(readFileSync(file, "utf8")).toBe("tenants: [rivemont]");
  });

  it("says in words what cannot be written, and what to do", async () => {
    // A file where its folder should be: root, too, is refused that.
    writeFileSync(join(dir, "inner"), "");
    const error: unknown = await openKeyFile(path, [rivemont], { createMissing: true }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(StoreError);
    expect(String(error)).toContain(`The key file ${path} cannot be written (E`);
    expect(String(error)).toContain("PASSERELLE_KEY_FILE");
    // A folder in the file's place.
    mkdirSync(join(dir, "keys.yaml"), { mode: 0o700 });
    await expect(openKeyFile(join(dir, "keys.yaml"), [rivemont], { createMissing: false })).rejects.toThrow(
      "cannot be read (EISDIR",
    );
  });

  it("gets a key for receipts where it has none: in development by itself, elsewhere by being told", async () => {
    const file = write(
      `tenants:\n  rivemont: # ours\n    ids: [{ number: 1, secret: "${secret(1)}", created: 2026-09-01 }]\n`,
    );
    await expect(openKeyFile(file, [rivemont], { createMissing: false })).rejects.toThrow(
      "2:3 the tenant rivemont has no key that signs people's receipts",
    );
    const made = await openKeyFile(file, [rivemont], { createMissing: true });
    expect(made.secret(rivemont, 1)).toEqual(Buffer.alloc(32, 1));
    expect(readFileSync(file, "utf8")).toContain("# ours");
    const [key, another] = receiptKeys(made, rivemont);
    expect(another).toBeUndefined();
    expect(key).toMatchObject({ number: 1, name: "rivemont-receipts-1" });
    expect(receiptKeys(await openKeyFile(file, [rivemont], { createMissing: false }), rivemont)[0]?.thumbprint).toBe(
      key?.thumbprint,
    );
  });

  it("shows of a key for receipts nothing but its public part, as RFC 8037 writes it", async () => {
    // RFC 8037 appendix A.1 to A.3: one private key, its public part and its thumbprint.
    const d = Buffer.from("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", "base64url").toString("base64");
    const older = `{ number: 1, secret: "${secret(9)}", created: 2026-01-01 }`;
    const text = `tenants: { rivemont: { ids: [{ number: 1, secret: "${secret(1)}", created: 2026-09-01 }], receipts: [${older}, { number: 2, secret: "${d}", created: 2026-09-01 }], log: [{ number: 1, secret: "${secret(100)}", created: 2026-09-01 }] } }`;
    const keys = receiptKeys(await openKeyFile(write(text), [rivemont], { createMissing: false }), rivemont);
    expect(keys.map(({ number }) => number)).toEqual([2, 1]);
    expect(keys[0]?.thumbprint).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    expect(receiptJwks(keys).keys[0]).toEqual({
      kty: "OKP",
      crv: "Ed25519",
      x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
      kid: "rivemont-receipts-2",
      use: "sig",
      alg: "EdDSA",
      created: "2026-09-01",
    });
  });

  it("finds the tenant that a misspelt name was meant for", async () => {
    const text = `tenants: { rivemnt: { ids: [{ number: 1, secret: "${secret(1)}", created: 2026-09-01 }] } }`;
    expect(await faultsOf(text)).toEqual([
      '1:10 fault: the tenant rivemont has no secret; "rivemnt" is written, is it this one?',
    ]);
  });
});
