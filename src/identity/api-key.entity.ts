import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { AgreementRow } from "./agreement.entity.js";

/** A key as we keep it: its public part, and the SHA-256 of the whole. The key itself is shown once and kept nowhere. */
@Entity("api_key")
export class ApiKeyRow {
  @PrimaryColumn({ type: "text", name: "public_id" })
  publicId!: string;

  @Column({ type: "text" })
  tenant!: string;

  @Column({ type: "uuid" })
  agreement!: string;

  @Column({ type: "bytea" })
  hash!: Buffer;

  @Column({ type: "text" })
  label!: string;

  /** 1 or 2: an agreement has two places for valid keys, so that one can be changed without a pause. */
  @Column({ type: "smallint" })
  slot!: number;

  @Column({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;

  @Column({ type: "timestamptz", name: "revoked_at", nullable: true })
  revokedAt!: Date | null;

  @ManyToOne(() => AgreementRow)
  @JoinColumn({ name: "agreement" })
  of!: Relation<AgreementRow>;
}
