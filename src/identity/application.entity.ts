import { Column, Entity, PrimaryColumn } from "typeorm";

/** A builder's software, known to one tenant. */
@Entity("application")
export class ApplicationRow {
  @PrimaryColumn({ type: "text" })
  tenant!: string;

  @PrimaryColumn({ type: "text" })
  name!: string;

  @Column({ type: "text" })
  title!: string;

  @Column({ type: "text" })
  contact!: string;

  @Column({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
