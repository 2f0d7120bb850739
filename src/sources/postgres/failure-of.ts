// What a statement that failed says of the service.
import pg from "pg";
import { type FailureBearing, type FailureReason, SourceFailure } from "../source.js";
import { HeldUp, ServerError, TooLarge, UnfitCell } from "./line-errors.js";

/** None was free in time. */
export class NoConnection extends Error {
  override readonly name = "NoConnection";
}

/** Law 11: of the service's error only its code goes on; its text may quote values. */
export function failureOf(source: string, error: unknown, ended: FailureReason | null): SourceFailure {
  const fail = (reason: FailureReason, detail: string, bearing: Partial<FailureBearing>) =>
    new SourceFailure(source, reason, detail, bearing);
  if (ended === "cancelled") return fail("cancelled", "the request has ended", {});
  // Beyond the statement's own time: the server did not even say that it gave up.
  if (ended === "timeout") {
    // That is said by the one whose turn it was: eight at once would shut the service for everybody.
    return fail("timeout", "no answer in time", { reach: error instanceof HeldUp ? "question" : "service" });
  }
  if (error instanceof UnfitCell) return fail("invalid-answer", error.message, {});
  if (error instanceof TooLarge) return fail("too-large", error.message, {});
  if (error instanceof NoConnection) return fail("timeout", "no connection in time", { reach: "service" });
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const refused = error instanceof pg.DatabaseError;
  if (refused || error instanceof ServerError) {
    const sqlState = refused ? (/^\w{5}$/.exec(code)?.[0] ?? "unknown") : error.sqlState;
    // The server works, this statement was too much for it: others must not suffer for who asks such things.
    if (sqlState === "57014") return fail("timeout", "SQLSTATE 57014", { reach: "question" });
    return fail("unavailable", `SQLSTATE ${sqlState}`, bearingOf(sqlState));
  }
  // pg's own words for a connection that took too long; they hold no value.
  if (error instanceof Error && /timeout/i.test(error.message))
    return fail("timeout", "no connection in time", { reach: "service" });
  return fail("unavailable", /^[A-Z_]{2,40}$/.exec(code)?.[0] ?? "connection failed", {
    reach: "service",
    outlook: "again",
  });
}

/** PostgreSQL documentation, appendix A: connections (08), resources (53), shutdown and start (57P) pass; refusals do not. */
function bearingOf(sqlState: string): FailureBearing {
  if (/^(08|53|57P)/.test(sqlState)) return { reach: "service", outlook: "again" };
  // A value that the column's own type cannot hold (22), a statement beyond the server's limits (54).
  if (/^(22|54)/.test(sqlState)) return { reach: "condition", outlook: "refused" };
  return { reach: /^(28|3D)/.test(sqlState) ? "service" : "dataset", outlook: "refused" };
}
