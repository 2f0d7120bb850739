// A log of made-up leaves: any checkpoint of it, and what proves that one holds another. Two of different seeds share
// their first leaves, and are two histories of one log from there on.
import { createHash } from "node:crypto";
import { signerKey, type SignerKey } from "../../../src/accesslog/index.js";
import { checkpointText } from "../../../src/accesslog/merkle/checkpoint.js";
import { signNote } from "../../../src/accesslog/merkle/signed-note.js";
import { consistencyProof, nodeHash, rootOf, type Hash, type NodeReader } from "../../../src/accesslog/merkle/tree.js";
import { addCheckpointBody } from "../../../src/accesslog/witness/ask-witness.js";

export const secret = (text: string): Buffer => createHash("sha256").update(text).digest();
export const logKey = (name = "rivemont.example/log", of = "log"): SignerKey => signerKey(name, secret(of));

export class MadeLog {
  constructor(
    readonly key: SignerKey,
    private readonly seed = "one",
    /** Leaves that every seed has. */
    private readonly shared = 0,
  ) {}

  readonly read: NodeReader = async (level, index) => {
    if (level === 0) return secret(`${index < this.shared ? "" : this.seed} leaf ${index}`);
    return nodeHash(await this.read(level - 1, index * 2), await this.read(level - 1, index * 2 + 1));
  };

  root(size: number): Promise<Hash> {
    return rootOf(this.read, size);
  }

  async note(size: number): Promise<string> {
    return signNote(checkpointText({ origin: this.key.name, size, root: await this.root(size) }), [this.key]);
  }

  proof(older: number, newer: number): Promise<Hash[]> {
    return consistencyProof(this.read, older, newer);
  }

  /** The body of add-checkpoint, as an honest log sends it. */
  async add(older: number, newer: number): Promise<string> {
    return addCheckpointBody(older, await this.proof(older, newer), await this.note(newer));
  }
}
