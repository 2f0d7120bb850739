// Which key signs the log, on which day: a key can be told to witnesses before it signs.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { signerKey, verifierText } from "../../src/accesslog/index.js";
import { datedLogKeys, logKeys, logSigner, logWitnesses, type LogNames } from "../../src/cli/town-log.js";
import type { Settings } from "../../src/config.js";

const secret = (number: number): Buffer => createHash("sha256").update(`key ${number}`).digest();
const keys = (...created: readonly string[]): LogNames["secrets"] => ({
  signing: () =>
    created.map((day, at) => ({ number: at + 1, secret: secret(at + 1), created: day, line: 1, column: 1 })),
});
const settings = (log: object, timeZone = "Europe/Paris"): LogNames["settings"] => {
  const tenant = { name: "rivemont", timeZone, log: { origin: "data.rivemont.example/log", formerly: [], ...log } };
  return { tenants: new Map([["rivemont", tenant]]) } as unknown as Pick<Settings, "tenants">;
};
const signing = (town: LogNames, now: string): string | undefined =>
  logSigner(town, () => new Date(now))("rivemont")?.key.publicKey.toString("hex");
const publicKey = (number: number): string => signerKey("x", secret(number)).publicKey.toString("hex");

describe("the key that signs", () => {
  const town = { settings: settings({}), secrets: keys("2026-01-01", "2026-12-01") };

  it("is the new one from its day on, as the town counts days", () => {
    expect(signing(town, "2026-11-30T22:59:59Z")).toBe(publicKey(1));
    expect(signing(town, "2026-11-30T23:00:00Z")).toBe(publicKey(2));
    expect(datedLogKeys(town, "rivemont", new Date("2026-11-23T12:00:00Z")).map(({ from, signs }) => [from, signs])).toEqual([
      ["2026-12-01", false],
      ["2026-01-01", true],
    ]); // prettier-ignore
  });

  it("is the first one where no day has come: the log is never without", () => {
    expect(signing({ ...town, secrets: keys("2027-01-01", "2028-01-01") }, "2026-11-23T12:00:00Z")).toBe(publicKey(1));
  });

  it("is nobody's for a tenant that is not served", () => {
    expect(logSigner(town, () => new Date())("elsewhere")).toBeNull();
  });
});

describe("the keys that a checkpoint may be signed with", () => {
  it("are all of them, under every name that the log has or had", () => {
    const town = { settings: settings({ formerly: ["old/name"] }), secrets: keys("2026-01-01", "2026-12-01") };
    expect(logKeys(town, "rivemont").map(({ name, publicKey: key }) => [name, key.toString("hex")])).toEqual(
      ["data.rivemont.example/log", "old/name", "passerelle/rivemont"].flatMap((name) => [
        [name, publicKey(2)],
        [name, publicKey(1)],
      ]),
    );
  });
});

describe("a witness's key", () => {
  const placeOf = () => ({ line: 7, column: 3 });
  const witness = signerKey("dpo.example", secret(9), "witness");
  const read = (key: string) => logWitnesses(settings({ witnesses: [{ name: "DPO", url: null, key }], placeOf }));

  it("is read", () => {
    const { publicKey: raw, name, kind } = witness;
    expect(read(verifierText(witness)).witnesses.get("rivemont")).toEqual([
      { name: "DPO", url: null, key: { publicKey: raw, name, kind } },
    ]);
  });

  it("is refused where its parts do not fit, or it is a log's", () => {
    const log = verifierText(signerKey("dpo.example", secret(9)));
    for (const bad of [log, verifierText(witness).replace("dpo", "dbo")])
      expect(read(bad)).toMatchObject({ faults: [{ code: "witness-key", line: 7 }] });
  });
});
