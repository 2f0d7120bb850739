// The console's server side on real parts for tests: store, log, sessions and links. Of the towns only names are given.
import { openAccessLog, signerKey, type AccessLog } from "../../../src/accesslog/index.js";
import { createRate } from "../../../src/gateway/index.js";
import { StaffLinks, RecordWatch, type GovernanceServices, type StaffMember } from "../../../src/governance/index.js";
import { subjectTokensWith } from "../../../src/identity/index.js";
import { DerivedKeys } from "../../../src/identity/derived-keys.js";
import type { TenantName } from "../../../src/terms/index.js";
import { createWeb, type StaffServices, type Web } from "../../../src/web/index.js";
import { createTestStore } from "../../support/database.js";
import { testSecrets } from "../../support/test-gateway.js";

export const [rivemont, valmont] = ["rivemont", "valmont"] as TenantName[] as [TenantName, TenantName];
const logKey = signerKey("passerelle/test", Buffer.alloc(32, 7));

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are read as the JSON they are
  readonly json: any;
}

export interface StaffDesk {
  readonly store: Awaited<ReturnType<typeof createTestStore>>;
  readonly log: AccessLog;
  readonly links: StaffLinks;
  readonly watch: RecordWatch;
  readonly people: Map<TenantName, StaffMember[]>;
  readonly web: Web;
  /** Milliseconds that have passed. */
  pass(milliseconds: number): void;
  /** In place of appending: to break the log. */
  broken: boolean;
  send(path: string, init?: { method?: string; headers?: Record<string, string>; body?: string }): Promise<Reply>;
  /** As the console's page sends it. */
  post(path: string, body: unknown, cookie?: string, headers?: Record<string, string>): Promise<Reply>;
  ask(cookie: string, query: string): Promise<Reply>;
  /** The session's cookie of somebody who came by a link. */
  enter(email: string): Promise<string>;
  /** Staff's entries in a town, the newest first: what, by whom, and how it ended. */
  staffEntries(tenant: TenantName): Promise<string[]>;
  close(): Promise<void>;
}

export const fromPage = { "x-passerelle-console": "1", "sec-fetch-site": "same-origin" };
export const cookieOf = ({ headers }: Reply): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0] ?? "")
    .find((cookie) => cookie.startsWith("passerelle_staff=")) ?? "";

export async function createStaffDesk(more: Partial<StaffServices> = {}): Promise<StaffDesk> {
  const store = await createTestStore();
  const log = await openAccessLog({
    connectionString: store.addresses.gateway,
    report: () => undefined,
    signer: () => ({ origin: logKey.name, key: logKey }),
    ...{ indexEveryMs: 0, countEveryMs: 0, signEveryMs: 0 },
  });
  let passed = 0;
  const now = (): Date => new Date(Date.now() + passed);
  const people = new Map<TenantName, StaffMember[]>([
    [
      rivemont,
      [
        { name: "Camille Aubry", email: "dpo@rivemont.example", roles: ["dpo"] },
        { name: "Lucien Ferrand", email: "admin@rivemont.example", roles: ["admin"] },
        { name: "Dana", email: "cdo@both.example", roles: ["cdo"] },
        { name: "Sam", email: "steward@rivemont.example", roles: ["steward"] },
      ],
    ],
    [valmont, [{ name: "Dana", email: "cdo@both.example", roles: ["cdo"] }]],
  ]);
  const links = new StaffLinks(store.gateway, now);
  const watch = new RecordWatch({
    ...{ log, now, tenants: [rivemont, valmont], everyMs: 0, report: () => undefined },
    logKeys: () => [logKey],
  });
  const desk = { broken: false };
  const governance: GovernanceServices = {
    towns: new Map(
      [rivemont, valmont].map((name) => [
        name,
        {
          ...{ name, displayName: `Ville de ${name}`, contact: `contact@${name}.example`, timeZone: "Europe/Paris" },
          ...{ purposes: new Map(), people: [], retention: { accessLogMonths: 12 } },
        },
      ]),
    ),
    people: () => Promise.resolve(people),
    log: {
      ...log,
      append: (draft) => {
        if (desk.broken) return log.append({ ...draft, id: "not a uuid" });
        return log.append(draft);
      },
    },
    logKeys: () => [logKey],
    agreements: () => Promise.resolve([]),
    applications: () => Promise.resolve([]),
    inForce: () => Promise.resolve(null),
    version: () => Promise.resolve(null),
    evidenceKeys: () => [],
    decisions: () => Promise.resolve([]),
    finder: {
      registers: () => Promise.resolve([]),
      find: (_tenant, register) =>
        Promise.resolve(
          register === "resident"
            ? { people: [{ key: 12, label: "Khadija Ferreira, 1976-03-29" }], more: false }
            : { fault: "no-register" },
        ),
    },
    watch,
    tokens: subjectTokensWith(new DerivedKeys(testSecrets)),
    retention: () => ({ town: "T", contact: "c@t.example", months: 12, reason: null, consentProofYears: 5 }),
    sources: () => new Set(),
    policyTests: () => Promise.resolve(new Map()),
    now,
  };
  const web = await createWeb({
    ...{ host: "127.0.0.1", port: 0, tenants: [rivemont, valmont], bodyBytes: 100_000 },
    answer: () => Promise.reject(new Error("no application asks here")),
    health: () => ({ ready: true }),
    report: () => undefined,
    staff: {
      ...{ governance, dataSource: store.gateway, provider: null, links, publicOrigin: null },
      consoleFolder: "no-such-folder",
      signInRate: createRate({ perMinute: 1_000 }),
      rate: createRate({ perMinute: 1_000 }),
      pendingSecret: () => Buffer.alloc(32, 9),
      ...{ now, report: () => undefined },
      ...more,
    },
  });
  const send: StaffDesk["send"] = async (path, init = {}) => {
    const response = await fetch(new URL(path, web.address), { redirect: "manual", ...init });
    const text = await response.text();
    let json: unknown = null;
    try {
      json = JSON.parse(text);
    } catch {
      // Not all that is sent is JSON.
    }
    return { status: response.status, text, headers: response.headers, json };
  };
  const post: StaffDesk["post"] = (path, body, cookie, headers = fromPage) =>
    send(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers, ...(cookie === undefined ? {} : { cookie }) },
      body: JSON.stringify(body),
    });
  return Object.assign(desk, {
    ...{ store, log, links, watch, people, web, send, post },
    pass: (milliseconds: number) => void (passed += milliseconds),
    ask: (cookie: string, query: string) => post("/governance/graphql", { query }, cookie),
    enter: async (email: string) => cookieOf(await post("/governance/link", { token: await links.make(email) })),
    staffEntries: async (tenant: TenantName) => {
      const { entries } = await log.search(tenant, { limit: 100, outcome: "staff" });
      return entries.map(({ body, personal }) =>
        [
          body.staff?.command ?? "",
          ...Object.entries(body.staff?.filters ?? {}).map(([name, value]) => `${name}=${value}`),
          `by ${personal?.staff ?? "?"}`,
          ...body.errors,
        ].join(" "),
      );
    },
    close: async () => {
      await web.close();
      await watch.close();
      await log.close();
      await store.close();
    },
  });
}
