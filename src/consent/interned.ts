// Sets of coordinates and what holds when, kept once each: thousands of people decide the same.
import { createHash } from "node:crypto";
import type { EntityManager } from "../store/index.js";
import type { TenantName } from "../terms/index.js";

const tables = {
  field_set: { column: "fields", value: "ARRAY(SELECT jsonb_array_elements_text(x.value))" },
  consent_holding: { column: "steps", value: "x.value" },
} as const;

/** Numbers for values, for the time of one transaction, which holds the tenant's lock of consent. */
export class Interned {
  readonly #ids = new Map<string, number>();
  readonly #wanted = new Map<string, unknown>();

  constructor(
    readonly db: EntityManager,
    readonly tenant: TenantName,
    readonly table: keyof typeof tables,
  ) {}

  /** Its name until `write` has given it a number. */
  want(value: readonly unknown[]): string {
    const hash = createHash("sha256").update(JSON.stringify(value), "utf8").digest("hex");
    if (!this.#ids.has(hash)) this.#wanted.set(hash, value);
    return hash;
  }

  id(hash: string): number {
    const id = this.#ids.get(hash);
    if (id === undefined) throw new Error("the set was not written");
    return id;
  }

  /** Looks before it inserts: a number drawn for nothing is one less of those there are. */
  async write(): Promise<void> {
    if (this.#wanted.size === 0) return;
    await this.#look();
    if (this.#wanted.size === 0) return;
    const { column, value } = tables[this.table];
    const rows = [...this.#wanted].map(([hash, wanted]) => ({ hash, value: wanted }));
    await this.db.query(
      `INSERT INTO ${this.table} (tenant, hash, ${column})
       SELECT $1, x.hash, ${value} FROM jsonb_to_recordset($2::jsonb) AS x(hash text, value jsonb)`,
      [this.tenant, JSON.stringify(rows)],
    );
    await this.#look();
  }

  async #look(): Promise<void> {
    const rows: { readonly id: number; readonly hash: string }[] = await this.db.query(
      `SELECT id, hash FROM ${this.table} WHERE tenant = $1 AND hash = ANY($2)`,
      [this.tenant, [...this.#wanted.keys()]],
    );
    for (const { id, hash } of rows) {
      this.#ids.set(hash, id);
      this.#wanted.delete(hash);
    }
  }
}
