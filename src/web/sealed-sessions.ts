// Sessions of people who signed in. The cookie holds 32 random bytes; the table their hash, and the session's content
// sealed under a key made from them: neither the table without the cookie nor the cookie without the table says who
// anybody is.
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { DataSource } from "../store/index.js";
import { openText, sealText } from "./sealed-box.js";

/** Milliseconds. */
export interface SessionTimes {
  /** Without a request. */
  readonly idle: number;
  /** However busy. */
  readonly whole: number;
}

/** Names of ours, never a text from outside: they stand in the statements. */
export interface SessionTable {
  readonly table: "citizen_session" | "staff_session";
  readonly times: SessionTimes;
}

export interface SessionKeys {
  /** The cookie's value. */
  readonly id: string;
  /** Stands in every form: another site cannot know it (a synchronizer token, bound to this session). */
  readonly token: string;
}

/** Columns by name: of a row that is made, or that a row must have to be found. */
type Columns = Readonly<Record<string, unknown>>;

export class SealedSessions<Content extends object> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly kind: SessionTable,
    private readonly now: () => Date,
  ) {}

  /**
   * Always under a new id: one that was known before the person signed in opens nothing afterwards.
   * @param use what the content is sealed for; it opens for the same use alone
   */
  async begin(use: string, content: Content, columns: Columns = {}): Promise<Content & SessionKeys> {
    await this.#sweep();
    const secret = randomBytes(32);
    const now = this.now();
    const sealed = sealText(secret, use, JSON.stringify(content));
    const row = { ...columns, id_hash: hashOf(secret), sealed, created_at: now, seen_at: now };
    const names = Object.keys(row);
    await this.dataSource.query(
      `INSERT INTO ${this.kind.table} (${names.join(", ")}) VALUES (${names.map((_, i) => `$${i + 1}`).join(", ")})`,
      Object.values(row),
    );
    return { ...content, id: secret.toString("base64url"), token: tokenOf(secret) };
  }

  /** Null: no such session, or it has ended. One statement; the session lives on from here. */
  async read(use: string, id: string | null, columns: Columns = {}): Promise<(Content & SessionKeys) | null> {
    const secret = secretOf(id);
    if (secret === null || id === null) return null;
    const { idle, whole } = this.kind.times;
    const now = this.now();
    // TypeORM gives an UPDATE's rows and their number.
    const [rows] = await this.dataSource.query<[readonly { readonly sealed: Buffer }[], number]>(
      `UPDATE ${this.kind.table} SET seen_at = greatest(seen_at, $2)
        WHERE id_hash = $1 AND seen_at > $3 AND created_at > $4 ${and(columns, 5)} RETURNING sealed`,
      [hashOf(secret), now, before(now, idle), before(now, whole), ...Object.values(columns)],
    );
    const sealed = rows[0]?.sealed;
    const text = sealed === undefined ? null : openText(secret, use, sealed);
    return text === null ? null : { ...(JSON.parse(text) as Content), id, token: tokenOf(secret) };
  }

  async end(id: string | null, columns: Columns = {}): Promise<void> {
    const secret = secretOf(id);
    if (secret === null) return;
    await this.dataSource.query(`DELETE FROM ${this.kind.table} WHERE id_hash = $1 ${and(columns, 2)}`, [
      hashOf(secret),
      ...Object.values(columns),
    ]);
  }

  /** What has ended is not kept until somebody asks for it. */
  async #sweep(): Promise<void> {
    const { idle, whole } = this.kind.times;
    const now = this.now();
    await this.dataSource.query(`DELETE FROM ${this.kind.table} WHERE seen_at <= $1 OR created_at <= $2`, [
      before(now, idle),
      before(now, whole),
    ]);
  }
}

const and = (columns: Columns, first: number): string =>
  Object.keys(columns)
    .map((name, i) => `AND ${name} = $${first + i}`)
    .join(" ");

const before = (now: Date, milliseconds: number): Date => new Date(now.getTime() - milliseconds);
const hashOf = (secret: Uint8Array): Buffer => createHash("sha256").update(secret).digest();
const tokenOf = (secret: Uint8Array): string => createHmac("sha256", secret).update("form token").digest("base64url");

function secretOf(id: string | null): Buffer | null {
  if (id === null || !/^[A-Za-z0-9_-]{43}$/.test(id)) return null;
  const secret = Buffer.from(id, "base64url");
  return secret.length === 32 ? secret : null;
}

/** In a time that does not depend on where they differ. */
export function isToken(session: Pick<SessionKeys, "token">, given: string): boolean {
  const [expected, got] = [Buffer.from(session.token), Buffer.from(given)];
  return expected.length === got.length && timingSafeEqual(expected, got);
}
