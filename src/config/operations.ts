// The operator's own port, and how much room our own database has.
import * as z from "zod";
import { count, text } from "./shapes.js";

export interface OperationsSettings {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Null: nobody has said how much the database may take. */
  readonly maxDatabaseBytes: number | null;
}

export const operations = z.strictObject({
  host: text("Address of the operator's own port. Default: 127.0.0.1, this machine alone.").default("127.0.0.1"),
  port: count("The operator's own port: /metrics, /status, /health; 0 takes a free one.", 9464, 65_535, 0),
  maxDatabaseBytes: z
    .int()
    .min(1_000_000)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe("Bytes that our own database may take on its server; from 80 % of it on, status and alerts tell."),
});

export const operationsSettings = (
  file: z.output<typeof operations>,
  environment: { readonly operationsHost: string | null; readonly operationsPort: number | null },
): OperationsSettings => ({
  host: environment.operationsHost ?? file.host,
  port: environment.operationsPort ?? file.port,
  maxDatabaseBytes: file.maxDatabaseBytes ?? null,
});
