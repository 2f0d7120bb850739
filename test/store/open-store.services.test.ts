import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openStore, readRevision, startEmbedded } from "../../src/store/index.js";
import type { DataSource, StoreOptions } from "../../src/store/index.js";
import type { TenantName } from "../../src/terms/index.js";
import { createTestDatabase, createTestStore, type TestDatabase } from "../support/database.js";

const tenant = "rivemont" as TenantName;
const quiet = { entities: [], report: () => undefined } satisfies Partial<StoreOptions>;
const actor = async (dataSource: DataSource): Promise<string | undefined> => {
  const rows: { name: string }[] = await dataSource.query("SELECT current_user AS name");
  return rows[0]?.name;
};

async function asSuperuser(url: string, statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

describe("a store on a server", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it("acts as gateway and keeper where one address serves for all", async () => {
    const store = await createTestStore();
    expect(await actor(store.gateway)).toBe("passerelle_gateway");
    expect(await actor(store.keeper)).toBe("passerelle_keeper");
    // Other rooms connect with these addresses themselves.
    const client = new pg.Client({ connectionString: store.addresses.gateway });
    await client.connect();
    const { rows } = await client.query<{ name: string }>("SELECT current_user AS name");
    expect(rows).toEqual([{ name: "passerelle_gateway" }]);
    await client.end();
    await store.close();
  });

  it("is brought up to date once by nodes that start together", async () => {
    const { url } = database;
    const location = { kind: "server", owner: url, gateway: url, keeper: url } as const;
    const stores = await Promise.all([1, 2, 3].map(() => openStore({ location, ...quiet })));
    for (const store of stores) await store.close();
    const again = await openStore({ location, ...quiet });
    expect(await readRevision(again.gateway, tenant)).toBeNull();
    await again.close();
  });

  it("grants roles to separate logins, or says what to run", async () => {
    const separate = await createTestDatabase();
    const { url } = separate;
    const suffix = new URL(url).pathname.slice(6);
    const login = (name: string): string => {
      const address = new URL(url);
      [address.username, address.password] = [name, "secret"];
      return address.href;
    };
    const names = ["own", "gate", "keep"].map((name) => `${name}_${suffix}`);
    await asSuperuser(url, [
      ...names.map((name) => `CREATE ROLE ${name} LOGIN PASSWORD 'secret'`),
      `ALTER DATABASE ${new URL(url).pathname.slice(1)} OWNER TO ${names[0]}`,
    ]);
    const [owner, gateway, keeper] = names.map(login) as [string, string, string];
    const location = { kind: "server", owner, gateway, keeper } as const;
    // Another database of this server has made the roles already; this owner may neither make nor grant them.
    await (await createTestStore()).close();
    const absent = { ...location, keeper: login("nobody_here") };
    const refused = async (where: StoreOptions["location"]): Promise<string> =>
      String(await openStore({ location: where, ...quiet }).catch((error: unknown) => error));
    expect(await refused(location)).toMatch(
      new RegExp(
        `rights that Passerelle needs and "${names[0]}" may not give\\. Run there as an administrator:\n` +
          `  GRANT passerelle_gateway TO "${names[1]}";\n  GRANT passerelle_keeper TO "${names[2]}";$`,
      ),
    );
    expect(await refused(absent)).toMatch(
      /:\n {2}CREATE ROLE "nobody_here" LOGIN PASSWORD '…';\n {2}GRANT passerelle_gateway TO .*\n {2}GRANT passerelle_keeper TO "nobody_here";$/,
    );
    // One login for all: it must be a member to change to them.
    expect(await refused({ ...location, gateway: owner, keeper: owner })).toContain(
      `  GRANT passerelle_gateway TO "${names[0]}";\n  GRANT passerelle_keeper TO "${names[0]}";`,
    );
    await asSuperuser(url, [`GRANT passerelle_gateway TO ${names[1]}`, `GRANT passerelle_keeper TO ${names[2]}`]);
    const store = await openStore({ location, ...quiet });
    expect(await actor(store.gateway)).toBe(names[1]);
    await expect(store.gateway.query("DELETE FROM tenant_revision")).rejects.toThrow("permission denied");
    await store.close();
    await separate.drop();
    await asSuperuser(
      (await createTestDatabase()).url,
      names.map((name) => `DROP ROLE ${name}`),
    );
  });

  it("says all that an administrator must run on a server that knows nothing of us, once, and nothing besides", async () => {
    const dir = mkdtempSync(join(tmpdir(), "passerelle-roles-"));
    // A server of its own: roles are the server's, and the tests' has them.
    const server = await startEmbedded({ dir, durable: false });
    const written = ["log", "error", "warn"] as const;
    const spies = written.map((name) => vi.spyOn(console, name).mockImplementation(() => undefined));
    try {
      await asSuperuser(server.url, ["CREATE ROLE p_owner LOGIN PASSWORD 'x'", "CREATE DATABASE town OWNER p_owner"]);
      const login = (name: string): string => {
        const address = new URL(server.url);
        [address.username, address.password, address.pathname] = [name, "x", "/town"];
        return address.href;
      };
      const [owner, gateway, keeper] = [login("p_owner"), login("p_gateway"), login("p_staff")];
      const location = { kind: "server", owner, gateway, keeper } as const;
      const error: unknown = await openStore({ location, ...quiet }).catch((caught: unknown) => caught);
      const [, ...statements] = (error as Error).message.split("\n");
      expect(statements.map((line) => line.trim())).toEqual([
        "CREATE ROLE passerelle_gateway NOLOGIN;",
        `CREATE ROLE "p_gateway" LOGIN PASSWORD '…';`,
        "CREATE ROLE passerelle_keeper NOLOGIN;",
        `CREATE ROLE "p_staff" LOGIN PASSWORD '…';`,
        'GRANT passerelle_gateway TO "p_gateway";',
        'GRANT passerelle_keeper TO "p_staff";',
      ]);
      for (const spy of spies) expect(spy).not.toHaveBeenCalled();
      await asSuperuser(
        server.url,
        statements.map((line) => line.replace("…", "x")),
      );
      await (await openStore({ location, ...quiet })).close();
    } finally {
      for (const spy of spies) spy.mockRestore();
      await server.stop();
      rmSync(server.dir, { recursive: true, force: true });
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it("says in words what is wrong, without the password", async () => {
    const { url } = database;
    const broken = (change: (address: URL) => void): Promise<unknown> => {
      const address = new URL(url);
      change(address);
      const { href } = address;
      return openStore({ location: { kind: "server", owner: href, gateway: href, keeper: href }, ...quiet }).catch(
        (error: unknown) => error,
      );
    };
    const wrongLogin = await broken((address) => (address.password = "not-the-password"));
    expect(String(wrongLogin)).toMatch(/refuses the login of "passerelle"/);
    expect(String(await broken((address) => (address.pathname = "/nowhere")))).toMatch(/has no database "nowhere"/);
    const dead = await broken((address) => (address.port = "1"));
    expect(String(dead)).toMatch(/PostgreSQL does not answer at 127\.0\.0\.1:1 \(ECONNREFUSED\)/);
    for (const error of [wrongLogin, dead]) expect(String(error)).not.toContain(new URL(url).password);
  });
});

describe("a database that fails", () => {
  it("is noticed in time and healed by itself when it says nothing", async () => {
    const store = await createTestStore();
    // A network path that goes dead: bytes are taken and nothing comes back, until `open` is true again.
    let open = true;
    const target = new URL(store.addresses.gateway);
    const net = await import("node:net");
    const sockets = new Set<{ destroy(): void }>();
    const relay = createServer((incoming) => {
      const outgoing = net.connect(Number(target.port), target.hostname);
      for (const socket of [incoming, outgoing]) sockets.add(socket.on("error", () => undefined));
      incoming.on("data", (bytes) => open && outgoing.write(bytes));
      outgoing.on("data", (bytes) => open && incoming.write(bytes));
      incoming.on("close", () => outgoing.destroy());
    });
    await new Promise<void>((done) => relay.listen(0, "127.0.0.1", done));
    const address = new URL(store.superuser);
    address.port = String((relay.address() as AddressInfo).port);
    const { href } = address;
    const behind = await openStore({
      location: { kind: "server", owner: href, gateway: href, keeper: href },
      ...quiet,
    });

    expect(await readRevision(behind.gateway, tenant)).toBeNull();
    open = false;
    await expect(readRevision(behind.gateway, tenant)).rejects.toThrow();
    open = true;
    expect(await readRevision(behind.gateway, tenant)).toBeNull();

    await behind.close();
    for (const socket of sockets) socket.destroy();
    relay.close();
    await store.close();
  });
});

describe("a store on the embedded server", () => {
  it("has three logins of least privilege, their passwords readable by their owner only", async () => {
    const dir = mkdtempSync(join(tmpdir(), "passerelle-store-"));
    chmodSync(dir, 0o755);
    const store = await openStore({ location: { kind: "embedded", dir, durable: false }, ...quiet });
    // The command line opens the same store while the gateway runs.
    const second = await openStore({ location: { kind: "embedded", dir, durable: false }, ...quiet });
    expect(second.addresses).toEqual(store.addresses);
    await second.close();

    expect(await actor(store.gateway)).toBe("passerelle_gateway");
    expect(await actor(store.keeper)).toBe("passerelle_keeper");
    await expect(store.gateway.query("SET ROLE passerelle_owner")).rejects.toThrow("permission denied");
    expect(statSync(join(dir, "roles.json")).mode & 0o777).toBe(0o600);
    expect(statSync(join(dir, "password")).mode & 0o777).toBe(0o600);
    await store.close();

    const again = await openStore({ location: { kind: "embedded", dir, durable: false }, ...quiet });
    expect(await actor(again.gateway)).toBe("passerelle_gateway");
    // Nothing an operator's log should not hold: statements that fail may carry a person's values.
    await expect(again.keeper.query("SELECT 'Dupont'::integer")).rejects.toThrow();
    expect(readFileSync(join(dir, "server.log"), "utf8")).not.toContain("Dupont");
    await again.close();
    const server = await startEmbedded({ dir, durable: false });
    expect(server.started).toBe(true);
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });
});
