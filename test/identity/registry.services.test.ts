import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RegistryError, type AgreementDraft, type RegistryErrorCode } from "../../src/identity/index.js";
import { readRevision } from "../../src/store/index.js";
import type { TenantName } from "../../src/terms/index.js";
import { admin, approve, autre, dpo, draft, foundTown, rivemont, secondDpo, type Town } from "./town.js";

let town: Town;
let count = 0;
beforeAll(async () => {
  town = await foundTown();
});
afterAll(() => town.store.close());

/** A new application, so that each test has agreements of its own. */
async function application(): Promise<string> {
  count += 1;
  const name = `app-${count}`;
  await town.registry.createApplication({ tenant: rivemont, name, title: "App", contact: "a@b.example" });
  return name;
}

async function refused(work: Promise<unknown>, code: RegistryErrorCode, words: RegExp): Promise<void> {
  const error: unknown = await work.then(
    () => "it was accepted",
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(RegistryError);
  expect(error).toMatchObject({ code });
  expect((error as RegistryError).message).toMatch(words);
}

const revision = async (): Promise<number> => (await readRevision(town.store.gateway, rivemont))?.revision ?? 0;

describe("an application", () => {
  it("has a name of its own in its tenant, that can stand in a rule", async () => {
    const create = (name: string, title = "T") =>
      town.registry.createApplication({ tenant: rivemont, name, title, contact: "c" });
    await refused(create("cantine-plus"), "already-exists", /Choose another name/);
    for (const name of ["", "Cantine", "a b", "*", "group:x", "a--b", "-a", "a/b", "é", "x".repeat(64)]) {
      await refused(create(name), "invalid-name", /small letters/);
    }
    await refused(create("open-data"), "reserved-name", /built-in/);
    await refused(create("fine", ""), "invalid-text", /title is empty/);
    await refused(create("fine", "a\u001b[2Jb"), "invalid-text", /cannot be printed/);
    await refused(
      town.registry.createApplication({ tenant: "x" as TenantName, name: "a", title: "t", contact: "c" }),
      "unknown-tenant",
      /no tenant "x"/,
    );
    const names = (await town.registry.listApplications(autre)).map(({ name }) => name);
    expect(names).toEqual(["cantine-plus"]);
  });
});

describe("a draft", () => {
  const attempt = async (changes: Partial<AgreementDraft>) =>
    town.registry.draftAgreement(draft(changes), town.catalogue);

  it("resolves groups and whole types to coordinates, sorted and once", async () => {
    const name = await application();
    const { versions } = await attempt({ application: name, fields: ["@contact", "CarPark.*", "Resident.email"] });
    expect(versions[0]?.snapshot.fields).toEqual([
      "CarPark.code",
      "CarPark.places",
      "Resident.email",
      "Resident.phone",
    ]);
  });

  it("becomes the next version of the agreement of its application and purpose", async () => {
    const name = await application();
    const first = await attempt({ application: name });
    const second = await attempt({ application: name, fields: ["Resident.number"] });
    const other = await attempt({ application: name, purpose: "statistics" });
    expect(second.id).toBe(first.id);
    expect(second.versions.map(({ number, state }) => [number, state])).toEqual([
      [1, "draft"],
      [2, "draft"],
    ]);
    expect(other.id).not.toBe(first.id);
  });

  it("at once with another takes another number", async () => {
    const name = await application();
    await Promise.all([1, 2, 3, 4, 5].map(() => attempt({ application: name })));
    const { versions } = await town.registry.showAgreement(rivemont, `${name}/school-meals`);
    expect(versions.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });

  it("is refused with a sentence that says what to do", async () => {
    const cases: [Partial<AgreementDraft>, RegistryErrorCode, RegExp][] = [
      [{ basis: "consent" }, "note-required", /recital 43/],
      [
        { basis: "consent", fields: ["Resident.diet"] },
        "note-required",
        /recital 43[^]*art\. 9\(2\)[^]*impact assessment/,
      ],
      [{ basis: "consent", basisNote: "n", fields: ["CarPark.*"] }, "nobody-to-ask", /nobody could consent/],
      [{ asked: "each" }, "invalid-asked", /"whole" or "groups"/],
      [{ informationSociety: true }, "not-applicable", /art\. 8/],
      [{ basis: "contract", hidden: "CGI art. L81" }, "not-applicable", /art\. 23.* not contract/],
      [{ basis: "consent", basisNote: "n", hidden: "CGI art. L81" }, "not-applicable", /art\. 23/],
      [{ hidden: " " }, "invalid-text", /legal ground .* is empty/],
      [{ basis: "legitimate-interest" }, "invalid-basis", /art\. 6\(1\)/],
      [{ basis: "publc-task" }, "invalid-basis", /did you mean "public-task"/],
      [{ basis: "open" }, "not-open", /Resident\.familyName is not open/],
      [{ fields: ["Resident.emial"] }, "unknown-field", /did you mean "Resident\.email"/],
      [{ fields: ["Residnt.*"] }, "unknown-field", /did you mean "Resident\.\*"/],
      [{ fields: ["@contcat"] }, "unknown-field", /did you mean "@contact"/],
      [{ fields: ["Resident.id"] }, "unknown-field", /no "Resident\.id"/],
      [{ fields: [] }, "no-fields", /names no field/],
      [{ fields: ["Resident.diet"] }, "note-required", /art\. 9/],
      [{ fields: ["Resident.*"] }, "note-required", /Resident\.diet/],
      [{ purpose: "school-meal" }, "unknown-purpose", /did you mean "school-meals"/],
      [{ application: "nobody" }, "unknown-application", /Create it first/],
      [{ from: "2026-12-31", until: "2026-12-30" }, "invalid-date", /comes before/],
      [{ until: "2026-02-30" }, "invalid-date", /not a date/],
      [{ until: "31/12/2026" }, "invalid-date", /Write it as/],
      [{ volumePerDay: 0 }, "invalid-number", /at least 1/],
      [{ volumePerDay: 1.5 }, "invalid-number", /whole number/],
      [{ retention: "1 year" }, "invalid-duration", /P1Y/],
      [{ retention: "P" }, "invalid-duration", /ISO 8601/],
      [{ recipient: { name: "N", contact: "c", role: "owner", basis: "b" } }, "invalid-recipient", /controller/],
      [{ recipient: { name: " ", contact: "c", role: "controller", basis: "b" } }, "invalid-text", /name is empty/],
    ];
    for (const [changes, code, words] of cases) await refused(attempt(changes), code, words);
  });

  it("may rest on the basis open where all of it is open, and hold a special category with its note", async () => {
    const name = await application();
    const open = await attempt({ application: name, basis: "open", fields: ["CarPark.*"] });
    expect(open.versions[0]?.snapshot.basis).toBe("open");
    const noted = await attempt({
      application: name,
      fields: ["Resident.diet"],
      basisNote: "art. 9(2)(g), AIPD 2026-3",
    });
    expect(noted.versions[1]?.snapshot.basisNote).toBe("art. 9(2)(g), AIPD 2026-3");
  });
});

describe("a draft on consent", () => {
  it("says what people decide on at once, and a later version asks only for what is new", async () => {
    const name = await application();
    const consent = { application: name, basis: "consent", basisNote: "The service is extra, and free to refuse." };
    await approve(town, { ...consent, fields: ["Resident.number", "Resident.email", "CarPark.places"] });
    // A draft that nobody approved binds nothing.
    await town.registry.draftAgreement(draft({ ...consent, fields: ["Resident.phone"] }), town.catalogue);
    const { versions } = await town.registry.draftAgreement(
      draft({ ...consent, fields: ["Resident.number", "@contact"], informationSociety: true }),
      town.catalogue,
    );
    expect(versions.map(({ snapshot }) => snapshot.units)).toEqual([
      [
        { name: "@contact", fields: ["Resident.email"] },
        { name: "Resident", fields: ["Resident.number"] },
      ],
      [{ name: "@contact.2", fields: ["Resident.phone"] }],
      [
        { name: "@contact", fields: ["Resident.email"] },
        { name: "Resident", fields: ["Resident.number"] },
        { name: "@contact.2", fields: ["Resident.phone"] },
      ],
    ]);
    expect(versions.map(({ snapshot }) => snapshot.informationSociety)).toEqual([false, false, true]);
  });

  it("is not the only one that can be asked apart; one that a law hides says which", async () => {
    const name = await application();
    const { versions } = await town.registry.draftAgreement(
      draft({ application: name, asked: "groups", fields: ["@contact", "Resident.number"], hidden: " LPF art. L81 " }),
      town.catalogue,
    );
    expect(versions[0]?.snapshot).toMatchObject({
      units: [{ name: "@contact" }, { name: "Resident" }],
      hidden: "LPF art. L81",
    });
  });
});

describe("an approval", () => {
  it("is a listed DPO's, and not of who drafted", async () => {
    const name = await application();
    const { ref } = await town.registry.draftAgreement(
      draft({ application: name, draftedBy: secondDpo }),
      town.catalogue,
    );
    const by = (email: string) => town.registry.approveAgreement(rivemont, ref, { by: email });
    await refused(by(admin), "not-a-dpo", /role dpo in gateway\.yaml/);
    await refused(by("stranger@example.org"), "not-a-dpo", /not listed/);
    await refused(by(secondDpo.toUpperCase()), "own-draft", /another DPO/);
    const approved = await by(dpo.toUpperCase());
    expect(approved.approved).toMatchObject({ number: 1, decidedBy: dpo, draftedBy: secondDpo });
    expect(approved.standing).toEqual({ inForce: true });
    await refused(by(dpo), "not-a-draft", /No version .* waits/);
  });

  it("is of the newest draft, or of the one named; a rejected one stays rejected", async () => {
    const name = await application();
    for (let i = 0; i < 3; i += 1) await town.registry.draftAgreement(draft({ application: name }), town.catalogue);
    const ref = `${name}/school-meals`;
    const decide = (version?: number) => town.registry.approveAgreement(rivemont, ref, { by: dpo, version });
    await town.registry.rejectAgreement(rivemont, ref, { by: dpo, version: 1, note: "too wide" });
    await refused(decide(1), "not-a-draft", /was rejected by dpo@/);
    await refused(decide(7), "unknown-version", /no version 7; its newest is 3/);
    expect((await decide()).approved?.number).toBe(3);
    await refused(decide(2), "not-a-draft", /Version 3 .* newer than 2/);
  });

  it("cannot be changed afterwards, not even by the database's superuser's mistake", async () => {
    const ref = await approve(town, { application: await application() });
    const { id } = await town.registry.showAgreement(rivemont, ref);
    const { default: pg } = await import("pg");
    const superuser = new pg.Client({ connectionString: town.store.superuser });
    await superuser.connect();
    const attempts = [
      `UPDATE agreement_version SET snapshot = jsonb_set(snapshot, '{fields}', '["Resident.diet"]') WHERE agreement = '${id}'`,
      `UPDATE agreement_version SET state = 'draft', decided_by = NULL, decided_at = NULL WHERE agreement = '${id}'`,
      `DELETE FROM agreement_version WHERE agreement = '${id}'`,
    ];
    for (const statement of attempts) await expect(superuser.query(statement)).rejects.toThrow(/version/);
    const draftOnly = await town.registry.draftAgreement(draft({ application: await application() }), town.catalogue);
    await expect(
      superuser.query(`UPDATE agreement_version SET snapshot = '{}' WHERE agreement = '${draftOnly.id}'`),
    ).rejects.toThrow("a draft is replaced by the next version");
    await expect(
      superuser.query(
        `UPDATE agreement_version SET state = 'approved', decided_by = drafted_by, decided_at = now() WHERE agreement = '${draftOnly.id}'`,
      ),
    ).rejects.toThrow("approved_by_another");
    await superuser.end();
  });
});

describe("keys", () => {
  it("are at most two valid ones of an agreement, however many are asked for at once", async () => {
    const ref = await approve(town, { application: await application() });
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => town.registry.createKey(rivemont, ref, `key ${i}`)),
    );
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    for (const one of tries) {
      if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "too-many-keys" });
    }
    const [first] = await town.registry.listKeys(rivemont, ref);
    await town.registry.revokeKey(rivemont, first?.publicId ?? "");
    await town.registry.createKey(rivemont, ref, "changed");
    await refused(town.registry.createKey(rivemont, ref, "third"), "too-many-keys", /Revoke one of them first/);
    expect(await town.registry.listKeys(rivemont, ref)).toHaveLength(3);
  });

  it("are kept as a hash, and shown once", async () => {
    const ref = await approve(town, { application: await application() });
    const { key, publicId } = await town.registry.createKey(rivemont, ref, "only");
    const rows: unknown = await town.store.gateway.query("SELECT * FROM api_key WHERE public_id = $1", [publicId]);
    expect(JSON.stringify(rows)).not.toContain(key.slice(22));
    expect(JSON.stringify(await town.registry.listKeys(rivemont))).not.toContain(key.slice(22));
  });

  it("need an approved agreement, and end once and for all", async () => {
    const name = await application();
    const { ref } = await town.registry.draftAgreement(draft({ application: name }), town.catalogue);
    await refused(town.registry.createKey(rivemont, ref, "early"), "not-approved", /DPO must approve/);
    await town.registry.approveAgreement(rivemont, ref, { by: dpo });
    const { key, publicId } = await town.registry.createKey(rivemont, ref, "one");
    // Found somewhere it should not be: the whole key will do.
    expect(await town.registry.revokeKey(rivemont, key)).toMatchObject({ publicId, agreement: ref });
    await refused(town.registry.revokeKey(rivemont, publicId), "already-revoked", /was revoked at/);
    await refused(town.registry.revokeKey(autre, publicId), "unknown-key", /There is no key/);
    await expect(
      town.store.keeper.query("UPDATE api_key SET revoked_at = NULL WHERE public_id = $1", [publicId]),
    ).rejects.toThrow("a revoked key stays revoked");
  });
});

describe("every change", () => {
  it("bumps the revision together with what it changes, and only then", async () => {
    const name = await application();
    const ref = `${name}/school-meals`;
    const steps: (() => Promise<unknown>)[] = [
      () => town.registry.draftAgreement(draft({ application: name }), town.catalogue),
      () => town.registry.approveAgreement(rivemont, ref, { by: dpo }),
      () => town.registry.createKey(rivemont, ref, "a"),
      () => town.registry.suspendAgreement(rivemont, ref, "why"),
      () => town.registry.resumeAgreement(rivemont, ref),
      async () => town.registry.revokeKey(rivemont, (await town.registry.listKeys(rivemont, ref))[0]?.publicId ?? ""),
    ];
    for (const step of steps) {
      const before = await revision();
      await step();
      expect(await revision()).toBe(before + 1);
    }
    const before = await revision();
    await refused(town.registry.resumeAgreement(rivemont, ref), "not-suspended", /not suspended/);
    await refused(
      town.registry.suspendAgreement(rivemont, "app-x/school-meal", "why"),
      "unknown-agreement",
      /Did you mean/,
    );
    await town.registry.listAgreements(rivemont);
    expect(await revision()).toBe(before);
  });

  it("of one tenant is unknown to another", async () => {
    const ref = await approve(town, { application: await application() });
    await refused(town.registry.showAgreement(autre, ref), "unknown-agreement", /There is no agreement/);
    expect(await town.registry.listAgreements(autre)).toEqual([]);
  });
});

describe("the roles", () => {
  const denied = "permission denied";
  it("gateway reads who may ask, and makes no key, no agreement, no approval", async () => {
    const { gateway } = town.store;
    for (const table of ["application", "agreement", "agreement_version", "api_key", "secret_fingerprint"]) {
      await gateway.query(`SELECT * FROM ${table}`);
      await expect(gateway.query(`DELETE FROM ${table}`)).rejects.toThrow(denied);
      await expect(gateway.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow(denied);
      if (table !== "secret_fingerprint") {
        await expect(gateway.query(`INSERT INTO ${table} DEFAULT VALUES`)).rejects.toThrow(denied);
      }
    }
    await expect(gateway.query("UPDATE api_key SET revoked_at = NULL")).rejects.toThrow(denied);
    await expect(gateway.query("UPDATE agreement SET suspended_at = NULL")).rejects.toThrow(denied);
    await expect(gateway.query("UPDATE agreement_version SET state = 'approved'")).rejects.toThrow(denied);
    await expect(gateway.query("UPDATE secret_fingerprint SET fingerprint = 'x'")).rejects.toThrow(denied);
    await expect(gateway.query("DELETE FROM tenant_revision")).rejects.toThrow(denied);
    await expect(gateway.query("CREATE TABLE mine (a integer)")).rejects.toThrow(denied);
    await expect(gateway.query("DROP TABLE api_key")).rejects.toThrow("must be owner");
    await expect(gateway.query("ALTER TABLE agreement_version DISABLE TRIGGER ALL")).rejects.toThrow("must be owner");
  });

  it("keeper changes what a person decides, and neither what was signed nor a key's hash", async () => {
    const { keeper } = town.store;
    await expect(keeper.query("UPDATE agreement_version SET snapshot = '{}'")).rejects.toThrow(denied);
    await expect(keeper.query("UPDATE agreement SET application = 'x'")).rejects.toThrow(denied);
    await expect(keeper.query("UPDATE agreement SET secret = 2")).rejects.toThrow(denied);
    await expect(keeper.query("UPDATE api_key SET hash = ''")).rejects.toThrow(denied);
    await expect(keeper.query("UPDATE api_key SET agreement = gen_random_uuid()")).rejects.toThrow(denied);
    for (const table of ["application", "agreement", "agreement_version", "api_key", "secret_fingerprint"]) {
      await expect(keeper.query(`DELETE FROM ${table}`)).rejects.toThrow(denied);
    }
  });
});
