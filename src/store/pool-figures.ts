import type { DataSource } from "typeorm";

export interface PoolFigures {
  readonly used: number;
  readonly idle: number;
  /** Statements that wait for a connection. */
  readonly waiting: number;
}

/** Of a DataSource's connections (pg's pool behind TypeORM); null where they cannot be counted. */
export function poolFigures(dataSource: DataSource): PoolFigures | null {
  const pool: unknown = "master" in dataSource.driver ? dataSource.driver.master : null;
  if (typeof pool !== "object" || pool === null) return null;
  const figure = (name: string): number | null => {
    const value: unknown = Reflect.get(pool, name);
    return typeof value === "number" ? value : null;
  };
  const [total, idle, waiting] = [figure("totalCount"), figure("idleCount"), figure("waitingCount")];
  return total === null || idle === null || waiting === null ? null : { used: total - idle, idle, waiting };
}
