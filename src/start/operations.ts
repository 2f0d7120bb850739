// Opens the operator's port. That it cannot be opened never keeps the gateway from serving: what is lost is a look at it.
import { leaveNote, type Town } from "../cli/index.js";
import type { GatewayServices } from "../gateway/index.js";
import { createOperations, type Health, type Operations, type OperationsOptions, type WebEvent } from "../web/index.js";
import type { GatewayWatch } from "./gateway-watch.js";

export interface OpenOperations {
  readonly town: Town;
  readonly watch: GatewayWatch;
  readonly services: GatewayServices;
  /** Where applications ask; empty until the gateway listens there. */
  readonly address: () => string;
  readonly health: () => Promise<Health>;
  readonly report: (line: string) => void;
  readonly reportEvent: (event: WebEvent) => void;
}

/** @returns its address, and how it is closed. */
export async function openOperations(options: OpenOperations): Promise<Operations> {
  const { town, watch, services, address, health, report, reportEvent } = options;
  const opened = await listen(
    town.settings.operations,
    {
      status: () => watch.status(services, address()),
      metrics: watch.metrics,
      health,
      report: reportEvent,
    },
    report,
  );
  const takeAway = await note(town.settings.folder, opened.address);
  const close = async (): Promise<void> => {
    takeAway();
    await opened.close();
  };
  return { address: opened.address, close };
}

/**
 * The port may be another gateway's, as when two towns are tried on one machine. Then a free one is taken, on this
 * machine's own address whatever the file says: a port that nobody has planned for is not opened to a network.
 */
async function listen(
  wanted: { readonly host: string; readonly port: number },
  options: Omit<OperationsOptions, "host" | "port">,
  report: (line: string) => void,
): Promise<Operations> {
  try {
    const opened = await createOperations({ ...options, ...wanted });
    report(`operations: ${opened.address}/metrics; npx passerelle status shows how it goes`);
    return opened;
  } catch (error) {
    const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown";
    const opened = await createOperations({ ...options, host: "127.0.0.1", port: 0 });
    const why = code === "EADDRINUSE" ? "is taken, perhaps by another gateway" : `cannot be listened on (${code})`;
    report(
      `operations: ${wanted.host}:${String(wanted.port)} ${why}: metrics and status are at ${opened.address} until the ` +
        "next start. Another port: operations: { port: … } in gateway.yaml, or PASSERELLE_OPERATIONS_PORT",
    );
    return opened;
  }
}

/** In a folder that cannot be written the command still finds the gateway by its port. */
async function note(folder: string, address: string): Promise<() => void> {
  try {
    return await leaveNote(folder, { address, pid: process.pid });
  } catch {
    return () => undefined;
  }
}
