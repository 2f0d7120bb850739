import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { AgreementRow } from "./agreement.entity.js";

export type VersionState = "draft" | "approved" | "rejected";

/** One version as it was drafted, and what was decided about it. The database refuses any change of what was decided. */
@Entity("agreement_version")
export class AgreementVersionRow {
  @PrimaryColumn({ type: "uuid" })
  agreement!: string;

  @PrimaryColumn({ type: "integer" })
  number!: number;

  /** A `Snapshot`; read it through `readSnapshot`. */
  @Column({ type: "jsonb" })
  snapshot!: object;

  @Column({ type: "text" })
  state!: VersionState;

  @Column({ type: "text", name: "drafted_by" })
  draftedBy!: string;

  @Column({ type: "timestamptz", name: "drafted_at" })
  draftedAt!: Date;

  @Column({ type: "text", name: "decided_by", nullable: true })
  decidedBy!: string | null;

  @Column({ type: "timestamptz", name: "decided_at", nullable: true })
  decidedAt!: Date | null;

  @Column({ type: "text", name: "decision_note", nullable: true })
  decisionNote!: string | null;

  @ManyToOne(() => AgreementRow, (agreement) => agreement.versions)
  @JoinColumn({ name: "agreement" })
  of!: Relation<AgreementRow>;
}
