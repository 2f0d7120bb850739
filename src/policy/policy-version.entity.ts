import { Column, Entity, PrimaryColumn } from "typeorm";
import type { PolicyVersionId, TenantName } from "../terms/index.js";

/** A version's content, kept for as long as an access entry names it. Never changed. */
@Entity({ name: "policy_version" })
export class PolicyVersionRow {
  @PrimaryColumn({ type: "text" })
  tenant!: TenantName;

  @PrimaryColumn({ type: "text" })
  id!: PolicyVersionId;

  @Column({ type: "jsonb" })
  content!: { readonly schema: string; readonly files: Readonly<Record<string, string>> };
}

/** One applying of a version: the same one may be applied again, which is the way back. */
@Entity({ name: "policy_application" })
export class PolicyApplicationRow {
  @PrimaryColumn({ type: "text" })
  tenant!: TenantName;

  /** The tenant's revision that it made. */
  @PrimaryColumn({ type: "bigint" })
  revision!: string;

  @Column({ type: "text" })
  version!: PolicyVersionId;

  @Column({ name: "applied_at", type: "timestamptz" })
  appliedAt!: Date;

  @Column({ type: "text" })
  author!: string;

  @Column({ type: "text" })
  message!: string;
}

export const policyEntities = [PolicyVersionRow, PolicyApplicationRow] as const;
