// The connector for PostgreSQL databases: one statement per call, read-only, everything parameterised.
import type { Row } from "../../terms/index.js";
import { forgetAfterUse } from "../forget-rows.js";
import type { Abilities, ByKeysRequest, FetchBounds, PageRequest, Source } from "../source.js";
import { SourceFailure } from "../source.js";
import { UnaskableValue } from "./condition.js";
import { Connections, type TextRow } from "./connection.js";
import type { ConnectionSettings } from "./connection-settings.js";
import { commonestQuery, quotedRelation, readRelation, type Relation, relationQuery } from "./relation.js";
import { byKeysStatement, countStatement, pageStatement, type Statement, WrongColumn } from "./statement.js";

const abilities: Abilities = {
  filter: new Set(["eq", "ne", "lt", "lte", "gt", "gte", "in", "startsWith", "isNull"]),
  order: true,
  count: true,
  backward: true,
  valuesIn: 10_000,
};

/** The statistics are a small table; whoever does not get them soon does without. */
const commonestMs = 5_000;

/** Connects at the first call. To be used through `checkedSource`. */
export function postgresSource(settings: ConnectionSettings): Source {
  return new PostgresSource(settings);
}

class PostgresSource implements Source {
  readonly kind = "postgres";
  readonly name: string;
  readonly abilities = abilities;
  readonly holds = new Set(["end", "cells"] as const);
  private readonly connections: Connections;
  private readonly relations = new Map<string, Relation>();

  constructor(settings: ConnectionSettings) {
    this.name = settings.name;
    this.connections = new Connections(settings);
  }

  page(request: PageRequest, bounds: FetchBounds): Promise<readonly Row[]> {
    const limit = Math.min(request.limit, bounds.maxRows + 1);
    return this.run(request, bounds, (relation) => pageStatement(relation, { ...request, limit }));
  }

  byKeys(request: ByKeysRequest, bounds: FetchBounds): Promise<readonly Row[]> {
    if (request.keys.length === 0) return Promise.resolve([]);
    const most = bounds.maxRows + 1;
    return this.run(request, bounds, (relation) => byKeysStatement(relation, request, most));
  }

  async count(request: Parameters<Source["count"]>[0], { signal }: FetchBounds): Promise<number> {
    const one = { signal, maxRows: 1 };
    const rows = await this.run(request, one, (relation) => countStatement(relation, request));
    const counted = rows[0]?.[0];
    if (typeof counted !== "number") throw new SourceFailure(this.name, "invalid-answer", "the count is not a number");
    return counted;
  }

  async describe(from: string, bounds: FetchBounds): Promise<ReadonlyMap<string, string> | null> {
    this.relations.delete(from);
    const relation = await this.relation(from, bounds);
    return relation === null ? null : new Map([...relation.values()].map((column) => [column.name, column.shown]));
  }

  close(): Promise<void> {
    return this.connections.close();
  }

  /** Learnt once; after a statement that the server refused it is learnt again, since the table may have changed. */
  private async relation(from: string, bounds: FetchBounds): Promise<Relation | null> {
    const known = this.relations.get(from);
    if (known !== undefined) return known;
    if (from.includes("\0") || from.split(".").includes("")) return null;
    const columns = await this.connections.texts(relationQuery, [quotedRelation(from)], bounds);
    if (columns.length === 0) return null;
    // Somebody else may have learnt it meanwhile.
    const learnt = this.relations.get(from);
    if (learnt !== undefined) return learnt;
    const relation = readRelation(columns);
    this.relations.set(from, relation);
    void this.learnCommonest(from, relation, columns);
    return relation;
  }

  /** What the statistics say of it, which a service need not show: nobody waits for it, and it fails in silence. */
  private async learnCommonest(from: string, known: Relation, columns: readonly TextRow[]): Promise<void> {
    try {
      const bounds = { signal: AbortSignal.timeout(commonestMs) };
      const commonest = await this.connections.texts(commonestQuery, [quotedRelation(from)], bounds);
      if (this.relations.get(from) === known) this.relations.set(from, readRelation(columns, commonest));
    } catch {
      // Then no list is known to be short.
    }
  }

  private async run(
    { from, cells = null }: Pick<PageRequest, "from" | "cells">,
    bounds: FetchBounds,
    write: (relation: Relation) => Statement,
  ): Promise<readonly Row[]> {
    try {
      const statement = this.written(from, bounds, write);
      const rows = await this.connections.run(
        statement instanceof Promise ? await statement : statement,
        bounds,
        cells,
      );
      if (rows.length <= bounds.maxRows) return forgetAfterUse(rows, bounds);
    } catch (error) {
      if (error instanceof SourceFailure && error.reason === "unavailable") this.relations.delete(from);
      if (error instanceof UnaskableValue) throw new SourceFailure(this.name, "invalid-request", error.message);
      if (error instanceof WrongColumn) throw new SourceFailure(this.name, "unavailable", error.message);
      throw error;
    }
    throw new SourceFailure(this.name, "too-large", `more than ${bounds.maxRows} rows`);
  }

  /**
   * At once where the relation is known. A column that is not as we learnt it may be new: the catalog is read once more
   * before it is called missing.
   */
  private written(
    from: string,
    bounds: FetchBounds,
    write: (relation: Relation) => Statement,
  ): Statement | Promise<Statement> {
    const known = this.relations.get(from);
    if (known !== undefined) {
      try {
        return write(known);
      } catch (error) {
        if (!(error instanceof WrongColumn)) throw error;
        this.relations.delete(from);
      }
    }
    return this.existing(from, bounds).then(write);
  }

  private async existing(from: string, bounds: FetchBounds): Promise<Relation> {
    const relation = await this.relation(from, bounds);
    if (relation === null) throw new SourceFailure(this.name, "unavailable", `${from} does not exist`);
    return relation;
  }
}
