// The connector for PostgreSQL databases: one statement per call, read-only, everything parameterised.
import type { Row } from "../../terms/index.js";
import { forgetAfterUse } from "../forget-rows.js";
import type { Abilities, ByKeysRequest, FetchBounds, PageRequest, Source } from "../source.js";
import { SourceFailure } from "../source.js";
import { UnaskableValue } from "./condition.js";
import { Connections } from "./connection.js";
import type { ConnectionSettings } from "./connection-settings.js";
import type { Relation } from "./relation.js";
import { Relations } from "./relations.js";
import { byKeysStatement, countStatement, pageStatement, type Statement, WrongColumn } from "./statement.js";

const abilities: Abilities = {
  filter: new Set(["eq", "ne", "lt", "lte", "gt", "gte", "in", "startsWith", "isNull"]),
  order: true,
  count: true,
  backward: true,
  valuesIn: 10_000,
};

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
  private readonly relations: Relations;

  constructor(settings: ConnectionSettings) {
    this.name = settings.name;
    this.connections = new Connections(settings);
    this.relations = new Relations(this.connections);
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
    const relation = await this.relations.learn(from, bounds);
    return relation === null ? null : new Map([...relation.values()].map((column) => [column.name, column.shown]));
  }

  close(): Promise<void> {
    this.relations.close();
    return this.connections.close();
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
      this.relations.answered(from);
      if (rows.length <= bounds.maxRows) return forgetAfterUse(rows, bounds);
    } catch (error) {
      if (error instanceof SourceFailure && error.reason === "timeout") this.relations.late(from);
      // A statement that was refused: the table may have changed.
      if (error instanceof SourceFailure && error.reason === "unavailable") this.relations.forget(from);
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
    const known = this.relations.known(from);
    if (known !== undefined) {
      try {
        return write(known);
      } catch (error) {
        if (!(error instanceof WrongColumn)) throw error;
        this.relations.forget(from);
      }
    }
    return this.existing(from, bounds).then(write);
  }

  private async existing(from: string, bounds: FetchBounds): Promise<Relation> {
    const relation = this.relations.known(from) ?? (await this.relations.learn(from, bounds));
    if (relation === null) throw new SourceFailure(this.name, "unavailable", `${from} does not exist`);
    return relation;
  }
}
