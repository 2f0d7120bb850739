// Law 6: a change counts at the next request, on every node. A request is decided under what was seen last, and what is
// current is read by its entry's own statement. What is changed here is changed in the store alone, as another node does it:
// this node is told nothing.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { AskedAgreement, ConsentReader } from "../../src/consent/index.js";
import { bumpConsentRevision, bumpRevision } from "../../src/store/index.js";
import type { Caller } from "../../src/identity/index.js";
import type { Source } from "../../src/sources/index.js";
import { createTestGateway, tenant, testCaller, type Reply, type TestGateway } from "../support/test-gateway.js";
import { Consents } from "../support/consents.js";
import { smallRules, smallTown } from "./small-town.js";

let gateway: TestGateway;
/** What happens while a source has a request's rows and has not handed them over. */
let during: (() => Promise<void>) | null = null;
/** What people have decided, by its revision: a request gets what was so at the one that it goes by, and nothing newer. */
const decided = new Map<number, Consents>();

const agreement = { application: "advice", purpose: "help", fields: ["Person.number", "Person.name"] };
const units = [{ name: "*", fields: agreement.fields }];
const query = "{ people(first: 2) { nodes { number name } } }";
const scoreless = smallRules.replace("p, all, everything, Person.name, all, -, allow\n", "");

beforeAll(async () => {
  gateway = await createTestGateway({
    ...smallTown,
    agreements: {
      ...smallTown.agreements,
      consenting: { ...agreement, basis: "consent", units },
      unasked: { ...agreement, basis: "contract" },
    },
    around: held,
  });
  Object.assign(gateway.services, {
    consent: {
      people: (asked: AskedAgreement, at: number) => decidedAt(at).people(asked),
      peopleNow: () => undefined,
    } satisfies ConsentReader,
  });
  await consent([1, 2]);
});
afterAll(() => gateway.close());
beforeEach(() => {
  during = null;
});

function held(source: Source): Source {
  const holding = async <T>(rows: Promise<T>): Promise<T> => {
    const found = await rows;
    const change = during;
    during = null;
    await change?.();
    return found;
  };
  return {
    ...source,
    name: source.name,
    kind: source.kind,
    abilities: source.abilities,
    page: (request, bounds) => holding(source.page(request, bounds)),
    byKeys: (request, bounds) => holding(source.byKeys(request, bounds)),
    count: (request, bounds) => source.count(request, bounds),
    describe: (from, bounds) => source.describe(from, bounds),
    close: () => source.close(),
  };
}

const codes = (reply: Reply): unknown[] => (reply.body.errors ?? []).map(({ extensions }) => extensions["code"]);
const bump = (): Promise<unknown> => gateway.store.keeper.transaction((manager) => bumpRevision(manager, tenant));
const bumpConsents = (): Promise<number> =>
  gateway.store.keeper.transaction((manager) => bumpConsentRevision(manager, tenant));

const decidedAt = (revision: number): Consents =>
  [...decided].findLast(([at]) => at <= revision)?.[1] ?? new Consents();

async function consent(people: readonly number[]): Promise<void> {
  const made = new Consents();
  made.decide(gateway.agreementOf("consenting"), "resident", people);
  decided.set(await bumpConsents(), made);
}

function callerNamed(key: string): Caller {
  const caller = gateway.callers.get(key);
  if (caller === undefined) throw new Error(`no ${key}`);
  return caller;
}

interface Change {
  readonly what: string;
  readonly key: string;
  make(): Promise<unknown>;
  undo(): Promise<unknown>;
  /** What an answer is that was decided after it. */
  after(reply: Reply): void;
}

const names = ["Aline", "Bruno"];

const changes: readonly Change[] = [
  {
    what: "a rule that is taken away",
    key: "all",
    make: () => gateway.apply(scoreless),
    undo: () => gateway.apply(smallRules),
    after: (reply) => {
      expect(codes(reply)).toEqual(["FIELD_NOT_SHARED"]);
      expect(reply.body.data).toEqual({
        people: {
          nodes: [
            { number: 1, name: null },
            { number: 2, name: null },
          ],
        },
      });
    },
  },
  {
    what: "a key that is revoked",
    key: "all",
    make: () => {
      gateway.callers.delete("all");
      return bump();
    },
    undo: () => {
      gateway.callers.set("all", testCaller("all", smallTown.agreements["all"] ?? agreement));
      return bump();
    },
    after: (reply) => expect([reply.status, ...codes(reply)]).toEqual([401, "NOT_AUTHENTICATED"]),
  },
  {
    what: "an agreement that is suspended",
    key: "all",
    make: () => {
      const standing = { inForce: false, why: "suspended", date: "2026-11-23" } as const;
      gateway.callers.set("all", { ...callerNamed("all"), standing });
      return bump();
    },
    undo: () => {
      gateway.callers.set("all", { ...callerNamed("all"), standing: { inForce: true } });
      return bump();
    },
    after: (reply) => expect([reply.status, ...codes(reply)]).toEqual([403, "AGREEMENT_NOT_IN_FORCE"]),
  },
  {
    what: "a consent that is withdrawn",
    key: "consenting",
    make: () => consent([1]),
    undo: () => consent([1, 2]),
    after: (reply) => expect(reply.body.data).toEqual({ people: { nodes: [{ number: 1, name: "Aline" }] } }),
  },
];

describe.each(changes)("$what", ({ key, make, undo, after }) => {
  const before = (reply: Reply): void => {
    for (const name of names) expect(reply.text).toContain(name);
  };

  it.each(["just before a request", "while its rows are fetched"])("counts, made %s", async (when) => {
    const reads = vi.spyOn(gateway.services.versions.options, "revision");
    try {
      // What was seen last is seen by this very request's entry.
      before(await gateway.ask(key, query));
      before(await gateway.ask(key, query));
      reads.mockClear();
      const seen = gateway.services.versions.lastSeen(tenant);
      if (when.startsWith("just")) await make();
      else during = async () => void (await make());
      const reply = await gateway.ask(key, query);
      expect(during).toBeNull();
      after(reply);
      // Where it is not said that the pause was long, nothing was read before.
      if (seen !== null && !when.startsWith("just")) expect(reads).not.toHaveBeenCalled();
    } finally {
      reads.mockRestore();
      await undo();
    }
    before(await gateway.ask(key, query));
  });

  it("leaves an entry of what did not leave, and one of what did, which the answer names", async () => {
    before(await gateway.ask(key, query));
    during = async () => void (await make());
    const { entries: earlier } = await gateway.log.search(tenant, { limit: 1 });
    const reply = await gateway.ask(key, query);
    const { entries } = await gateway.log.search(tenant, { limit: 10 });
    const since = entries.filter(({ index }) => index > (earlier[0]?.index ?? -1));
    const named = reply.headers["passerelle-access"];
    expect(since).toHaveLength(named === undefined ? 1 : 2);
    expect(since[0]?.body.id === named).toBe(named !== undefined);
    await undo();
  });
});

describe("what was seen last", () => {
  it("is compared only as far as it decided: other people's decisions make nobody wait who is asked about none", async () => {
    await gateway.ask("unasked", query);
    during = async () => void (await bumpConsents());
    const before = (await gateway.entry()).index;
    expect((await gateway.ask("unasked", query)).status).toBe(200);
    expect((await gateway.entry()).index).toBe(before + 1);
  });

  it("refuses nobody by itself: a key made just now is known at once, and one that is bad by a read", async () => {
    await gateway.ask("all", query);
    gateway.callers.set("new", testCaller("new", smallTown.agreements["all"] ?? agreement));
    expect((await gateway.ask("new", query)).status).toBe(200);
    const reads = vi.spyOn(gateway.services.versions.options, "revision");
    const looked = vi.spyOn(gateway.services.identity, "authenticate");
    await gateway.ask("all", query);
    looked.mockClear();
    reads.mockClear();
    const seen = gateway.services.versions.lastSeen(tenant);
    expect((await gateway.ask("made up", query)).status).toBe(401);
    expect(reads).toHaveBeenCalledTimes(1);
    // Nothing has moved: what was looked up before the read stands.
    if (seen !== null) expect(looked).toHaveBeenCalledTimes(1);
    // Where something has, it is looked up anew.
    await bump();
    looked.mockClear();
    const before = gateway.services.versions.lastSeen(tenant);
    expect((await gateway.ask("made up", query)).status).toBe(401);
    expect(looked).toHaveBeenCalledTimes(before === null ? 1 : 2);
    looked.mockRestore();
    reads.mockRestore();
  });

  it("is nothing any more once the log has failed", async () => {
    await gateway.ask("all", query);
    const append = vi.spyOn(gateway.services.log, "append").mockRejectedValueOnce(new Error("down"));
    expect((await gateway.ask("all", query)).status).toBe(503);
    append.mockRestore();
    expect(gateway.services.versions.lastSeen(tenant)).toBeNull();
    const reads = vi.spyOn(gateway.services.versions.options, "revision");
    expect((await gateway.ask("all", query)).status).toBe(200);
    expect(reads).toHaveBeenCalledTimes(1);
    reads.mockRestore();
  });

  it("gives way three times at most; what leaves then was decided after the request arrived", async () => {
    await gateway.ask("all", query);
    const before = (await gateway.entry()).index;
    const always = async (): Promise<void> => {
      await bump();
      during = always;
    };
    during = always;
    expect((await gateway.ask("all", query)).status).toBe(200);
    during = null;
    expect((await gateway.entry()).index).toBe(before + 4);
  });
});
