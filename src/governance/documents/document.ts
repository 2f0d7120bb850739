// What a paper is asked for with, what it is made from, and what leaves: a stream that says where it ends.
import { Readable } from "node:stream";
import type { AccessLog, AccessLogReader } from "../../accesslog/index.js";
import type { ConsentEvent } from "../../consent/index.js";
import type { AgreementView, ApplicationView } from "../../identity/index.js";
import type { PolicyVersion } from "../../policy/index.js";
import type { LogFilter, SubjectToken, SubjectTokens, TenantName, Value } from "../../terms/index.js";
import type { Language, Text } from "../text.js";
import type { TownFacts } from "../town-facts.js";

export type DocumentRequest = {
  readonly tenant: TenantName;
  readonly language: Language;
} & (
  | {
      readonly kind: "search";
      readonly format: "csv" | "jsonl" | "pdf";
      /** As it was read: without faults, people as handles. */
      readonly canonical: string;
      readonly filter: LogFilter;
    }
  | {
      readonly kind: "person";
      readonly format: "pdf" | "json";
      /** Of one register; `token` is one of theirs. */
      readonly person: { readonly scheme: string; readonly token: SubjectToken };
    }
  | { readonly kind: "register"; readonly format: "pdf" | "csv" | "json" }
);

export interface DocumentServices {
  readonly towns: ReadonlyMap<TenantName, TownFacts>;
  readonly log: Pick<AccessLogReader, "searchEntries" | "total"> & Pick<AccessLog, "checkpoint">;
  readonly tokens: SubjectTokens;
  agreements(tenant: TenantName): Promise<readonly AgreementView[]>;
  applications(tenant: TenantName): Promise<readonly ApplicationView[]>;
  /** Null: nothing is in force. */
  inForce(tenant: TenantName): Promise<PolicyVersion | null>;
  /** All that a person of a register has decided. */
  decisions(tenant: TenantName, scheme: string, key: NonNullable<Value>): Promise<readonly ConsentEvent[]>;
  readonly now: () => Date;
}

export interface ExportedDocument {
  /** Plain ASCII, no word of a person in it. */
  readonly fileName: string;
  readonly contentType: string;
  /**
   * Made while it is read, and no further than it is read. When something fails midway it ends in a line that says
   * INCOMPLETE, and then with an error: whoever carries it breaks the connection, so that it never looks whole.
   */
  readonly stream: Readable;
}

/** Nothing of it was made; the sentence is for who asked. */
export class DocumentRefused extends Error {
  override readonly name = "DocumentRefused";
  constructor(readonly sentence: Text) {
    super(sentence.en);
  }
}

/** How a paper ends, said in it. */
export interface Ending {
  readonly entries: number;
  /** The newest signed head of the log, a note; null before the first. */
  readonly checkpoint: string | null;
}

/**
 * One chunk is made when the one before has been taken: of a generator that throws after a last chunk, that chunk has
 * left.
 */
export const streamOf = (chunks: AsyncIterable<string | Buffer>): Readable =>
  Readable.from(chunks, { objectMode: false, highWaterMark: 1 });

/** What is bounded by the agreements of a town, and made before the first byte leaves. */
export const wholeOf = (content: string | Buffer): Readable => Readable.from([content], { objectMode: false });
