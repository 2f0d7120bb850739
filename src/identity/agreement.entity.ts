import { Column, Entity, OneToMany, PrimaryColumn, type Relation } from "typeorm";
import { AgreementVersionRow } from "./agreement-version.entity.js";

/** What outlives an agreement's versions: whose it is, and whether it is suspended. */
@Entity("agreement")
export class AgreementRow {
  @PrimaryColumn({ type: "uuid" })
  id!: string;

  @Column({ type: "text" })
  tenant!: string;

  @Column({ type: "text" })
  application!: string;

  @Column({ type: "text" })
  purpose!: string;

  /** Number of the tenant's secret that its ids are made with, for as long as it lives. */
  @Column({ type: "integer" })
  secret!: number;

  @Column({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;

  @Column({ type: "timestamptz", name: "suspended_at", nullable: true })
  suspendedAt!: Date | null;

  @Column({ type: "text", name: "suspended_reason", nullable: true })
  suspendedReason!: string | null;

  @OneToMany(() => AgreementVersionRow, (version) => version.of)
  versions!: Relation<AgreementVersionRow[]>;
}
