// One town and one gateway to measure, and the load for it.
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import type { Endpoint, Prepared } from "../answers.js";
import type { LoadJob } from "../load.js";
import type { Side } from "../measure.js";
import { startLoad, startPasserelle, type Load } from "../processes.js";
import type { Started } from "../started.js";
import { openBenchTown, type BenchTown } from "../town.js";

export interface Stand {
  readonly town: BenchTown;
  readonly gateway: Side;
  /** Where the gateway tells its metrics. */
  readonly metricsUrl: string;
}

export interface Measuring extends Stand {
  readonly load: Load;
  readonly connections: number;
  /** Of one load on one query. */
  readonly seconds: number;
  readonly report: (line: string) => void;
}

export interface StandOptions {
  readonly rules: number;
  readonly connections: number;
  readonly report: (line: string) => void;
}

export async function openStand(started: Started, options: StandOptions): Promise<Stand> {
  const town = await started.add(await openBenchTown(options), (opened) => opened.close());
  return { town, ...(await openGateway(started, town, {})) };
}

/** @param addresses in place of those that the town's environment holds */
export async function openGateway(
  started: Started,
  { folder, env, key }: BenchTown,
  addresses: NodeJS.ProcessEnv,
): Promise<Omit<Stand, "town">> {
  const port = await freePort();
  const given = { ...env, ...addresses, PASSERELLE_OPERATIONS_PORT: String(port) };
  const server = await started.add(await startPasserelle({ cwd: folder, env: given }), (running) => running.stop());
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
  return {
    gateway: { server, headers, url: `${server.address}/graphql` },
    metricsUrl: `http://127.0.0.1:${port}/metrics`,
  };
}

export const openLoad = (started: Started, { folder, env }: BenchTown): Promise<Load> =>
  started.add(startLoad({ cwd: folder, env }), (running) => running.stop());

export const jobOf = (
  { url, headers }: Endpoint,
  requests: readonly Prepared[],
  connections: number,
  milliseconds: number,
): LoadJob => ({
  ...{ url, headers, connections, milliseconds },
  requests: requests.map(({ body, bytes }) => ({ body, bytes })),
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
