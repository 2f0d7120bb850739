import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkSecrets, openKeyFile, type KeyFile } from "../../src/identity/index.js";
import { draft, foundTown, noon, rivemont, type Town } from "./town.js";

let town: Town;
let dir: string;
beforeAll(async () => {
  town = await foundTown();
  dir = mkdtempSync(join(tmpdir(), "passerelle-keys-"));
});
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  await town.store.close();
});

const signing = (use: "receipts" | "log", byte: number): string =>
  `${use}: [{ number: 1, secret: "${Buffer.alloc(32, byte).toString("base64")}", created: 2026-09-01 }]`;

function keyFile(secrets: Record<number, number>, receipts = 200, log = 210): Promise<KeyFile> {
  const path = join(dir, "keys.yaml");
  const ids = Object.entries(secrets).map(
    ([number, byte]) =>
      `\n      - { number: ${number}, secret: "${Buffer.alloc(32, byte).toString("base64")}", created: 2026-09-01 }`,
  );
  writeFileSync(
    path,
    `tenants:\n  rivemont:\n    ids:${ids.join("")}\n    ${signing("receipts", receipts)}\n    ${signing("log", log)}\n`,
  );
  chmodSync(path, 0o600);
  return openKeyFile(path, [rivemont], { createMissing: false });
}

const check = async (secrets: Record<number, number>): Promise<void> =>
  checkSecrets(town.store.gateway, await keyFile(secrets), [rivemont], noon);

it("a secret that was swapped under its number is refused at its line, and nothing of it is kept", async () => {
  await check({ 1: 7 });
  await check({ 1: 7 });
  await expect(check({ 1: 8 })).rejects.toThrow(/keys\.yaml:4:9 number 1 of rivemont is not the secret/);
  // Adding one under a new number is how a secret is renewed.
  await check({ 1: 7, 2: 8 });
  await expect(check({ 1: 8, 2: 7 })).rejects.toThrow(/:4:9 .*\n.*:5:9 /);
  const kept = JSON.stringify(await town.store.gateway.query("SELECT * FROM secret_fingerprint"));
  for (const byte of [7, 8]) expect(kept).not.toContain(Buffer.alloc(32, byte).toString("hex"));
});

it("a key that signs and was swapped under its number is refused too: what it signed would look forged", async () => {
  await checkSecrets(town.store.gateway, await keyFile({ 1: 7 }), [rivemont], noon);
  await expect(checkSecrets(town.store.gateway, await keyFile({ 1: 7 }, 201), [rivemont], noon)).rejects.toThrow(
    /keys\.yaml:5:16 number 1 of rivemont \(receipts\) is not the secret/,
  );
  await expect(checkSecrets(town.store.gateway, await keyFile({ 1: 7 }, 200, 211), [rivemont], noon)).rejects.toThrow(
    /keys\.yaml:6:11 number 1 of rivemont \(log\) is not the secret/,
  );
});

it("a secret that agreements use cannot be left out", async () => {
  await town.registry.draftAgreement(draft(), town.catalogue);
  await expect(check({ 2: 8 })).rejects.toThrow("number 1 of rivemont is missing, and agreements use it");
  await check({ 1: 7, 2: 8 });
});

it("two nodes that start together agree on what was first", async () => {
  await town.store.keeper.query("SELECT 1");
  const starts = await Promise.allSettled([3, 4, 3, 4].map((byte) => keyFileOnce(byte)));
  const good = starts.filter(({ status }) => status === "fulfilled");
  expect(good).toHaveLength(2);
});

async function keyFileOnce(byte: number): Promise<void> {
  const path = join(dir, `keys-${byte}.yaml`);
  const all = [`{ number: 1, secret: "${Buffer.alloc(32, 7).toString("base64")}", created: 2026-09-01 }`];
  all.push(`{ number: 9, secret: "${Buffer.alloc(32, 100 + byte).toString("base64")}", created: 2026-09-01 }`);
  writeFileSync(
    path,
    `tenants: { rivemont: { ids: [${all.join(", ")}], ${signing("receipts", 200)}, ${signing("log", 210)} } }`,
    { mode: 0o600 },
  );
  const file = await openKeyFile(path, [rivemont], { createMissing: false });
  await checkSecrets(town.store.gateway, file, [rivemont], noon);
}
